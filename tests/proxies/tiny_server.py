"""A small server to put proxies before: it says what it was asked, streams, and talks back over WebSockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from tests.running import running


@contextmanager
def tiny_server(name: str = "first") -> Iterator[str]:
    """One that calls itself so; its address."""

    async def asked(request: Request) -> Response:
        body = await request.body()
        return JSONResponse(
            {
                "name": name,
                "method": request.method,
                "http": request.scope["http_version"],
                "headers": dict(request.headers),
                "body": len(body),
            }
        )

    async def stream(request: Request) -> Response:
        """Says `count` times what it is told to say, and then nothing until a second request asks it to end."""
        count, said = int(request.query_params["count"]), request.query_params["say"].encode()

        async def body() -> AsyncIterator[bytes]:
            for _ in range(count):
                yield said
                await asyncio.sleep(0)
            await ended.wait()

        return StreamingResponse(body(), media_type="text/event-stream")

    async def end(request: Request) -> Response:
        del request
        ended.set()
        return Response()

    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        async for text in websocket.iter_text():
            await websocket.send_text(f"{name}: {text}")

    ended = asyncio.Event()
    methods = ["GET", "POST", "PATCH", "DELETE"]
    app = Starlette(
        routes=[
            Route("/asked", asked, methods=methods),
            Route("/stream", stream, methods=["GET", "POST"]),
            Route("/end", end),
            WebSocketRoute("/asked", echo),
        ]
    )
    with running(app) as url:
        yield url
