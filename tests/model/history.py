"""What is true: every event that was committed, trimmed or not, in this life of the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from app.realtime.cursor import Cursor
from app.realtime.events import LogEvent


class History:
    """The model's own memory of the log."""

    def __init__(self, epoch: str) -> None:
        self.epoch = epoch
        self.floor = 0
        self.events: list[LogEvent] = []
        #: While the database is being put back to an older state: resets are due.
        self.restoring = False

    @property
    def head(self) -> Cursor:
        """The last event's cursor."""
        return Cursor(self.epoch, len(self.events))

    def add(self, events: list[LogEvent]) -> None:
        """What was committed; its numbers go on where the last ended."""
        for event in events:
            assert event.seq == len(self.events) + 1, "the log's numbers have a hole"
            self.events.append(event)

    def go_back(self, seq: int) -> None:
        """Forget what came after `seq`: the database is an older one."""
        del self.events[seq:]

    def due(self, wanted: Callable[[LogEvent], bool], after: int = 0) -> Iterator[LogEvent]:
        """The events above `after` that are wanted."""
        return (event for event in islice(self.events, after, None) if wanted(event))
