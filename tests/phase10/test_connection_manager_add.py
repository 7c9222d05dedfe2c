"""Connections come in: greeted, counted, and refused or replaced at the limits."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass

import pytest

from app.errors import TooBusy
from app.realtime.close_codes import CloseCode
from app.realtime.connection_manager import ConnectionManager
from tests.phase10.recording_sink import RecordingSink, until


@dataclass(frozen=True)
class Small:
    """Limits that a test can reach."""

    connections_per_session: int = 2
    max_connections: int = 3
    heartbeat_seconds: float = 30


def test_a_connected_session_is_connected_and_greeted() -> None:
    """The session counts as connected at once, and `hello` with its own session is the first message."""

    async def scenario() -> None:
        manager, sink = ConnectionManager(), RecordingSink()
        assert not manager.is_connected("ada")
        await manager.connect("ada", sink)
        assert manager.is_connected("ada")
        assert not manager.is_connected("bob")
        await until(lambda: sink.messages)
        assert sink.messages[0]["type"] == "hello"
        assert sink.messages[0]["payload"]["session_id"] == "ada"
        await manager.close()

    asyncio.run(scenario())


def test_the_connection_too_many_closes_the_oldest_of_its_session() -> None:
    """At the limit of a session the newest stays and the oldest is closed with 4001; other sessions stay."""

    async def scenario() -> None:
        manager = ConnectionManager(settings=Small(max_connections=100))
        sinks = [RecordingSink() for _ in range(3)]
        other = RecordingSink()
        await manager.connect("bob", other)
        for sink in sinks:
            await manager.connect("ada", sink)
        await until(lambda: sinks[0].closed)
        assert sinks[0].closed is not None
        assert sinks[0].closed[0] == CloseCode.CAPACITY
        assert [sinks[1].closed, sinks[2].closed, other.closed] == [None, None, None]
        assert manager.count == 3
        await manager.close()

    asyncio.run(scenario())


def test_a_full_process_refuses_and_takes_again_when_there_is_room() -> None:
    """Past the limit of the process a connection is refused, and one that leaves makes room."""

    async def scenario() -> None:
        manager = ConnectionManager(settings=Small())
        for name in ("ada", "bob", "cyd"):
            await manager.connect(name, RecordingSink())
        with pytest.raises(TooBusy):
            await manager.connect("dan", RecordingSink())
        assert not manager.is_connected("dan")
        await manager.disconnect("bob")
        await manager.connect("dan", RecordingSink())
        assert manager.is_connected("dan")
        await manager.close()

    asyncio.run(scenario())


def test_a_session_at_its_limit_gets_its_own_place_in_a_full_process() -> None:
    """Where its oldest connection is closed for the new one, nobody's place is taken and nobody is refused."""

    async def scenario() -> None:
        manager = ConnectionManager(settings=Small())
        await manager.connect("bob", RecordingSink())
        sinks = [RecordingSink() for _ in range(3)]
        for sink in sinks:
            await manager.connect("ada", sink)
        await until(lambda: sinks[0].closed)
        assert manager.count == 3
        assert manager.is_connected("bob")
        await manager.close()

    asyncio.run(scenario())


def test_coming_and_going_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Each opening, closing and refusal leaves a line with the session in it."""

    async def scenario() -> None:
        manager = ConnectionManager(settings=Small(max_connections=1))
        await manager.connect("ada", RecordingSink())
        with pytest.raises(TooBusy):
            await manager.connect("bob", RecordingSink())
        await manager.disconnect("ada")
        await manager.close()

    with caplog.at_level("INFO", "app.realtime"):
        asyncio.run(scenario())
    # A server that another test left running logs on a thread of its own.
    here = [record for record in caplog.records if record.threadName == threading.current_thread().name]
    lines = [(record.__dict__["action"], record.__dict__["session_id"]) for record in here]
    assert lines == [
        ("connection_opened", "ada"),
        ("connection_refused", "bob"),
        ("connection_closed", "ada"),
    ]
