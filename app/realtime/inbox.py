"""What the bus brings, on its way from the bus's thread to the event loop, at a pace that the loop can afford.

Handing out costs a write a connection, whatever is in it. So where that takes long, as with hundreds of connections,
what comes meanwhile waits a moment and goes out together; where it takes nothing, nothing waits.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from app.realtime.event_bus import BusBatch

#: Batches that wait at most; the oldest are dropped, the log has them.
MAX_WAITING: Final = 1000
#: One hand-out begins this many times what the last one took after that one began: it has a tenth of the time.
SPREAD: Final = 10
#: Nothing waits longer than this for company: two frames of a display.
MAX_PACE_SECONDS: Final = 0.033


class Inbox:
    """Batches by the order in which they came. `put` belongs to any thread, all else to the loop's."""

    def __init__(
        self,
        take: Callable[[list[BusBatch]], None],
        *,
        longest: float = MAX_PACE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._take = take
        self._longest = longest
        self._clock = clock
        self._waiting: deque[BusBatch] = deque(maxlen=MAX_WAITING)
        self._loop: asyncio.AbstractEventLoop | None = None
        #: Whether the loop knows that something waits.
        self._told = False
        self._timer: asyncio.TimerHandle | None = None
        #: Not before this does the next hand-out begin.
        self._next = 0.0

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def open(self) -> None:
        """Begin, on the loop that runs; what is put before is dropped."""
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        """Take nothing more."""
        self._loop = None
        self._waiting.clear()
        self._stop_timer()

    def put(self, batch: BusBatch) -> None:
        """One more batch; returns at once."""
        loop = self._loop
        if loop is None:
            return
        self._waiting.append(batch)
        if not self._told:
            self._told = True
            loop.call_soon_threadsafe(self._begin)

    def flush(self) -> None:
        """Hand out all that waits, now."""
        self._stop_timer()
        # Before they are taken: a batch that is put from here on is either among them or tells the loop anew.
        self._told = False
        batches = []
        while self._waiting:
            batches.append(self._waiting.popleft())
        if not batches or self._loop is None:
            return
        began = self._clock()
        self._next = began + self._longest
        self._take(batches)
        # The loop writes once its callbacks have run: what is called next knows what that took.
        self._loop.call_soon(self._measure, began)

    def _begin(self) -> None:
        pause = self._next - self._clock()
        if pause <= 0:
            self.flush()
        elif self._loop is not None:
            self._timer = self._loop.call_later(pause, self.flush)

    def _measure(self, began: float) -> None:
        self._next = began + min(self._longest, SPREAD * (self._clock() - began))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
