"""The stream's promise as a state machine: every message of a subscription, once and in order, except after a reset.

The log, the relays, the hubs and the connections are the real ones; the bus loses, repeats and reorders at will.
Two files of tests share the examples, so that two processes can try them side by side.
"""

from __future__ import annotations

import asyncio
import functools
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.database.engine import Database
from app.database.lifecycle import ensure_epoch
from app.database.migrations import migrate
from app.database.schema import DEFAULT_TENANT, events, jobs, logs
from app.realtime import connection, event_log, relay
from app.realtime.event_bus import BusBatch, Segment, batch_of
from app.realtime.events import EVERYTHING, Draft, Filter, LogEvent
from app.realtime.memory_bus import MemoryBus
from app.realtime.message_types import MessageType
from app.realtime.query import Since
from tests.model.client import JOBS, Client
from tests.model.history import History
from tests.model.node import Node

R = TypeVar("R")

#: Events that wait for a slow reader, and events a page: small, so that both are often full.
BACKLOG = 12
PAGE = 5
#: More than a backlog and a page hold.
BURST = 30
PATIENCE_SECONDS = 60.0
MAX_CLIENTS = 3
#: How often a rule is chosen before something new must be committed.
TRIES = 2

FILTERS = st.sampled_from(
    [
        EVERYTHING,
        Filter(job_ids=frozenset({"job-a"})),
        Filter(job_ids=frozenset({"job-c"})),
        Filter(job_ids=frozenset({"job-b", "job-c"})),
        Filter(types=frozenset({MessageType.WARNING})),
        Filter(job_ids=frozenset({"job-a"}), types=frozenset({MessageType.PROGRESS})),
    ]
)
KINDS = st.sampled_from([MessageType.PROGRESS, MessageType.WARNING])
DRAFTS = st.lists(st.tuples(st.sampled_from(JOBS), KINDS), min_size=1, max_size=5)
NODES = st.integers(0, 1)
ANY = st.integers(0, 1000)
#: A place in the log; -1 is its head, which a node that lags has not handed out.
PLACES = st.one_of(ANY, st.just(-1))
SINCE: st.SearchStrategy[Since] = st.sampled_from(["start", "now"])
PUBLISHED = st.sampled_from(["whole", "whole", "as a range", "never"])


def draft(job_id: str, kind: MessageType) -> Draft:
    """An event to append."""
    payload = {
        MessageType.PROGRESS: f'{{"job_id":"{job_id}","progress":50}}',
        MessageType.WARNING: '{"plugin":"motion","message":"dark","severity":"low"}',
    }
    return Draft(kind, payload[kind], "2026-03-14T09:26:53.000Z", job_id, 1)


def job_row(job_id: str) -> dict[str, Any]:
    """A job, so that its messages can be asked for."""
    numbers = dict.fromkeys(("priority", "input_bytes", "attempt", "crashes", "last_n", "created_at_ms"), 1)
    texts = dict.fromkeys(("plugin", "queue", "device_requested", "device_used", "input_key", "input_type"), "whatever")
    return (
        {"id": job_id, "tenant": DEFAULT_TENANT, "status": "running", "tools": [], "options": {}, "fallback": False}
        | numbers
        | texts
    )


def worth_trying(function: Callable[..., None]) -> Callable[..., None]:
    """A rule that is not chosen over and over while nothing new has been committed."""
    name = function.__name__

    @functools.wraps(function)
    def counted(self: Stream, **drawn: object) -> None:
        self.tried[name] += 1
        function(self, **drawn)

    return precondition(lambda self: self.tried[name] < TRIES)(counted)


