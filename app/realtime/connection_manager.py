"""The hub of a web process: every open connection, each tenant's head on this node, and the way from one to all.

The relay calls `deliver` with the log's next events; each connection takes what matches into a bounded outbox of
its own, and a task of its own writes it out. The hub never waits for a connection, so none can hold up another.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from app.errors import TooBusy
from app.realtime.close_codes import CloseCode
from app.realtime.connection import Connection, State, reset_message
from app.realtime.counts import StreamCounts
from app.realtime.courier import CLOSE_SECONDS, Sink, carry
from app.realtime.cursor import Cursor, new_epoch
from app.realtime.direct import DirectWriter
from app.realtime.events import EVERYTHING, Filter, LogEvent
from app.realtime.lanes import Lanes
from app.realtime.limits import DefaultLimits, Limits
from app.realtime.message_types import (
    SKIPPABLE,
    HelloPayload,
    MessageType,
    RealtimeMessage,
    payload_json,
)
from app.realtime.outgoing import Outgoing, from_connection, from_log
from app.realtime.subscription import Pages, Subscription, Transport
from app.version import VERSION

logger = logging.getLogger(__name__)

#: Whose log it is where nobody says so. The core knows no database, so the name stands here too; a test compares.
TENANT: Final = "default"


class ConnectionManager:
    """Every open connection of this process. All methods belong to the event loop's thread."""

    def __init__(self, *, settings: Limits | None = None) -> None:
        self._limits: Limits = settings or DefaultLimits()
        self.counts = StreamCounts()
        self._epoch = new_epoch()
        self._heads: dict[str, int] = {}
        self._seen: dict[str, int] = {}
        self._sessions: dict[str, list[Subscription]] = {}
        self._tenants: dict[str, dict[Subscription, None]] = {}
        self._couriers: set[asyncio.Task[None]] = set()
        self._lanes: dict[str, Lanes] = {}
        self._pages: Pages | None = None
        self._closing = False

    @property
    def epoch(self) -> str:
        """The life of the log that connections are in."""
        return self._epoch

    @property
    def count(self) -> int:
        """How many connections are open."""
        return sum(len(members) for members in self._tenants.values())

    def connections(self) -> Counter[tuple[Transport, State]]:
        """How many connections are open, by transport and by whether they are live or catch up."""
        return Counter((member.transport, member.connection.state) for member in self._members())

    def backlogs(self) -> list[int]:
        """How many messages wait, for each connection."""
        return [member.connection.waiting for member in self._members()]

    def head(self, tenant: str) -> int:
        """The last seq that this node has handed out, or passed over because nobody listened."""
        return self._heads.get(tenant, 0)

    def log_seen(self, epoch: str, tenant: str, head: int) -> None:
        """The log reached this far when somebody on this node read it: a connection may be ahead of the hub."""
        if epoch == self._epoch:
            self._seen[tenant] = max(head, self._seen.get(tenant, 0))

    def log_heads_seen(self) -> dict[str, int]:
        """How far each tenant's log certainly reached, if it is still the same log."""
        return {tenant: max(self.head(tenant), self._seen.get(tenant, 0)) for tenant in self._heads | self._seen}

    def has_connections(self, tenant: str) -> bool:
        """Whether anybody listens to this tenant's log here."""
        return bool(self._tenants.get(tenant))

    def is_connected(self, session_id: str) -> bool:
        """Whether this session has a connection that is open."""
        return bool(self._sessions.get(session_id))

    def use_pages(self, pages: Pages) -> None:
        """Let connections that are behind read the log this way. Without, they are closed as too slow."""
        self._pages = pages

    async def connect(
        self,
        session_id: str,
        websocket: Sink | None,
        *,
        tenant: str = TENANT,
        wanted: Filter = EVERYTHING,
        since: int | None = None,
        reset: str | None = None,
        transport: Transport = "websocket",
        heartbeat: float | None = None,
        answers: bool = False,
        probe: bool = False,
        writer: DirectWriter | None = None,
    ) -> Subscription:
        """Open a connection from `since` on, or from now; `hello` is its first message.

        `websocket` is written to until the subscription ends; where it is None, the caller pulls `next_batch` and
        calls `remove`. `reset` tells the client first why its cursor can't be continued. With `answers`, a client
        that leaves two pings unanswered is closed. With a `writer`, what comes while the connection is up to date is
        written there at once, once encoded for all. Raises `TooBusy` at the limit of this process.
        """
        giving_way = self._giving_way(session_id, tenant)
        if self._closing or self.count - len(giving_way) >= self._limits.max_connections:
            logger.warning(
                "A connection is refused: this process is at its limit or stops",
                extra={"action": "connection_refused", "session_id": session_id, "connections": self.count},
            )
            self.counts.refused += 1
            raise TooBusy("This server takes no more connections at present")
        for oldest in giving_way:
            self.remove(oldest, CloseCode.CAPACITY, "this session opened more connections than it may hold")
        lanes = self._lanes.setdefault(tenant, Lanes())
        subscription = Subscription(
            session_id=session_id,
            tenant=tenant,
            transport=transport,
            connection=Connection(
                epoch=self._epoch,
                wanted=wanted,
                cursor=self.head(tenant) if since is None else since,
                live=since is None,
            ),
            head=lambda: self.head(tenant),
            pages=self._pages,
            heartbeat=self._limits.heartbeat_seconds if heartbeat is None else heartbeat,
            answers=answers,
            writer=writer,
            lanes=lanes,
        )
        lanes.apart[subscription] = None
        self.counts.opened[transport] += 1
        self._sessions.setdefault(session_id, []).append(subscription)
        self._tenants.setdefault(tenant, {})[subscription] = None
        if transport != "poll":
            subscription.connection.say(self._hello(subscription))
        if reset is not None:
            self.counts.resets[reset] += 1
            subscription.connection.say(reset_message(reset, subscription.connection.safe_cursor))
        if transport != "poll":
            subscription.start_heartbeat(probe=probe)
        if websocket is not None:
            courier = asyncio.create_task(carry(subscription, websocket), name=f"courier-{session_id}")
            self._couriers.add(courier)
            courier.add_done_callback(lambda task: self._carried(task, subscription))
        logger.info("A connection opened", extra=self._about(subscription, "connection_opened"))
        return subscription

    async def disconnect(self, session_id: str) -> None:
        """Close all connections of this session."""
        for subscription in list(self._sessions.get(session_id, ())):
            self.remove(subscription)

    def remove(self, subscription: Subscription, code: CloseCode = CloseCode.NORMAL, reason: str = "closed") -> None:
        """Close one connection; it gets nothing more from now on."""
        subscription.close(code, reason)
        self._forget(subscription)

    async def broadcast(self, message: RealtimeMessage) -> None:
        """Send a message that has no place in the log to every connection whose subscription it matches.

        One that is full misses `frame` and `progress`, and is closed over any other type. Raises `ValueError`
        for a message with an `id`: those come through the log, where nobody misses them.
        """
        if message.id is not None:
            raise ValueError("a message with a place in the log is delivered by the relay, not broadcast")
        outgoing = from_connection(message)
        event = LogEvent(
            TENANT,
            0,
            message.type,
            payload_json(message.payload),
            message.timestamp,
            message.job_id,
            message.attempt,
        )
        for subscription in list(self._tenants.get(TENANT, ())):
            if not subscription.connection.wanted.matches(event):
                continue
            if subscription.connection.say(outgoing):
                subscription.wake()
            elif message.type not in SKIPPABLE:
                self.remove(subscription, CloseCode.TOO_SLOW, "the backlog is full")

    def begin(self, epoch: str, heads: Mapping[str, int]) -> None:
        """Take the log's epoch and heads for this node's, before the first connection."""
        self._epoch = epoch
        self._heads = dict(heads)
        self._seen = {}

    def deliver(self, tenant: str, events: Sequence[LogEvent], *, source: str = "bus") -> None:
        """Hand out the log's next events; those at or below the head are passed over.

        They must follow the head without a hole: what is passed over here is read from the log by each connection.
        `source` is where they come from, for those who count.
        """
        head = self.head(tenant)
        fresh = [(event, from_log(event, self._epoch)) for event in events if event.seq > head]
        if not fresh:
            return
        self._heads[tenant] = fresh[-1][0].seq
        lanes = self._lanes.get(tenant)
        if lanes is not None:
            # Who leaves a lane on this occasion has had this there.
            apart = list(lanes.apart)
            lanes.deliver(fresh)
            for subscription in apart:
                self._offer(subscription, fresh)
        self.counts.handed_out(source, (event.timestamp for event, _ in fresh))

    def move_head(self, tenant: str, head: int) -> None:
        """Pass over events without handing them out: connections read them from the log, where there are any."""
        if head <= self.head(tenant):
            return
        self._heads[tenant] = head
        for subscription in self._tenants.get(tenant, ()):
            subscription.wake()
            subscription.connection.head_moved(head)

    def reset(self, epoch: str, heads: Mapping[str, int], reason: str) -> None:
        """Another life of the log has begun: every connection is told, and goes on from its head."""
        logger.warning(
            "The log's epoch has changed: every connection is told to read anew",
            extra={"action": "connections_reset", "epoch": epoch, "connections": self.count},
        )
        self.begin(epoch, heads)
        self.counts.resets[reason] += self.count
        for tenant, members in self._tenants.items():
            head = self.head(tenant)
            for subscription in members:
                subscription.wake()
                subscription.connection.reset(epoch, head, reason, head=head)

    async def close(self) -> None:
        """End every connection, and refuse new ones; takes a few seconds at most, whatever clients do."""
        self._closing = True
        for members in list(self._tenants.values()):
            for subscription in list(members):
                self.remove(subscription, CloseCode.SERVICE_RESTART, "the server stops; come back with your cursor")
        if self._couriers:
            _, stuck = await asyncio.wait(self._couriers, timeout=2 * CLOSE_SECONDS + 1)
            for courier in stuck:
                courier.cancel()

    def _members(self) -> Iterator[Subscription]:
        for members in self._tenants.values():
            yield from members

    def _giving_way(self, session_id: str, tenant: str) -> list[Subscription]:
        """The oldest connections of a session, whose places one more of it takes."""
        mine = [member for member in self._sessions.get(session_id, ()) if member.tenant == tenant]
        return mine[: max(0, len(mine) - self._limits.connections_per_session + 1)]

    def _hello(self, subscription: Subscription) -> Outgoing:
        payload = HelloPayload(
            session_id=subscription.session_id,
            transport=subscription.transport,
            cursor=str(Cursor(self._epoch, subscription.connection.cursor)),
            heartbeat_seconds=subscription.heartbeat,
            server_version=VERSION,
        )
        return from_connection(RealtimeMessage(type=MessageType.HELLO, payload=payload), cursor=payload.cursor)

    def _offer(self, subscription: Subscription, fresh: Sequence[tuple[LogEvent, Outgoing]]) -> None:
        connection = subscription.connection
        for event, message in fresh:
            connection.offer(event, message)
        if connection.owes:
            subscription.wake()

    def _carried(self, courier: asyncio.Task[None], subscription: Subscription) -> None:
        self._couriers.discard(courier)
        subscription.close(CloseCode.NORMAL)
        self._forget(subscription)
        subscription.ended.set()

    def _forget(self, subscription: Subscription) -> None:
        members = self._tenants.get(subscription.tenant, {})
        if subscription not in members:
            return
        del members[subscription]
        self._lanes[subscription.tenant].forget(subscription)
        session = self._sessions[subscription.session_id]
        session.remove(subscription)
        if not session:
            del self._sessions[subscription.session_id]
        self.counts.closed[int(subscription.close_code or CloseCode.NORMAL)] += 1
        logger.info("A connection closed", extra=self._about(subscription, "connection_closed"))

    def _about(self, subscription: Subscription, action: str) -> dict[str, object]:
        return {
            "action": action,
            "session_id": subscription.session_id,
            "transport": subscription.transport,
            "code": None if subscription.close_code is None else int(subscription.close_code),
            "reason": subscription.close_reason,
            "connections": self.count,
        }
