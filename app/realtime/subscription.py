"""A connection while it runs: hands out what is owed as batches, reads the log where that is behind, and pings.

Whoever transports it pulls `next_batch`, and gets the next when the last one was written. So a transport that
stalls holds up nothing but itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from app.realtime.close_codes import CloseCode
from app.realtime.connection import Connection, Read, reset_message
from app.realtime.direct import DirectWriter
from app.realtime.events import LogEvent
from app.realtime.lanes import Lane, Lanes
from app.realtime.message_types import MessageType, PingPayload, RealtimeMessage
from app.realtime.outgoing import Outgoing, from_connection

logger = logging.getLogger(__name__)

Transport = Literal["websocket", "sse", "poll"]

#: Pings in a row without a sound from the client, after which it is taken for gone.
MISSED_PINGS: Final = 2
#: When a client that asked for it gets a second message, by which it sees whether a proxy holds messages back.
PROBE_SECONDS: Final = 0.6
#: The pause before the log is read again, where that failed.
RETRY_SECONDS: Final = 1.0


class LogUnavailable(Exception):
    """The log can't be read now; whoever reads it has logged why."""


@dataclass(frozen=True, slots=True)
class LogPage:
    """What a `Read` brought. `reset` says why the log can't be continued there, and `scanned_to` is where it can.

    `stale` pages belong to another life of the log than the hub's, which has been told.
    """

    events: list[LogEvent]
    scanned_to: int
    reset: str | None = None
    stale: bool = False
    #: How many messages of each type a `Read` that skips would have brought.
    skipped: dict[str, int] = field(default_factory=dict)


class Pages(Protocol):
    """Whoever reads the log for connections that catch up."""

    async def read(self, tenant: str, epoch: str, read: Read) -> LogPage:
        """One page; raises `LogUnavailable`."""


