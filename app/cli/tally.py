"""How a batch stands, as its messages say it: its items by status, how fast they end, and when the last will have."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from app.client import Message

#: The rate is that of the last so many seconds.
WINDOW_SECONDS: Final = 10.0
_ENDED: Final = ("done", "error", "cancelled")


class Tally:
    """Counts of a batch, and its rate by the server's clock. May be read on any thread."""

    def __init__(self, state: Mapping[str, Any], clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        #: When so many had ended, by the messages' own times: those of the past come all at once.
        self._samples: deque[tuple[float, int]] = deque()
        #: So many ended in so many seconds, and when that was heard.
        self._pace: tuple[int, float, float] | None = None
        self.settle(state)

    def settle(self, state: Mapping[str, Any]) -> None:
        """Take over what the server answers of the batch."""
        self.batch_id = str(state["batch_id"])
        self.title = str(state["name"] or self.batch_id)
        self.status = str(state["status"])
        self._count(state)

    def _count(self, told: Mapping[str, Any]) -> None:
        self.counts: Mapping[str, int] = dict(told["counts"])
        self.total = int(told["total"])

    def of(self, status: str) -> int:
        """How many items have a status."""
        return self.counts.get(status, 0)

    @property
    def ended(self) -> int:
        """How many items have ended."""
        return sum(self.of(status) for status in _ENDED)

    @property
    def percent(self) -> int:
        """Per cent of the items that have ended; 100 only where all have."""
        return 100 * self.ended // self.total if self.total else 100

    @property
    def rate(self) -> float | None:
        """Items that end a second; None before that is known, and where none do."""
        if self._pace is None:
            return None
        ended, seconds, heard = self._pace
        # What is silent becomes slow.
        seconds += self._clock() - heard
        return ended / seconds if ended and seconds > 0 else None

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at that rate."""
        rate = self.rate
        return None if rate is None else (self.total - self.ended) / rate

    def take(self, message: Message) -> bool:
        """Add what a message says; whether that was anything of the batch as a whole."""
        if message.type != "batch_status":
            return False
        before = self.ended
        self._count(message.payload)
        if self.ended < before:
            # Some of it is tried again.
            self._samples.clear()
        self._samples.append((datetime.fromisoformat(message.timestamp).timestamp(), self.ended))
        newest, _ = self._samples[-1]
        # One before the window stays: slow batches tell more rarely than that.
        while len(self._samples) > 2 and self._samples[1][0] < newest - WINDOW_SECONDS:
            self._samples.popleft()
        oldest, ended = self._samples[0]
        self._pace = (self.ended - ended, newest - oldest, self._clock())
        return True
