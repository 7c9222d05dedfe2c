"""python-socketio on uvicorn: `POST /publish` emits its body to everybody. Its one argument is the port."""

from __future__ import annotations

import sys
from typing import Any

import socketio
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

server = socketio.AsyncServer(async_mode="asgi", ping_interval=60)


async def publish(request: Request[Any]) -> Response:
    """Emit the body."""
    await server.emit("m", await request.json())
    return Response(status_code=204)


if __name__ == "__main__":
    app = socketio.ASGIApp(server, Starlette(routes=[Route("/publish", publish, methods=["POST"])]))
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", ws_per_message_deflate=False)
