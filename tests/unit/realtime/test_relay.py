"""The relay over a real log: what the bus loses is read, what crashes is told, and nothing is taken for a restore."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from app.database.engine import Database
from app.database.schema import DEFAULT_TENANT
from app.realtime import event_log
from app.realtime.connection_manager import ConnectionManager
from app.realtime.event_bus import batch_of
from app.realtime.events import Draft, LogEvent
from app.realtime.memory_bus import MemoryBus
from app.realtime.message_types import MessageType
from app.realtime.relay import Relay
from app.settings import Settings
from tests.phase10.recording_sink import RecordingSink, StalledSink, until


class Stream:
    """A log, a bus, a relay and a hub."""

    def __init__(self, database: Database) -> None:
        settings = Settings(database_url=database.url, broker_url="redis://127.0.0.1:1")
        self.database = database
        self.bus = MemoryBus(held=True)
        self.manager = ConnectionManager(settings=settings)
        self.relay = Relay(settings=settings, database=database, manager=self.manager, consumer=self.bus.consumer)

    def append(self, count: int = 1) -> list[LogEvent]:
        """Commit so many warnings."""
        payload = '{"plugin":"motion","message":"dark","severity":"low"}'
        draft = Draft(MessageType.WARNING, payload, "2026-03-14T09:26:53.000Z", "job-a", 1)
        with self.database.write() as connection:
            return event_log.append(connection, DEFAULT_TENANT, [draft] * count)

    def publish(self, events: list[LogEvent]) -> None:
        """Tell the bus."""
        self.bus.publish(batch_of(self.manager.epoch, events))

    def ids(self, count: int) -> list[str]:
        """The first ids of the log."""
        return [f"{self.manager.epoch}-{seq}" for seq in range(1, count + 1)]


@asynccontextmanager
async def running(database: Database) -> AsyncIterator[Stream]:
    """The stream, started and stopped."""
    stream = Stream(database)
    await stream.relay.start()
    try:
        yield stream
    finally:
        await stream.relay.close()
        await stream.manager.close()


def test_what_the_bus_never_said_comes_from_the_log(database: Database) -> None:
    """Without a word from the bus, everything comes, page after page, and once."""

    async def scenario() -> None:
        async with running(database) as stream:
            sink = RecordingSink()
            await stream.manager.connect("ada", sink)
            events = stream.append(450)
            await until(lambda: len(sink.ids()) == 450)
            stream.publish(events)
            stream.bus.consumers[0].deliver()
            stream.publish(stream.append())
            stream.bus.consumers[0].deliver()
            await until(lambda: len(sink.ids()) == 451)
            assert sink.ids() == stream.ids(451)

    asyncio.run(scenario())


def test_a_neighbour_on_the_same_broker_is_told_of_once_and_costs_nothing(
    database: Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches of another log are passed over, without a look into this one for each."""
    reads = []
    run_read = database.run_read

    async def counted(function: Callable[..., Any], *arguments: Any) -> Any:
        reads.append(function)
        return await run_read(function, *arguments)

    monkeypatch.setattr(database, "run_read", counted)

    async def scenario() -> None:
        async with running(database) as stream:
            sink = RecordingSink()
            await stream.manager.connect("ada", sink)
            events = stream.append(1)

            def hear_the_neighbour() -> None:
                stream.bus.publish(batch_of("neighbour", events))
                stream.bus.consumers[0].deliver()

            hear_the_neighbour()
            await until(lambda: "TRANSOM_NAMESPACE" in caplog.text)
            before = len(reads)
            for seq in range(2, 102):
                hear_the_neighbour()
                stream.publish(stream.append())
                stream.bus.consumers[0].deliver()
                await until(lambda: len(sink.ids()) == seq)  # noqa: B023 - called before the next round
            assert sink.ids() == stream.ids(101)
            assert len(reads) - before < 50
            assert caplog.text.count("TRANSOM_NAMESPACE") == 1

    asyncio.run(scenario())


def test_early_batches_wait_for_the_one_before(database: Database) -> None:
    """Batches in the wrong order come in the right one."""

    async def scenario() -> None:
        async with running(database) as stream:
            sink = RecordingSink()
            await stream.manager.connect("ada", sink)
            for events in [stream.append(2) for _ in range(4)][::-1]:
                stream.publish(events)
            while stream.bus.consumers[0].deliver():
                continue
            await until(lambda: len(sink.ids()) == 8)
            assert sink.ids() == stream.ids(8)

    asyncio.run(scenario())


