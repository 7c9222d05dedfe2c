"""The hub beyond coming and going: heartbeats, resets, and the database's own name for the tenant."""

from __future__ import annotations

import asyncio

from app.database.schema import DEFAULT_TENANT
from app.realtime import connection_manager
from app.realtime.close_codes import CloseCode
from app.realtime.connection_manager import ConnectionManager
from app.realtime.events import Filter
from tests.phase10.log_events import TENANT, progress
from tests.phase10.recording_sink import RecordingSink, StalledSink, until

HEARTBEAT = 0.05


def test_the_hub_and_the_database_name_the_same_tenant() -> None:
    """A connection that names no tenant is in the log that jobs are written to."""
    assert connection_manager.TENANT == DEFAULT_TENANT


def test_a_ping_carries_what_was_sent_and_what_matched_last() -> None:
    """The cursor covers what is not for this subscription too; the tail is its own last event."""

    async def scenario() -> None:
        manager, sink = ConnectionManager(), RecordingSink()
        await manager.connect("ada", sink, wanted=Filter(job_ids=frozenset({"job-a"})), heartbeat=HEARTBEAT)
        manager.deliver(TENANT, [progress(1), progress(2), progress(3, job_id="job-b")])
        await until(lambda: "ping" in sink.types())
        ping = next(message for message in sink.messages if message["type"] == "ping")
        assert ping["payload"] == {"interval_seconds": HEARTBEAT, "cursor": f"{manager.epoch}-3", "tail": 2}
        assert sink.ids() == [f"{manager.epoch}-1", f"{manager.epoch}-2"]
        await manager.close()

    asyncio.run(scenario())


def test_two_unanswered_pings_end_a_connection_that_must_answer() -> None:
    """A client that is silent for two pings is closed with 4008, which tells it to come back."""

    async def scenario() -> None:
        manager, sink = ConnectionManager(), RecordingSink()
        await manager.connect("ada", sink, heartbeat=HEARTBEAT, answers=True)
        await until(lambda: not manager.is_connected("ada"))
        assert sink.closed is not None
        assert sink.closed[0] == CloseCode.HEARTBEAT_MISSED
        assert sink.types() == ["hello", "ping", "ping"]
        await manager.close()

    asyncio.run(scenario())


def test_any_sound_of_the_client_keeps_it() -> None:
    """A client that is heard between pings stays, however many there are."""

    async def scenario() -> None:
        manager, sink = ConnectionManager(), RecordingSink()
        subscription = await manager.connect("ada", sink, heartbeat=HEARTBEAT, answers=True)

        def five_pings() -> bool:
            subscription.heard()
            return sink.types().count("ping") >= 5

        await until(five_pings)
        assert sink.closed is None
        await manager.close()

    asyncio.run(scenario())


def test_a_stalled_client_is_dropped_by_its_heartbeat() -> None:
    """A client that takes nothing does not hold its place for ever."""

    async def scenario() -> None:
        manager, stalled = ConnectionManager(), StalledSink()
        await manager.connect("ada", stalled, heartbeat=HEARTBEAT, answers=True)
        await until(lambda: not manager.is_connected("ada"))
        assert manager.count == 0
        await manager.close()

    asyncio.run(scenario())


def test_a_new_epoch_resets_every_connection_to_its_head() -> None:
    """All are told why and where to go on; what follows has the new epoch's ids and comes once."""

    async def scenario() -> None:
        manager, sinks = ConnectionManager(), [RecordingSink(), RecordingSink()]
        for name, sink in zip(("ada", "bob"), sinks, strict=True):
            await manager.connect(name, sink)
        manager.deliver(TENANT, [progress(1), progress(2), progress(3)])
        manager.reset("bbbb", {TENANT: 1}, "epoch_changed")
        manager.deliver(TENANT, [progress(1), progress(2)])
        await until(lambda: all(sink.ids()[-1:] == ["bbbb-2"] for sink in sinks))
        for sink in sinks:
            reset = next(message for message in sink.messages if message["type"] == "reset")
            assert reset["payload"] == {"reason": "epoch_changed", "cursor": "bbbb-1"}
            assert sink.types().index("reset") == len(sink.messages) - 2
        await manager.close()

    asyncio.run(scenario())


def test_another_tenants_events_do_not_come() -> None:
    """Connections hear their own tenant's log and nobody else's."""

    async def scenario() -> None:
        manager, mine, other = ConnectionManager(), RecordingSink(), RecordingSink()
        await manager.connect("ada", mine)
        await manager.connect("bob", other, tenant="elsewhere")
        manager.deliver(TENANT, [progress(1)])
        await until(mine.ids)
        assert other.types() == ["hello"]
        await manager.close()

    asyncio.run(scenario())
