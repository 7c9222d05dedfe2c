"""One address, three transports: which it is, the request says."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from app.api.bodies import json_object
from app.errors import InvalidQuery
from app.realtime.opening import tail_of
from app.realtime.poll_router import realtime_poll
from app.realtime.query import BodyParameters, Parameters, RealtimeQuery, parse_query
from app.realtime.sse_router import realtime_sse
from app.realtime.websocket_router import realtime_websocket
from app.state import AppState

PATH: Final = "/v1/realtime"


def realtime_routes() -> list[BaseRoute]:
    """The stream's address, for WebSockets and for HTTP, and what asks only how far the log is."""
    return [
        WebSocketRoute(PATH, realtime_websocket),
        Route(PATH, realtime_http, methods=["GET"]),
        Route(PATH, realtime_post, methods=["POST"]),
        Route(f"{PATH}/tail", realtime_tail, methods=["GET"]),
        Route(f"{PATH}/tail", realtime_tail_post, methods=["POST"]),
    ]


async def realtime_http(request: Request[AppState]) -> Response:
    """A stream or a poll, by `transport` or by what the request accepts; raises `InvalidQuery`, `JobNotFound`.

    A WebSocket whose upgrade a proxy took away arrives here too, as a poll.
    """
    return await _answer(request, request.query_params)


async def realtime_post(request: Request[AppState]) -> Response:
    """The same with the query as a JSON body: for proxies that hold a `GET` back, and for queries that are long."""
    return await _answer(request, await _parameters(request))


async def realtime_tail(request: Request[AppState]) -> Response:
    """The seq of the last message that matches the query, and the epoch it is of; at once, and not as a stream."""
    return await _tail(request, request.query_params)


async def realtime_tail_post(request: Request[AppState]) -> Response:
    """The same with the query as a JSON body."""
    return await _tail(request, await _parameters(request))


async def _answer(request: Request[AppState], parameters: Parameters) -> Response:
    query = _query(request, parameters)
    match parameters.get("transport"):
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


async def _tail(request: Request[AppState], parameters: Parameters) -> Response:
    tail, epoch = await tail_of(request, _query(request, parameters))
    return JSONResponse({"tail": tail, "epoch": epoch}, headers={"Cache-Control": "no-store"})


async def _parameters(request: Request[AppState]) -> Parameters:
    body: dict[str, Any] = await json_object(request)
    return BodyParameters(body)


def _query(request: Request[AppState], parameters: Parameters) -> RealtimeQuery:
    return parse_query(
        parameters,
        last_event_id=request.headers.get("last-event-id"),
        default_heartbeat=request.state["settings"].heartbeat_seconds,
    )
