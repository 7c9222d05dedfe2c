"""Connections go: all of a session's, one of them, or everything."""

from __future__ import annotations

import asyncio

from app.realtime.close_codes import CloseCode
from app.realtime.connection_manager import ConnectionManager
from tests.phase10.log_events import TENANT, progress
from tests.phase10.recording_sink import RecordingSink, StalledSink, until


def test_disconnect_closes_all_of_a_session_and_nothing_else() -> None:
    """Every connection of the session is closed normally; other sessions go on."""

    async def scenario() -> None:
        manager, mine, other = ConnectionManager(), [RecordingSink(), RecordingSink()], RecordingSink()
        for sink in mine:
            await manager.connect("ada", sink)
        await manager.connect("bob", other)
        await manager.disconnect("ada")
        assert not manager.is_connected("ada")
        await until(lambda: all(sink.closed for sink in mine))
        assert [sink.closed[0] for sink in mine if sink.closed] == [CloseCode.NORMAL, CloseCode.NORMAL]
        manager.deliver(TENANT, [progress(1)])
        await until(lambda: len(other.ids()) == 1)
        assert [sink.ids() for sink in mine] == [[], []]
        await manager.close()

    asyncio.run(scenario())


def test_disconnecting_who_is_not_there_changes_nothing() -> None:
    """A session that never came, or has left before, is no error."""

    async def scenario() -> None:
        manager = ConnectionManager()
        await manager.disconnect("nobody")
        await manager.connect("ada", RecordingSink())
        await manager.disconnect("ada")
        await manager.disconnect("ada")
        assert manager.count == 0
        await manager.close()

    asyncio.run(scenario())


def test_one_connection_of_a_session_can_go_alone() -> None:
    """A session stays connected until its last connection has gone."""

    async def scenario() -> None:
        manager = ConnectionManager()
        first = await manager.connect("ada", RecordingSink())
        second = await manager.connect("ada", RecordingSink())
        manager.remove(first)
        assert manager.is_connected("ada")
        manager.remove(second)
        assert not manager.is_connected("ada")
        await manager.close()

    asyncio.run(scenario())


def test_close_ends_everything_even_beside_a_client_that_reads_nothing() -> None:
    """At the end of the process every connection is told to come back, also where one is stalled for ever."""

    async def scenario() -> None:
        manager, reading, stalled = ConnectionManager(), RecordingSink(), StalledSink()
        await manager.connect("ada", reading)
        await manager.connect("bob", stalled)
        await until(lambda: reading.messages)
        async with asyncio.timeout(20):
            await manager.close()
        assert manager.count == 0
        assert reading.closed is not None
        assert stalled.closed is not None
        assert reading.closed[0] == stalled.closed[0] == CloseCode.SERVICE_RESTART

    asyncio.run(scenario())
