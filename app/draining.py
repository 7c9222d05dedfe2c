"""What becomes of the requests that are under way when their server is told to stop: they end, or are told why not.

Streams end by the hub. What is left are bodies that still arrive and calls that wait: they get some time, and then an
answer that says to come again, where a cut connection would leave the caller to guess.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import ServerStopping
from app.problems import problem

#: How long a body may go on arriving once the server was told to stop.
BODY_SECONDS: Final = 3.5


class Draining:
    """Passes requests on; once it drains, those that don't end in time are answered with `ServerStopping`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._deadline: float | None = None
        self._patiences: set[asyncio.Timeout] = set()

    def drain(self) -> None:
        """The server stops: wait for no body for longer than this."""
        self._deadline = asyncio.get_running_loop().time() + BODY_SECONDS
        for patience in self._patiences:
            patience.reschedule(self._deadline)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False
        arrived = False

        async def receive_in_time() -> Message:
            nonlocal arrived
            if arrived:
                # What comes now is the client's leaving.
                return await receive()
            try:
                async with asyncio.timeout_at(self._deadline) as patience:
                    self._patiences.add(patience)
                    try:
                        message = await receive()
                    finally:
                        self._patiences.discard(patience)
            except TimeoutError:
                raise ServerStopping from None
            arrived = not message.get("more_body", False)
            return message

        async def send_noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive_in_time, send_noted)
        except asyncio.CancelledError:
            if self._deadline is None or started:
                raise
            # The server waits no longer, but this still goes out.
            await problem(Request[Any](scope), ServerStopping())(scope, receive, send)
