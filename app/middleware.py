"""What every request passes through: an id that names it, headers that disarm content, an answer even to a crash."""

from __future__ import annotations

import re
from typing import Any, Final
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.caller import tenant_of
from app.api.origins import SAFE_METHODS, require_own_host, require_own_origin
from app.errors import HostNotAllowed, NotAllowed
from app.log_context import of_request
from app.problems import on_crash, problem

_SANE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
#: What a line shows of an id that a path names, in characters; it may be anything.
_MAX_ID: Final = 64

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    # Nothing is loaded from elsewhere, and nothing inline runs; a page that needs more says so itself.
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'self'; frame-ancestors 'self'",
    # A proxy that keeps a job's answer shows it as it was; what may be kept says so itself.
    "Cache-Control": "no-store",
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
        started = False

        async def send_named(message: Message) -> None:
            nonlocal started
            if message["type"] in {"http.response.start", "websocket.accept"}:
                started = True
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                if message["type"] == "http.response.start":
                    for name, value in _HEADERS.items():
                        headers.setdefault(name, value)
            await send(message)

        def about_request() -> dict[str, object]:
            facts: dict[str, object] = {"request_id": request_id, "tenant": tenant_of(HTTPConnection(scope))}
            job_id = scope.get("path_params", {}).get("job_id")
            return facts if job_id is None else {**facts, "job_id": str(job_id)[:_MAX_ID]}

        with of_request(about_request):
            try:
                await self._app(scope, receive, send_named)
            except Exception as error:
                # An answer that has begun can only be cut off, which tells the client that it is not whole.
                if started or scope["type"] != "http":
                    raise
                answer = await on_crash(Request(scope), error)
                await answer(scope, receive, send_named)


class OwnPages:
    """Refuses what pages of other origins would change here, and names that are not this server's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer that it is not allowed. A WebSocket's route looks for itself."""
        if scope["type"] == "http":
            request = Request[Any](scope)
            try:
                require_own_host(request)
                if scope["method"] not in SAFE_METHODS:
                    require_own_origin(request)
            except (HostNotAllowed, NotAllowed) as error:
                answer = problem(request, error)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


class SubPath:
    """Serves the application below a path, for proxies that strip it and for those that do not."""

    def __init__(self, app: ASGIApp, *, root_path: str) -> None:
        self._app = app
        self._root = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as one below the sub-path."""
        if scope["type"] in {"http", "websocket"}:
            path = scope["path"]
            if path != self._root and not path.startswith(f"{self._root}/"):
                path = self._root + path
            scope = {**scope, "root_path": self._root, "path": path}
        await self._app(scope, receive, send)
