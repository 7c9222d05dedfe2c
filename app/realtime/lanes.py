"""Connections that are up to date, side by side: what comes next is encoded once and written to each, and no more.

A connection in a lane has nothing of its own to say or to read, and its transport takes what is written. Whatever ends
that takes it out first; then it goes on by itself. So handing out costs a write a connection, and what a connection has
is known of the lane.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.realtime.events import Filter, LogEvent
from app.realtime.outgoing import Outgoing, WireForm, together

if TYPE_CHECKING:
    from app.realtime.subscription import Subscription


logger = logging.getLogger(__name__)


class Lane:
    """Those of one tenant that want the same, in the same form."""

    def __init__(self, wanted: Filter, form: WireForm, head: int) -> None:
        self.wanted = wanted
        self.form = form
        #: All of them have everything up to here.
        self.head = head
        #: The last seq that was written; 0 before the first.
        self.tail = 0
        self.members: dict[Subscription, Callable[[bytes], None]] = {}


class Lanes:
    """The lanes of one tenant, and who is in none of them."""

    def __init__(self) -> None:
        #: Whoever is not in a lane, in the order in which they came.
        self.apart: dict[Subscription, None] = {}
        self._lanes: dict[tuple[Filter, WireForm], Lane] = {}

    def join(self, member: Subscription, head: int) -> bool:
        """Take a connection into its lane, where it has everything up to the hub's `head` and can be written to."""
        writer, connection = member.writer, member.connection
        if writer is None or not connection.follows(head) or not writer.ready():
            return False
        lane = self._lanes.get((connection.wanted, writer.form))
        if lane is None:
            lane = self._lanes[connection.wanted, writer.form] = Lane(connection.wanted, writer.form, head)
        lane.members[member] = writer.write
        member.lane = lane
        self.apart.pop(member, None)
        writer.when_stopped(lambda: self.leave(member))
        return True

    def leave(self, member: Subscription) -> None:
        """Take a connection out of its lane, with what it has had there."""
        lane = member.lane
        if lane is None or member.writer is None:
            return
        member.writer.when_stopped(None)
        member.lane = None
        del lane.members[member]
        if not lane.members:
            del self._lanes[lane.wanted, lane.form]
        member.connection.had(lane.head, lane.tail)
        self.apart[member] = None

    def deliver(self, fresh: Sequence[tuple[LogEvent, Outgoing]]) -> None:
        """Write to every lane what it wants of the log's next events."""
        last = fresh[-1][0].seq
        shares: dict[Filter, list[tuple[int, Outgoing]]] = {}
        for lane in list(self._lanes.values()):
            messages = shares.get(lane.wanted)
            if messages is None:
                messages = [(event.seq, message) for event, message in fresh if lane.wanted.matches(event)]
                shares[lane.wanted] = messages
            # Before the first write: a transport that has enough with it leaves at once, and has had this.
            lane.head = last
            if messages:
                lane.tail = messages[-1][0]
                data = together([message for _, message in messages], lane.form)
                for member, write in list(lane.members.items()):
                    try:
                        write(data)
                    except Exception:
                        # One transport's trouble is its own: the others have been counted on having this.
                        logger.exception("A connection can't be written to", extra={"action": "connection_crashed"})
                        self._drop(member)

    def _drop(self, member: Subscription) -> None:
        self.leave(member)
        if member.writer is not None:
            member.writer.abort()

    def forget(self, member: Subscription) -> None:
        """A connection has gone."""
        self.leave(member)
        self.apart.pop(member, None)