class Subscription:
    """One connection with its clock. `head` is the hub's head of this tenant, at any moment."""

    def __init__(
        self,
        *,
        session_id: str,
        tenant: str,
        transport: Transport,
        connection: Connection,
        head: Callable[[], int],
        pages: Pages | None,
        heartbeat: float,
        answers: bool,
        writer: DirectWriter | None = None,
        lanes: Lanes | None = None,
    ) -> None:
        self.session_id = session_id
        self.tenant = tenant
        self.transport: Transport = transport
        self.connection = connection
        self.heartbeat = heartbeat
        self.close_code: CloseCode | None = None
        self.close_reason = ""
        #: It ends only to be taken up again.
        self.planned_end = False
        #: Where whole messages may be written past whoever pulls the batches, while that waits for one.
        self.writer = writer
        #: The lane that it is in at present.
        self.lane: Lane | None = None
        self._lanes = lanes
        #: Set once nothing of this subscription runs any more.
        self.ended = asyncio.Event()
        self._head = head
        self._pages = pages
        self._answers = answers
        self._unanswered = 0
        self._ping_due = False
        self._awake = asyncio.Event()
        self._on_close: Callable[[], None] | None = None
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._end_timer: asyncio.TimerHandle | None = None

    def start_heartbeat(self, *, probe: bool = False) -> None:
        """Ping from now on; a probe gets its first one early."""
        self._timer = self._loop.call_later(PROBE_SECONDS if probe else self.heartbeat, self._beat)

    def end_after(self, seconds: float) -> None:
        """End as planned then: what waits for the end of a response before it passes it on gets one to pass on."""
        self._end_timer = self._loop.call_later(seconds, self._end_as_planned)

    def wake(self) -> None:
        """Something waits, or is owed."""
        self.step_out()
        self._awake.set()

    def step_out(self) -> None:
        """Be by itself: what the connection has had is known of it again, and what comes waits for `next_batch`."""
        if self.lane is not None and self._lanes is not None:
            self._lanes.leave(self)

    def heard(self) -> None:
        """The client made a sound: whatever it was, it is there."""
        self._unanswered = 0

    def say(self, message: RealtimeMessage) -> None:
        """Send a message of this connection's own; one that leaves no room even for that is closed."""
        self._say(from_connection(message))

    def subscribe(self, job_id: str, since: int | None) -> None:
        """See `Connection.subscribe`."""
        self.step_out()
        self.connection.subscribe(job_id, since)
        self.wake()

    def unsubscribe(self, job_id: str) -> None:
        """See `Connection.unsubscribe`."""
        self.step_out()
        self.connection.unsubscribe(job_id)
        self.wake()

    def tell_reset(self, reason: str) -> None:
        """Say that a cursor of the client's can't be continued; this connection goes on as it is."""
        self.step_out()
        self._say(reset_message(reason, self.connection.safe_cursor))

    def close(self, code: CloseCode, reason: str = "") -> None:
        """Hand out what waits, then end. The first reason counts."""
        if self.close_code is not None:
            return
        self.close_code, self.close_reason = code, reason
        for timer in (self._timer, self._end_timer):
            if timer is not None:
                timer.cancel()
        if self._on_close is not None:
            self._on_close()
        self.wake()

    def when_closing(self, call: Callable[[], None] | None) -> None:
        """Have `call` called once this subscription begins to close, or now if it has; None calls it off."""
        self._on_close = call
        if call is not None and self.close_code is not None:
            call()

    async def next_batch(self, wait: float | None = None) -> list[Outgoing] | None:
        """The next messages, in order; None at the end.

        Comes back empty-handed after `wait` seconds, where that is given; 0 still reads what the log has.
        """
        deadline = None if wait is None else self._loop.time() + wait
        while True:
            self._awake.clear()
            if batch := self._take():
                return batch
            if self.close_code is not None:
                return None
            read = self.connection.next_read(self._head())
            if read is not None and await self._catch_up(read):
                continue
            if deadline is not None and self._loop.time() >= deadline:
                return []
            if read is None:
                await self._sleep_until(deadline)
            else:
                # However often the hub wakes this connection: a log that can't be read is not asked more often.
                retry = self._loop.time() + RETRY_SECONDS
                await asyncio.sleep(min(retry, deadline or retry) - self._loop.time())

    def _say(self, message: Outgoing) -> None:
        self.step_out()
        if self.connection.say(message):
            self.wake()
        else:
            self.close(CloseCode.TOO_SLOW, "the backlog is full")

    def _take(self) -> list[Outgoing]:
        batch = self.connection.take()
        if self._ping_due:
            self._ping_due = False
            batch.append(self._ping())
        return batch

    def _ping(self) -> Outgoing:
        # It stands behind all that was taken so far: who has read it has everything up to its cursor.
        cursor = str(self.connection.safe_cursor)
        payload = PingPayload(interval_seconds=self.heartbeat, cursor=cursor, tail=self.connection.tail)
        return from_connection(RealtimeMessage(type=MessageType.PING, payload=payload), cursor=cursor)

    async def _catch_up(self, read: Read) -> bool:
        """Read one page; False where it is no use to try again at once."""
        if self._pages is None:
            self.close(CloseCode.TOO_SLOW, "the backlog is full")
            return True
        try:
            page = await self._pages.read(self.tenant, self.connection.epoch, read)
        except LogUnavailable:
            return False
        if not self.connection.expects(read):
            return True
        if page.stale:
            # The hub was told and has not reset this connection: asking again at once would only ask again.
            return False
        if page.reset is not None:
            self.connection.reset(self.connection.epoch, page.scanned_to, page.reset, head=self._head())
        elif read.skips:
            self.connection.feed_gap(read, page.skipped)
        else:
            self.connection.feed(read, page.events, page.scanned_to, head=self._head())
        return True

    async def _sleep_until(self, deadline: float | None) -> None:
        # Only who waits without an end is written to past this: a poll's answer has to have it all.
        if self._lanes is not None and deadline is None and not self._awake.is_set():
            self._lanes.join(self, self._head())
        try:
            async with asyncio.timeout_at(deadline):
                await self._awake.wait()
        except TimeoutError:
            return
        finally:
            self.step_out()

    def _end_as_planned(self) -> None:
        self.planned_end = self.close_code is None
        self.close(CloseCode.NORMAL, "a planned end; come back with your cursor")

    def _beat(self) -> None:
        if self._answers and self._unanswered >= MISSED_PINGS:
            self.close(CloseCode.HEARTBEAT_MISSED, "no answer to two pings")
            return
        self._unanswered += 1
        self._ping_due = True
        self.wake()
        self._timer = self._loop.call_later(self.heartbeat, self._beat)
