"""The end of an event stream whose reader takes nothing more."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message

from app.realtime import sse_router
from app.realtime.close_codes import CloseCode
from app.realtime.connection_manager import ConnectionManager
from app.realtime.sse_router import RealtimeStream
from tests.stack import PATIENCE_SECONDS


def test_a_reader_that_does_not_take_the_end_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """All but the very end of the response was taken: it is given up in time, and its place is free again."""
    monkeypatch.setattr(sse_router, "SEND_SECONDS", 0.05)

    async def scenario() -> None:
        manager = ConnectionManager()
        subscription = await manager.connect("ada", None, transport="sse")
        began, never = asyncio.Event(), asyncio.Event()

        async def send(message: Message) -> None:
            began.set()
            if message["type"] == "http.response.body" and not message["more_body"]:
                await never.wait()

        async def receive() -> Message:
            await never.wait()
            raise AssertionError("nothing is received")

        stream = asyncio.create_task(
            RealtimeStream(subscription, manager, pad=0)({"type": "http", "method": "GET"}, receive, send)
        )
        await asyncio.wait_for(began.wait(), PATIENCE_SECONDS)
        subscription.close(CloseCode.NORMAL, "it ends as planned")
        await asyncio.wait_for(stream, PATIENCE_SECONDS)
        assert manager.count == 0

    asyncio.run(scenario())
