"""The long poll: what its cursor says was had, was in an answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.requests import Request
from starlette.types import Message

from app.database.engine import Database
from app.database.schema import DEFAULT_TENANT
from app.realtime import event_log
from app.realtime.connection_manager import ConnectionManager
from app.realtime.event_bus import batch_of
from app.realtime.events import Draft, LogEvent
from app.realtime.memory_bus import MemoryBus
from app.realtime.message_types import MessageType
from app.realtime.poll_router import realtime_poll
from app.realtime.query import parse_query
from app.realtime.relay import Relay
from app.settings import Settings
from app.state import AppState
from tests.phase10.recording_sink import until
from tests.stack import PATIENCE_SECONDS


class Server:
    """A log, a hub and a relay, and the poll over them."""

    def __init__(self, database: Database) -> None:
        settings = Settings(database_url=database.url, broker_url="redis://127.0.0.1:1")
        self.database = database
        self.bus = MemoryBus()
        self.manager = ConnectionManager(settings=settings)
        self.relay = Relay(settings=settings, database=database, manager=self.manager, consumer=self.bus.consumer)
        self._state = {"settings": settings, "database": database, "manager": self.manager, "relay": self.relay}

    def append(self) -> list[LogEvent]:
        """Commit a warning."""
        payload = '{"plugin":"motion","message":"dark","severity":"low"}'
        draft = Draft(MessageType.WARNING, payload, "2026-03-14T09:26:53.000Z", "job-a", 1)
        with self.database.write() as connection:
            return event_log.append(connection, DEFAULT_TENANT, [draft])

    async def poll(self, **query: str) -> dict[str, Any]:
        """One answer."""
        asked = False

        async def receive() -> Message:
            nonlocal asked
            if asked:
                await asyncio.Event().wait()
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}

        text = "&".join(f"{name}={value}" for name, value in query.items())
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": text.encode(), "headers": []}
        request: Request[AppState] = Request({**scope, "state": self._state}, receive)
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await realtime_poll(request, parse_query(request.query_params))
        read: dict[str, Any] = json.loads(bytes(answer.body))
        return read


@asynccontextmanager
async def running(database: Database) -> AsyncIterator[Server]:
    """The server, started and stopped."""
    server = Server(database)
    await server.relay.start()
    try:
        yield server
    finally:
        await server.relay.close()
        await server.manager.close()


def test_what_comes_while_an_answer_is_made_is_in_the_next(database: Database) -> None:
    """Events that arrive in the very turns of the loop in which a poll ends are neither lost nor doubled."""

    async def scenario() -> None:
        async with running(database) as server:
            asked = asyncio.create_task(server.poll(since="now", wait="20"))
            await until(lambda: server.manager.has_connections(DEFAULT_TENANT))
            committed = 0
            while not asked.done():
                # One event for each turn of the loop.
                server.bus.publish(batch_of(server.manager.epoch, server.append()))
                committed += 1
                await asyncio.sleep(0)
            first = asked.result()
            rest = await server.poll(since=first["cursor"])
            ids = [message["id"] for message in first["messages"] + rest["messages"]]
            assert ids == [f"{server.manager.epoch}-{seq}" for seq in range(1, committed + 1)]

    asyncio.run(scenario())


def test_a_log_that_can_not_be_read_holds_no_poll_up(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A poll that catches up while the database is away answers in its time, with the cursor that it came with."""

    async def scenario() -> None:
        async with running(database) as server:
            server.append()
            since = f"{server.manager.epoch}-0"

            def away(*_: object, **__: object) -> None:
                raise sa.exc.OperationalError("SELECT", {}, OSError("the database is away"))

            with monkeypatch.context() as broken:
                broken.setattr(event_log, "read_since", away)
                answer = await server.poll(since=since)
            assert answer == {"cursor": since, "messages": []}
            assert len((await server.poll(since=since))["messages"]) == 1

    asyncio.run(scenario())
