"""A web node of the model: the real database, hub and relay, with a bus that does what a rule says."""

from __future__ import annotations

import asyncio

from starlette.requests import HTTPConnection

from app.database.engine import Database
from app.realtime.connection import State
from app.realtime.connection_manager import ConnectionManager
from app.realtime.memory_bus import MemoryBus, MemoryConsumer
from app.realtime.opening import open_subscription
from app.realtime.query import RealtimeQuery
from app.realtime.relay import Relay
from app.settings import Settings
from app.state import AppState
from tests.model.client import Client, Wire


class Node:
    """One web process, without the web."""

    def __init__(self, url: str, bus: MemoryBus) -> None:
        settings = Settings(database_url=url, broker_url="redis://127.0.0.1:1")
        self.database = Database(url, read_threads=1)
        self.manager = ConnectionManager(settings=settings)
        self.relay = Relay(settings=settings, database=self.database, manager=self.manager, consumer=bus.consumer)
        self.consumer: MemoryConsumer = bus.consumers[-1]
        state = {"settings": settings, "database": self.database, "manager": self.manager, "relay": self.relay}
        self._connection: HTTPConnection[AppState] = HTTPConnection({"type": "http", "state": state})

    async def join(self, client: Client) -> None:
        """Connect a client, with the cursor it has."""
        query = RealtimeQuery(
            session_id=client.name, wanted=client.wanted, since=client.since, heartbeat=60, probe=False, wait=0
        )
        client.wire = Wire(client)
        client.subscription = await open_subscription(self._connection, query, "sse", client.wire)

    async def settle(self) -> None:
        """Wait until the relay has read all that it has been told it is owed."""
        while self.relay._inbox or self.relay._readers or any(self.relay._early.values()):  # noqa: ASYNC110
            await asyncio.sleep(0.001)

    async def drain(self, client: Client) -> None:
        """Wait until this node owes the client nothing."""
        subscription = client.subscription
        assert subscription is not None
        client.gate.set()
        while subscription.connection.state is State.CATCHING_UP or subscription.connection.waiting:
            assert subscription.close_code is None, f"{client}: {subscription.close_reason}"
            await asyncio.sleep(0.001)
        # What was taken last is written by now: the courier comes round once more.
        for _ in range(3):
            await asyncio.sleep(0)

    async def part(self, client: Client) -> None:
        """Cut the client off."""
        subscription = client.subscription
        assert subscription is not None
        client.subscription = None
        client.wire.cut = True
        client.gate.set()
        self.manager.remove(subscription)
        await subscription.ended.wait()

    async def close(self) -> None:
        """End it, as a stopping process would."""
        await self.relay.close()
        await self.manager.close()
        self.database.close()
