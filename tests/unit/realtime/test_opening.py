"""Opening a subscription while the database is put back to an older state."""

from __future__ import annotations

import asyncio
import json

import pytest
import sqlalchemy as sa
from starlette.datastructures import QueryParams
from starlette.requests import HTTPConnection

from app.database.engine import Database
from app.database.schema import DEFAULT_TENANT
from app.realtime import event_log, relay
from app.realtime.connection_manager import ConnectionManager
from app.realtime.events import Draft
from app.realtime.memory_bus import MemoryBus
from app.realtime.message_types import MessageType
from app.realtime.opening import open_subscription
from app.realtime.query import parse_query
from app.realtime.relay import Relay
from app.settings import Settings
from app.state import AppState
from tests.stack import PATIENCE_SECONDS


def test_a_cursor_ahead_of_the_hub_is_told_of_a_restore(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the log held when a client came counts as seen: if it is gone at the first page, everybody is reset."""
    # Nothing but the client itself finds out.
    monkeypatch.setattr(relay, "COMPARE_SECONDS", 3600.0)

    async def scenario() -> None:
        settings = Settings(database_url=database.url, broker_url="redis://127.0.0.1:1")
        manager = ConnectionManager(settings=settings)
        node = Relay(settings=settings, database=database, manager=manager, consumer=MemoryBus().consumer)
        await node.start()
        await node.compare()
        epoch = manager.epoch
        draft = Draft(MessageType.WARNING, "{}", "2026-03-14T09:26:53.000Z", "job-a", 1)
        with database.write() as connection:
            event_log.append(connection, DEFAULT_TENANT, [draft] * 5)
        state = {"settings": settings, "database": database, "manager": manager, "relay": node}
        client: HTTPConnection[AppState] = HTTPConnection({"type": "http", "state": state})
        subscription = await open_subscription(client, parse_query(QueryParams(f"since={epoch}-5")), "poll", None)
        with database.write() as connection:
            connection.execute(sa.text("DELETE FROM events WHERE seq > 2"))
            connection.execute(sa.text("UPDATE logs SET head = 2"))
        async with asyncio.timeout(PATIENCE_SECONDS):
            (message,) = await subscription.next_batch(10) or []
        assert manager.epoch != epoch
        assert json.loads(message.text)["payload"] == {"reason": "epoch_changed", "cursor": f"{manager.epoch}-2"}
        await node.close()
        await manager.close()

    asyncio.run(scenario())
