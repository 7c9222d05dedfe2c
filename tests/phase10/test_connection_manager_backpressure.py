"""A reader that is too slow costs the others nothing, and what waits for it stays bounded."""

from __future__ import annotations

import asyncio

from app.realtime.close_codes import CloseCode
from app.realtime.connection_manager import ConnectionManager
from app.realtime.message_types import MessageType, ProgressPayload, RealtimeMessage, WarningPayload
from tests.phase10.log_events import TENANT, progress
from tests.phase10.recording_sink import RecordingSink, StalledSink, until

BOUND = 1000


def test_a_stalled_reader_costs_the_others_nothing() -> None:
    """While one connection takes nothing, another gets thousands of events at once, in order."""

    async def scenario() -> None:
        manager, stalled, reading = ConnectionManager(), StalledSink(), RecordingSink()
        await manager.connect("ada", stalled)
        await manager.connect("bob", reading)
        for seq in range(1, 5001):
            manager.deliver(TENANT, [progress(seq)])
            if seq % 50 == 0:
                await asyncio.sleep(0)
        await until(lambda: len(reading.ids()) == 5000)
        assert reading.ids() == [f"{manager.epoch}-{seq}" for seq in range(1, 5001)]
        assert stalled.messages == []
        await manager.close()

    asyncio.run(scenario())


def test_what_waits_for_a_stalled_reader_is_bounded() -> None:
    """However much is delivered and broadcast, fewer than a thousand messages wait for one connection."""

    async def scenario() -> None:
        manager, stalled = ConnectionManager(), StalledSink()
        subscription = await manager.connect("ada", stalled)
        message = RealtimeMessage(type=MessageType.PROGRESS, payload=ProgressPayload(job_id="job-a", progress=1))
        for seq in range(1, 3001):
            manager.deliver(TENANT, [progress(seq)])
            await manager.broadcast(message)
            assert subscription.connection.waiting < BOUND
        await manager.close()

    asyncio.run(scenario())


def test_a_backlog_leaves_together_and_in_order_once_it_is_read() -> None:
    """What fitted into the backlog comes whole and in order when the reader goes on."""

    async def scenario() -> None:
        manager, slow = ConnectionManager(), StalledSink()
        await manager.connect("ada", slow)
        manager.deliver(TENANT, [progress(seq) for seq in range(1, 301)])
        slow.let_go.set()
        await until(lambda: len(slow.ids()) == 300)
        assert slow.ids() == [f"{manager.epoch}-{seq}" for seq in range(1, 301)]
        assert manager.is_connected("ada")
        await manager.close()

    asyncio.run(scenario())


def test_without_a_log_to_catch_up_from_a_lagging_reader_is_told_to_come_back() -> None:
    """Where what does not fit can't be read later, the connection is closed with 4009."""

    async def scenario() -> None:
        manager, slow = ConnectionManager(), StalledSink()
        await manager.connect("ada", slow)
        for seq in range(1, 1001):
            manager.deliver(TENANT, [progress(seq)])
        slow.let_go.set()
        await until(lambda: slow.closed)
        assert slow.closed is not None
        assert slow.closed[0] == CloseCode.TOO_SLOW
        seqs = [int(cursor.split("-")[1]) for cursor in slow.ids()]
        assert seqs == list(range(1, len(seqs) + 1))
        await manager.close()

    asyncio.run(scenario())


def test_a_reset_that_has_no_room_closes_the_connection() -> None:
    """A client that can't be told that its cursor does not hold is not left to believe that it does."""

    async def scenario() -> None:
        manager, stalled = ConnectionManager(), StalledSink()
        subscription = await manager.connect("ada", stalled)
        skippable = RealtimeMessage(type=MessageType.PROGRESS, payload=ProgressPayload(job_id="job-a", progress=1))
        for _ in range(BOUND):
            await manager.broadcast(skippable)
        subscription.tell_reset("trimmed")
        assert subscription.close_code == CloseCode.TOO_SLOW
        stalled.let_go.set()
        await until(lambda: not manager.is_connected("ada"))
        await manager.close()

    asyncio.run(scenario())


def test_a_broadcast_that_must_not_be_missed_closes_who_has_no_room() -> None:
    """A full connection may miss broadcast progress, and is closed rather than miss a broadcast warning."""

    async def scenario() -> None:
        manager, stalled = ConnectionManager(), StalledSink()
        await manager.connect("ada", stalled)
        skippable = RealtimeMessage(type=MessageType.PROGRESS, payload=ProgressPayload(job_id="job-a", progress=1))
        for _ in range(BOUND):
            await manager.broadcast(skippable)
        assert manager.is_connected("ada")
        payload = WarningPayload(plugin="motion", message="dark", severity="high")
        await manager.broadcast(RealtimeMessage(type=MessageType.WARNING, payload=payload))
        assert not manager.is_connected("ada")
        stalled.let_go.set()
        await until(lambda: stalled.closed)
        assert stalled.closed is not None
        assert stalled.closed[0] == CloseCode.TOO_SLOW
        await manager.close()

    asyncio.run(scenario())
