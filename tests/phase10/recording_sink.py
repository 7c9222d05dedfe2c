"""Sinks for the hub's tests: one that writes down what it gets, one that stalls, one that breaks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from tests.stack import PATIENCE_SECONDS


class RecordingSink:
    """Writes down each message and how it was closed."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.closed: tuple[int, str] | None = None

    async def send_text(self, text: str, /) -> None:
        """See `Sink.send_text`."""
        self.messages.append(json.loads(text))

    async def close(self, code: int, reason: str, /) -> None:
        """See `Sink.close`."""
        self.closed = (code, reason)

    def types(self) -> list[str]:
        """The types of what came, in order."""
        return [message["type"] for message in self.messages]

    def ids(self) -> list[str]:
        """The ids of what came from the log, in order."""
        return [message["id"] for message in self.messages if "id" in message]


class StalledSink(RecordingSink):
    """Takes nothing until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = asyncio.Event()

    async def send_text(self, text: str, /) -> None:
        """Wait, then write it down."""
        await self.let_go.wait()
        await super().send_text(text)


class BrokenSink(RecordingSink):
    """Fails at the first message."""

    async def send_text(self, text: str, /) -> None:
        """Fail."""
        raise ArithmeticError("this sink is broken")


async def until(condition: Callable[[], object]) -> None:
    """Wait for the condition; fails the test when it never holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 - nothing tells of a condition that any test may name
            await asyncio.sleep(0.005)
