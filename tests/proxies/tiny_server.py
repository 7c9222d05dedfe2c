"""A small server to put proxies before: it says what it was asked, streams, and talks back over WebSockets."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from tests.stack import wait_until


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
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        wait_until(lambda: server.started, what="the server's start")
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
