"""One address, three transports: which it is, the request says."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from app.errors import InvalidQuery
from app.realtime.poll_router import realtime_poll
from app.realtime.query import parse_query
from app.realtime.sse_router import realtime_sse
from app.realtime.websocket_router import realtime_websocket
from app.state import AppState

PATH: Final = "/v1/realtime"


def realtime_routes() -> list[BaseRoute]:
    """The stream's address, for WebSockets and for HTTP."""
    return [
        WebSocketRoute(PATH, realtime_websocket),
        Route(PATH, realtime_http, methods=["GET"]),
    ]


async def realtime_http(request: Request[AppState]) -> Response:
    """A stream or a poll, by `transport` or by what the request accepts; raises `InvalidQuery`, `JobNotFound`.

    A WebSocket whose upgrade a proxy took away arrives here too, as a poll.
    """
    query = parse_query(
        request.query_params,
        last_event_id=request.headers.get("last-event-id"),
        default_heartbeat=request.state["settings"].heartbeat_seconds,
    )
    match request.query_params.get("transport"):
        case "sse":
            return await realtime_sse(request, query)
        case "poll":
            return await realtime_poll(request, query)
        case None if "text/event-stream" in request.headers.get("accept", ""):
            return await realtime_sse(request, query)
        case None:
            return await realtime_poll(request, query)
        case other:
            raise InvalidQuery(f"transport={other[:20]!r} is neither sse nor poll", parameter="transport")
