"""One connection's place in a tenant's log, without I/O: what it was given, what it is owed, and from where.

A connection is LIVE (the hub hands it each event as it comes) or CATCHING_UP (whoever runs it reads the log from
its cursor). Replay, slow readers and holes are one path: all of them are a cursor that is behind the hub's head.
The cursor only ever grows, and whatever is not above it is passed over: so nothing comes twice.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from app.realtime.cursor import Cursor
from app.realtime.events import Filter, LogEvent
from app.realtime.message_types import LOGGED, SKIPPABLE, GapPayload, MessageType, RealtimeMessage, ResetPayload
from app.realtime.outgoing import Outgoing, from_connection, from_log

#: Events that wait here. What was taken and is being written may be as many again: under 1,000 together.
OUTBOX_LIMIT: Final = 440
#: Room that only the connection's own messages use, so that a `ping` or an `error` fits behind a full backlog.
CONTROL_ROOM: Final = 50
#: Events that a page brings at most; a page is read only where it fits.
PAGE_ROOM: Final = 200
#: How far behind the hub's head a connection that was live may fall, in messages of the log, before it is spared what
#: only shows how a job goes on.
LAG_LIMIT: Final = 5_000


class State(StrEnum):
    """Who hands the connection its events: the hub, or the log."""

    LIVE = "live"
    CATCHING_UP = "catching_up"


@dataclass(frozen=True, slots=True)
class Read:
    """What to read of the log next: the matching events above `after`, up to `through` where that is given."""

    after: int
    through: int | None
    wanted: Filter
    limit: int
    #: The job whose past this is, where it was subscribed to later than the connection began.
    job_id: str | None
    version: int
    #: Only count them by type: this connection is too far behind to be sent them all.
    skips: bool = False


class Connection:
    """What one subscription was given and is owed. Every method returns at once."""

    def __init__(self, *, epoch: str, wanted: Filter, cursor: int, live: bool) -> None:
        self.epoch = epoch
        #: Everything of this subscription up to this seq was taken.
        self.cursor = cursor
        #: The last seq seen that matches this subscription, taken or not.
        self.tail = 0
        self.state = State.LIVE if live else State.CATCHING_UP
        self._wanted = wanted
        self._outbox: deque[Outgoing] = deque()
        #: Jobs subscribed to with an older cursor: how far their past was taken. It comes before anything newer.
        self._pasts: dict[str, int] = {}
        #: Jobs subscribed to with a newer cursor than this connection's: up to where the client has them.
        self._had: dict[str, int] = {}
        #: Counts what makes a page that is being read out of date.
        self._version = 0
        #: Room that the page which is being read will need.
        self._reserved = 0
        #: It was up to date once: what it lacks, it lacks because it reads too slowly, and not because it asked for it.
        self._was_live = live
        #: Up to here `frame` and `progress` are left out: a `gap` has said so.
        self._thin_to = 0

    @property
    def wanted(self) -> Filter:
        """Which events this connection is for."""
        return self._wanted

    @property
    def waiting(self) -> int:
        """How many messages wait to be taken."""
        return len(self._outbox)

    @property
    def owes(self) -> bool:
        """Whether there is something to take or to read."""
        return bool(self._outbox) or self.state is State.CATCHING_UP

    @property
    def safe_cursor(self) -> Cursor:
        """Where to resume from once all that waits was written."""
        return Cursor(self.epoch, min([self.cursor, *self._pasts.values()]))

    def follows(self, head: int) -> bool:
        """Whether it has everything up to the hub's `head` and owes nothing: what comes next may be written past it."""
        if self._had:
            # What lies behind the cursor is passed over anyway.
            self._had = {job_id: through for job_id, through in self._had.items() if through > self.cursor}
        return self.state is State.LIVE and self.cursor == head and not self._outbox and not self._had

    def had(self, head: int, tail: int) -> None:
        """All up to the hub's `head` was written past this; `tail` is the last seq that matches, or an older one."""
        if tail > self.cursor:
            self.tail = tail
        self.cursor = max(self.cursor, head)

    def offer(self, event: LogEvent, message: Outgoing) -> None:
        """The hub's next event; `message` is its text for all.

        A full backlog, or an event that is not the next, makes this connection catch up by itself.
        """
        if event.seq <= self.cursor:
            return
        matches = self._wants(event)
        if matches:
            self.tail = max(self.tail, event.seq)
        if self.state is State.CATCHING_UP:
            return
        if event.seq != self.cursor + 1 or (matches and len(self._outbox) >= OUTBOX_LIMIT):
            self.state = State.CATCHING_UP
            return
        self.cursor = event.seq
        if matches:
            self._outbox.append(message)

    def head_moved(self, head: int) -> None:
        """The hub passed over events without handing them out: who lacks them reads the log."""
        if self.cursor < head:
            self.state = State.CATCHING_UP

    def say(self, message: Outgoing) -> bool:
        """Put a message of the connection's own behind what waits; False where there is no room even for that."""
        if len(self._outbox) + self._reserved >= OUTBOX_LIMIT + CONTROL_ROOM:
            return False
        self._outbox.append(message)
        return True

    def take(self) -> list[Outgoing]:
        """All that waits; it leaves together."""
        taken = list(self._outbox)
        self._outbox.clear()
        return taken

    def next_read(self, head: int) -> Read | None:
        """The page to read next, where the hub is at `head`; None while LIVE or where a page would not fit."""
        if self.state is State.LIVE or len(self._outbox) + PAGE_ROOM > OUTBOX_LIMIT:
            return None
        self._reserved = PAGE_ROOM
        for job_id, after in self._pasts.items():
            past = replace(self._wanted, job_ids=frozenset({job_id}), batch_ids=None)
            return Read(after, self.cursor, past, PAGE_ROOM, job_id, self._version)
        if self.cursor < self._thin_to:
            return Read(self.cursor, self._thin_to, self._kept(), PAGE_ROOM, None, self._version)
        if self._was_live and head - self.cursor > LAG_LIMIT and (skipped := self._skipped()) is not None:
            return Read(self.cursor, head, skipped, PAGE_ROOM, None, self._version, skips=True)
        return Read(self.cursor, None, self._wanted, PAGE_ROOM, None, self._version)

    def expects(self, read: Read) -> bool:
        """Whether what was read still fits; not if a reset or a change of the subscription came between."""
        return read.version == self._version

    def feed(self, read: Read, events: Sequence[LogEvent], scanned_to: int, *, head: int) -> None:
        """The page that was read, and is expected. At the hub's `head` the connection becomes LIVE."""
        self._reserved = 0
        wanted = [event for event in events if self._wants(event)]
        self._outbox.extend(from_log(event, self.epoch) for event in wanted)
        if wanted:
            self.tail = max(self.tail, wanted[-1].seq)
        if read.job_id is None:
            self.cursor = max(self.cursor, scanned_to)
        elif scanned_to >= self.cursor:
            del self._pasts[read.job_id]
        else:
            self._pasts[read.job_id] = scanned_to
        if not self._pasts and self.cursor >= head:
            self.state = State.LIVE
            self._was_live = True

    def feed_gap(self, read: Read, skipped: Mapping[str, int]) -> None:
        """How many messages of each type the part of the log has which this connection is to be spared."""
        self._reserved = 0
        through = self.cursor if read.through is None else read.through
        self._thin_to = through
        if skipped:
            payload = GapPayload(
                from_=str(Cursor(self.epoch, read.after + 1)),
                to=str(Cursor(self.epoch, through)),
                reason="too_slow",
                dropped=dict(skipped),
            )
            # Without an id: whoever resumes from here is to get what this says was left out.
            self._outbox.append(from_connection(RealtimeMessage(type=MessageType.GAP, payload=payload)))

    def reset(self, epoch: str, seq: int, reason: str, *, head: int) -> None:
        """Go on from `seq` in that life of the log, and tell the client that it can't continue its cursor."""
        self._version += 1
        self._reserved = 0
        self._pasts.clear()
        self._had.clear()
        self.epoch = epoch
        self._thin_to = 0
        self.cursor = seq
        self.tail = min(self.tail, seq)
        self.state = State.LIVE if seq >= head else State.CATCHING_UP
        self._outbox.append(reset_message(reason, Cursor(epoch, seq)))

    def subscribe(self, job_id: str, since: int | None) -> bool:
        """Want one more job, from `since` on or from now; returns whether anything changed.

        The job's past is taken before anything newer of any job, so that its own order holds. Where the client has
        more of the job than this connection has seen, what it has does not come again.
        """
        if self._wanted.job_ids is None and self._wanted.batch_ids is None:
            return False
        jobs = self._wanted.job_ids or frozenset()
        if job_id in jobs:
            return False
        # A gap that was told did not count this job's messages.
        self._thin_to = 0
        self._want(jobs | {job_id})
        if since is not None and since < self.cursor:
            self._pasts[job_id] = since
            self.state = State.CATCHING_UP
        elif since is not None:
            self._had[job_id] = since
        return True

    def unsubscribe(self, job_id: str) -> bool:
        """Want a job no more; returns whether anything changed."""
        jobs = self._wanted.job_ids
        if jobs is None or job_id not in jobs:
            return False
        self._want(jobs - {job_id})
        self._pasts.pop(job_id, None)
        self._had.pop(job_id, None)
        return True

    def _wants(self, event: LogEvent) -> bool:
        return self._wanted.matches(event) and not (
            self._had and event.job_id is not None and event.seq <= self._had.get(event.job_id, 0)
        )

    def _kept(self) -> Filter:
        """What is wanted where `frame` and `progress` are left out."""
        return replace(self._wanted, types=(self._wanted.types or LOGGED) - SKIPPABLE)

    def _skipped(self) -> Filter | None:
        """What is left out there; None where nothing of it is wanted."""
        types = (self._wanted.types or LOGGED) & SKIPPABLE
        return replace(self._wanted, types=types) if types else None

    def _want(self, jobs: frozenset[str]) -> None:
        self._version += 1
        self._reserved = 0
        self._wanted = replace(self._wanted, job_ids=jobs)


def reset_message(reason: str, cursor: Cursor) -> Outgoing:
    """What tells a client that its cursor can't be continued."""
    payload = ResetPayload(reason=reason, cursor=str(cursor))
    return from_connection(RealtimeMessage(type=MessageType.RESET, payload=payload), cursor=str(cursor))
