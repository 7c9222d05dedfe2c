"""One message to all: what matches, once, in order, and as the same text."""

from __future__ import annotations

import asyncio

import pytest

from app.realtime.close_codes import CloseCode
from app.realtime.connection_manager import ConnectionManager
from app.realtime.events import Filter
from app.realtime.message_types import MessageType, RealtimeMessage, WarningPayload
from tests.phase10.log_events import TENANT, progress, warning
from tests.phase10.recording_sink import BrokenSink, RecordingSink, until


def spoken(job_id: str | None = None) -> RealtimeMessage:
    """A warning that has no place in the log."""
    payload = WarningPayload(plugin="motion", message="dark", severity="low")
    return RealtimeMessage(type=MessageType.WARNING, payload=payload, job_id=job_id)


def test_a_broadcast_reaches_every_connection_once() -> None:
    """Every connection of every session gets the message, and it is the message."""

    async def scenario() -> None:
        manager, sinks = ConnectionManager(), [RecordingSink() for _ in range(4)]
        for name, sink in zip(("ada", "ada", "bob", "cyd"), sinks, strict=True):
            await manager.connect(name, sink)
        message = spoken()
        await manager.broadcast(message)
        await until(lambda: all(len(sink.messages) == 2 for sink in sinks))
        for sink in sinks:
            assert RealtimeMessage.model_validate(sink.messages[1]) == message
        await manager.close()

    asyncio.run(scenario())


def test_a_broadcast_reaches_only_whom_it_concerns() -> None:
    """A connection that named a job gets that job's messages and no other's."""

    async def scenario() -> None:
        manager, mine, other = ConnectionManager(), RecordingSink(), RecordingSink()
        await manager.connect("ada", mine, wanted=Filter(job_ids=frozenset({"job-a"})))
        await manager.connect("bob", other, wanted=Filter(job_ids=frozenset({"job-b"})))
        await manager.broadcast(spoken("job-a"))
        await until(lambda: len(mine.messages) == 2)
        assert other.types() == ["hello"]
        await manager.close()

    asyncio.run(scenario())


def test_a_message_of_the_log_is_not_broadcast_past_it() -> None:
    """A message with an id has one way to a client, or it could come twice."""

    async def scenario() -> None:
        manager = ConnectionManager()
        with pytest.raises(ValueError, match="log"):
            await manager.broadcast(spoken().model_copy(update={"id": "aa-1"}))

    asyncio.run(scenario())


def test_events_of_the_log_come_in_order_with_their_ids() -> None:
    """What the relay delivers comes to each filter in the log's order, each event once however often it is told."""

    async def scenario() -> None:
        manager, everything, warnings = ConnectionManager(), RecordingSink(), RecordingSink()
        await manager.connect("ada", everything)
        await manager.connect("bob", warnings, wanted=Filter(types=frozenset({MessageType.WARNING})))
        events = [progress(1), warning(2), progress(3), warning(4)]
        manager.deliver(TENANT, events[:3])
        manager.deliver(TENANT, events)
        await until(lambda: len(everything.messages) == 5 and len(warnings.messages) == 3)
        assert everything.ids() == [f"{manager.epoch}-{seq}" for seq in (1, 2, 3, 4)]
        assert warnings.ids() == [f"{manager.epoch}-{seq}" for seq in (2, 4)]
        await manager.close()

    asyncio.run(scenario())


def test_a_connection_that_breaks_is_dropped_alone(caplog: pytest.LogCaptureFixture) -> None:
    """A sink that raises is logged in full and gone; the others get everything."""

    async def scenario() -> None:
        manager, broken, whole = ConnectionManager(), BrokenSink(), RecordingSink()
        await manager.connect("ada", broken)
        await manager.connect("bob", whole)
        await until(lambda: not manager.is_connected("ada"))
        assert broken.closed is not None
        assert broken.closed[0] == CloseCode.INTERNAL_ERROR
        await manager.broadcast(spoken())
        await until(lambda: len(whole.messages) == 2)
        assert manager.is_connected("bob")
        await manager.close()

    asyncio.run(scenario())
    assert any(record.exc_info and record.exc_info[0] is ArithmeticError for record in caplog.records)