class Stream(RuleBasedStateMachine):
    """Two web nodes over one log."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._path = Path(self._folder.name, "transom.db")
        self._copy = Path(self._folder.name, "copy.db")
        self._url = f"sqlite:///{self._path}"
        Path(self._path).write_bytes(Stream.template)
        self.loop = asyncio.new_event_loop()
        self.database = Database(self._url, read_threads=1)
        with self.database.read() as transaction:
            self.history = History(event_log.state(transaction).epoch)
        self.bus = MemoryBus(held=True)
        self.clients: list[Client] = []
        self.tried: Counter[str] = Counter()
        self.nodes = [self._start_node() for _ in range(2)]
        self._back_up()

    template: bytes = b""

    def run(self, work: Coroutine[Any, Any, R]) -> R:
        """Do it on the loop, and let everybody have a turn."""

        async def with_a_turn() -> R:
            async with asyncio.timeout(PATIENCE_SECONDS):
                result = await work
                for _ in range(5):
                    await asyncio.sleep(0)
                return result

        result = self.loop.run_until_complete(with_a_turn())
        for client in self.clients:
            if client.broken is not None:
                raise client.broken
        return result

    @initialize(
        wishes=st.lists(st.tuples(NODES, FILTERS, SINCE, st.booleans()), min_size=MAX_CLIENTS, max_size=MAX_CLIENTS)
    )
    def come(self, wishes: list[tuple[int, Filter, Since, bool]]) -> None:
        """Clients connect, some of which read slowly."""
        for number, (node, wanted, since, slow) in enumerate(wishes):
            client = Client(f"client-{number}", wanted, since, self.history)
            self.clients.append(client)
            self._connect(client, node, slow=slow)

    @rule(drafts=DRAFTS, published=PUBLISHED, delivered=st.booleans())
    def append(self, drafts: list[tuple[str, MessageType]], *, published: str, delivered: bool) -> None:
        """Commit a few events, and publish them, or only their range, or crash before."""
        self._publish(self._append([draft(job_id, kind) for job_id, kind in drafts]), published)
        if delivered:
            self._deliver_all(0)
            self._deliver_all(1)

    @rule(job_id=st.sampled_from(JOBS), published=PUBLISHED, delivered=st.booleans(), slow=ANY)
    def burst(self, job_id: str, *, published: str, delivered: bool, slow: int) -> None:
        """Commit more than a backlog holds, while somebody does not read."""
        self.clients[slow % len(self.clients)].gate.clear()
        events = self._append([draft(job_id, MessageType.PROGRESS) for _ in range(BURST)])
        for start in range(0, BURST, 4):
            self._publish(events[start : start + 4], published)
        if delivered:
            self._deliver_all(0)
            self._deliver_all(1)

    @rule(node=NODES, everything=st.booleans())
    @worth_trying
    def deliver(self, node: int, *, everything: bool) -> None:
        """The bus hands over its next batch, or all it has."""
        if everything:
            self._deliver_all(node)
        else:
            self.nodes[node].consumer.deliver()
            self.run(self.nodes[node].settle())

    @rule(node=NODES, how=st.sampled_from(["drop", "swap", "repeat"]), one=ANY, other=ANY)
    @worth_trying
    def disturb(self, node: int, how: str, one: int, other: int) -> None:
        """The bus loses a batch, changes the order of two, or tells one again at another time."""
        waiting = self.nodes[node].consumer.waiting
        if not waiting:
            return
        one, other = one % len(waiting), other % len(waiting)
        if how == "drop":
            del waiting[one]
        elif how == "swap":
            waiting[one], waiting[other] = waiting[other], waiting[one]
        else:
            waiting.insert(other, waiting[one])

    @rule()
    @worth_trying
    def a_quiet_second(self) -> None:
        """Everybody reads, and the relays compare themselves with the log: nothing may be missing after that."""
        self._everybody_has_everything()

    @rule(node=NODES)
    @worth_trying
    def compare(self, node: int) -> None:
        """A second has passed: the relay compares itself with the log."""
        self.run(self.nodes[node].relay.compare())
        self.run(self.nodes[node].settle())

    @rule(which=ANY, node=NODES, slow=st.booleans())
    @worth_trying
    def resume(self, which: int, node: int, *, slow: bool) -> None:
        """A client is cut off and comes back with its cursor, on either node."""
        client = self.clients[which % len(self.clients)]
        self._cut(client)
        self._connect(client, node, slow=slow)

    @rule(which=ANY)
    @worth_trying
    def cut(self, which: int) -> None:
        """A client is cut off, and stays away for now."""
        self._cut(self.clients[which % len(self.clients)])

    @rule(which=ANY, slow=st.booleans())
    @worth_trying
    def read_or_not(self, which: int, *, slow: bool) -> None:
        """A reader becomes slow, or goes on."""
        client = self.clients[which % len(self.clients)]
        (client.gate.clear if slow else client.gate.set)()
        self.run(asyncio.sleep(0.002))

    @rule(which=ANY)
    @worth_trying
    def ping(self, which: int) -> None:
        """The heartbeat of a connection is due."""
        if (subscription := self.clients[which % len(self.clients)].subscription) is not None:
            subscription._beat()
            self.run(asyncio.sleep(0))

    @precondition(lambda self: self.history.events)
    @rule(node=NODES, jobs=st.permutations(JOBS), since=PLACES, slow=st.booleans())
    @worth_trying
    def subscribe(self, node: int, jobs: list[str], since: int, *, slow: bool) -> None:
        """A client comes back for one job, and names another from anywhere in the log, or from a snapshot of now."""
        client = self.clients[-1]
        self._cut(client)
        client.wanted = Filter(job_ids=frozenset(jobs[:1]))
        self._connect(client, node, slow=False)
        assert client.subscription is not None
        self.run(self._at(client).drain(client))
        stands = client.subscription.connection
        since = max(self.history.floor, since % (len(self.history.events) + 1))
        client.add_job(jobs[1], since, stands.cursor)
        assert stands.subscribe(jobs[1], since)
        if slow:
            client.gate.clear()
        client.subscription.wake()
        self.run(asyncio.sleep(0.002))

    @rule(through=ANY)
    @worth_trying
    def trim(self, through: int) -> None:
        """What retention comes to, whichever jobs it forgets: the oldest events are gone, and the floor is above."""
        through %= len(self.history.events) + 1
        with self.database.write() as transaction:
            transaction.execute(sa.update(logs).where(logs.c.floor < through).values(floor=through))
            transaction.execute(sa.delete(events).where(events.c.seq <= through))
        self.history.floor = max(self.history.floor, through)

    @rule(node=NODES)
    @worth_trying
    def restart(self, node: int) -> None:
        """A web node dies and another takes its place; what the bus had for it is lost."""
        for client in self.clients:
            if client.subscription is not None and client.at == node:
                self._cut(client)
        self._stop_node(self.nodes[node])
        self.nodes[node] = self._start_node()

    @rule()
    @worth_trying
    def copy(self) -> None:
        """Somebody backs the database up."""
        self._back_up()

    def _back_up(self) -> None:
        with closing(sqlite3.connect(self._path)) as source, closing(sqlite3.connect(self._copy)) as target:
            source.backup(target)
        self._copied_at = len(self.history.events)
        self._copied_floor = self.history.floor
        self._copied_epoch = self.history.epoch

    @precondition(lambda self: self._copied_at < len(self.history.events))
    @precondition(lambda self: self._copied_epoch == self.history.epoch)
    @rule(first=NODES)
    def restore(self, first: int) -> None:
        """Somebody puts the older database back, under the running nodes, and they find out."""
        with closing(sqlite3.connect(self._copy)) as source, closing(sqlite3.connect(self._path)) as target:
            source.backup(target)
        self.history.restoring = True
        for node in (self.nodes[first], self.nodes[1 - first]):
            node.consumer.waiting.clear()
            self.run(node.relay.compare())
        with self.database.write() as transaction:
            epoch = event_log.state(transaction).epoch
            if epoch == self.history.epoch:
                ahead = [client for client in self.clients if client.subscription and client.last > self._copied_at]
                assert not ahead, f"{ahead} got what is no longer in the log, and nobody noticed"
                # Nobody who listens had seen what is lost; whoever restores a database says so.
                epoch = event_log.change_epoch(transaction, epoch)
        for node in self.nodes:
            self.run(node.relay.compare())
        for client in self.clients:
            if client.subscription is not None:
                self.run(self._at(client).drain(client))
                assert client.epoch == epoch, f"{client} was not told"
        # What waited of the lost events has come; from here on they never were.
        self.history.go_back(self._copied_at)
        self.history.floor = self._copied_floor
        self.history.epoch = epoch
        self.history.restoring = False

    @invariant()
    def backlogs_are_bounded(self) -> None:
        """No connection holds more than its backlog and room for its own words."""
        for client in self.clients:
            if client.subscription is not None:
                assert client.subscription.connection.waiting <= BACKLOG + connection.CONTROL_ROOM

    def teardown(self) -> None:
        """In the end everybody reads, and nothing may be missing."""
        try:
            if not any(client.broken for client in self.clients):
                self._everything_arrives()
        finally:
            self.clients.clear()
            for node in self.nodes:
                self._stop_node(node)
            self.loop.close()
            self.database.close()
            self._folder.cleanup()

    def _everything_arrives(self) -> None:
        for client in self.clients:
            if client.subscription is None:
                self._connect(client, 0, slow=False)
        self._everybody_has_everything()

    def _everybody_has_everything(self) -> None:
        for number, node in enumerate(self.nodes):
            self._deliver_all(number)
            self.run(node.relay.compare())
            self.run(node.settle())
        for client in self.clients:
            if client.subscription is not None:
                self.run(self._at(client).drain(client))
                missing = [event.seq for event in client.due()]
                assert not missing, f"{client} never got {missing[:10]}"

    def _deliver_all(self, node: int) -> None:
        while self.nodes[node].consumer.deliver():
            continue
        self.run(self.nodes[node].settle())

    def _append(self, drafts: list[Draft]) -> list[LogEvent]:
        with self.database.write() as transaction:
            events = event_log.append(transaction, DEFAULT_TENANT, drafts)
        self.history.add(events)
        self.tried.clear()
        return events

    def _publish(self, events: list[LogEvent], published: str) -> None:
        batch = batch_of(self.history.epoch, events)
        if published == "as a range":
            batch = BusBatch(batch.epoch, [Segment(s.tenant, s.first, s.last, None) for s in batch.segments])
        if published != "never":
            self.bus.publish(batch)

    def _connect(self, client: Client, node: int, *, slow: bool) -> None:
        (client.gate.clear if slow else client.gate.set)()
        client.at = node
        self.run(self.nodes[node].join(client))
        self.run(asyncio.sleep(0.002))

    def _cut(self, client: Client) -> None:
        if client.subscription is not None:
            self.run(self._at(client).part(client))

    def _at(self, client: Client) -> Node:
        return self.nodes[client.at]

    def _start_node(self) -> Node:
        async def start() -> Node:
            node = Node(self._url, self.bus)
            await node.relay.start()
            return node

        return self.run(start())

    def _stop_node(self, node: Node) -> None:
        self.bus.consumers.remove(node.consumer)
        self.run(node.close())


def try_out(machine: type[Stream], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the machine; which examples it is given depends on its name."""
    # A second passes when a rule says so, and a hole is found missing at once.
    monkeypatch.setattr(relay, "COMPARE_SECONDS", 3600.0)
    monkeypatch.setattr(relay, "HOLE_SECONDS", 0.0)
    monkeypatch.setattr(connection, "OUTBOX_LIMIT", BACKLOG)
    monkeypatch.setattr(connection, "PAGE_ROOM", PAGE)
    path = folder / "template.db"
    migrate(f"sqlite:///{path}")
    database = Database(f"sqlite:///{path}")
    with database.write() as transaction:
        ensure_epoch(transaction)
        transaction.execute(sa.insert(jobs), [job_row(job_id) for job_id in JOBS])
    with database.autocommit() as plain:
        plain.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    Stream.template = path.read_bytes()

    machine.TestCase.settings = settings(
        max_examples=30,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    case = machine.TestCase("runTest")
    case.runTest()
