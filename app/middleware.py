"""What every request passes through: an id that names it in answers and logs, and headers that disarm content."""

from __future__ import annotations

import re
from typing import Final
from uuid import uuid4

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SANE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    # Nothing is loaded from elsewhere, and nothing inline runs; a page that needs more says so itself.
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'self'; frame-ancestors 'self'",
}


class RequestContext:
    """Gives each request an id: the caller's, where it sent a sane one, else a new one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and name its answer."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        request_id = given if _SANE_ID.fullmatch(given) else uuid4().hex
        scope["request_id"] = request_id

        async def send_named(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.accept"}:
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                if message["type"] == "http.response.start":
                    for name, value in _HEADERS.items():
                        headers.setdefault(name, value)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._app(scope, receive, send_named)