def test_a_reader_that_was_too_slow_gets_everything_from_the_log(database: Database) -> None:
    """A connection whose backlog was full goes on by itself when it reads again, without a hole."""

    async def scenario() -> None:
        async with running(database) as stream:
            slow, quick = StalledSink(), RecordingSink()
            await stream.manager.connect("ada", slow)
            await stream.manager.connect("bob", quick)
            for _ in range(30):
                stream.publish(stream.append(100))
                stream.bus.consumers[0].deliver()
            await until(lambda: len(quick.ids()) == 3000)
            slow.let_go.set()
            await until(lambda: len(slow.ids()) == 3000)
            assert slow.ids() == quick.ids() == stream.ids(3000)

    asyncio.run(scenario())


def test_a_batch_during_a_comparison_is_not_taken_for_a_restore(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes while the log's state is on its way is newer than that state, and no reason to reset anybody."""

    async def scenario() -> None:
        async with running(database) as stream:
            sink = RecordingSink()
            await stream.manager.connect("ada", sink)
            read = database.run_read

            async def read_then_receive(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
                state = await read(function, *arguments, **options)
                stream.publish(stream.append())
                stream.bus.consumers[0].deliver()
                await asyncio.sleep(0)
                return state

            epoch = stream.manager.epoch
            with monkeypatch.context() as patch:
                patch.setattr(database, "run_read", read_then_receive)
                await stream.relay.compare()
            await until(sink.ids)
            assert stream.manager.epoch == epoch
            assert "reset" not in sink.types()

    asyncio.run(scenario())


def test_a_log_that_went_back_resets_everybody(database: Database) -> None:
    """After a restore every connection is told, and what follows comes under a new epoch."""

    async def scenario() -> None:
        async with running(database) as stream:
            sink = RecordingSink()
            await stream.manager.connect("ada", sink)
            stream.append(5)
            await until(lambda: len(sink.ids()) == 5)
            with database.write() as connection:
                connection.execute(sa.text("DELETE FROM events WHERE seq > 2"))
                connection.execute(sa.text("UPDATE logs SET head = 2"))
            await until(lambda: "reset" in sink.types())
            stream.append()
            await until(lambda: sink.ids()[-1] == f"{stream.manager.epoch}-3")
            assert sink.messages[-2]["payload"] == {
                "reason": "epoch_changed",
                "cursor": f"{stream.manager.epoch}-2",
            }

    asyncio.run(scenario())


def test_a_restore_is_noticed_where_only_a_reader_was_ahead(database: Database) -> None:
    """A client that has read further in the log than the hub has handed out is told of the restore too."""

    async def scenario() -> None:
        async with running(database) as stream:
            # From here on the hub compares itself with the log only when this test says so.
            assert stream.relay._watch is not None
            stream.relay._watch.cancel()
            sink = RecordingSink()
            stream.append(5)
            await stream.manager.connect("ada", sink, since=0)
            await until(lambda: len(sink.ids()) == 5)
            assert stream.manager.head(DEFAULT_TENANT) == 0
            with database.write() as connection:
                connection.execute(sa.text("DELETE FROM events WHERE seq > 2"))
                connection.execute(sa.text("UPDATE logs SET head = 2"))
            await stream.relay.compare()
            await until(lambda: "reset" in sink.types())
            await until(lambda: stream.manager.head(DEFAULT_TENANT) == 2)

    asyncio.run(scenario())


def test_a_database_that_fails_is_seen_and_got_over(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """While the log can't be read, health says so and the log file has why; afterwards nothing is missing."""

    async def scenario() -> None:
        async with running(database) as stream:
            sink = RecordingSink()
            await stream.manager.connect("ada", sink)

            async def fail(*_: Any, **__: Any) -> Any:
                raise sa.exc.OperationalError("SELECT", {}, OSError("the disk is gone"))

            with monkeypatch.context() as patch:
                patch.setattr(database, "run_read", fail)
                stream.append(3)
                await until(lambda: stream.relay.describe()["failure"] == "OperationalError")
            await until(lambda: len(sink.ids()) == 3)
            await until(lambda: stream.relay.describe()["failure"] is None)
            assert stream.relay.healthy

    asyncio.run(scenario())
    assert any(record.exc_info and "the disk is gone" in str(record.exc_info[1]) for record in caplog.records)


def test_a_consumer_that_stopped_is_not_healthy(database: Database) -> None:
    """Health fails when nobody listens to the bus any more, though the log still brings everything."""

    async def scenario() -> None:
        async with running(database) as stream:
            assert (stream.relay.healthy, stream.relay.subscribed) == (True, True)
            stream.bus.consumers[0].close()
            assert (stream.relay.healthy, stream.relay.subscribed) == (False, False)
            sink = RecordingSink()
            await stream.manager.connect("ada", sink)
            stream.append()
            await until(sink.ids)

    asyncio.run(scenario())
