"""Errors as RFC 9457 problem documents. None shows a stack, a path of the server, or another tenant's data."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route

from app.errors import MethodNotAllowed, NotAcceptable, NotFound, StorageFull, TooLarge, TransomError
from app.storage.room import is_full

logger = logging.getLogger(__name__)

#: What the router raises by itself, as ours.
_OURS: Final = {kind.status: kind for kind in (NotFound, MethodNotAllowed, NotAcceptable, TooLarge)}


def problem(request: Request[Any], error: TransomError) -> Response:
    """The answer that tells of a Transom error."""
    return _respond(
        request,
        status=error.status,
        code=error.code,
        title=error.title(),
        detail=error.detail,
        retryable=error.retryable,
        extra=error.extra,
    )


async def on_transom_error(request: Request, error: Exception) -> Response:
    """What was raised on purpose."""
    if not isinstance(error, TransomError):
        raise error
    if error.status >= 500:
        facts = {"action": "request_failed", "code": error.code}
        logger.warning("A request failed: %s", error.detail, exc_info=error.__cause__, extra=facts)
    return problem(request, error)


async def on_os_error(request: Request, error: Exception) -> Response:
    """What the system refuses; what is no want of room was expected by nobody."""
    if not isinstance(error, OSError) or not is_full(error):
        raise error
    full = StorageFull()
    full.__cause__ = error
    return await on_transom_error(request, full)


async def on_http_exception(request: Request, error: Exception) -> Response:
    """What the router and the framework raise."""
    if not isinstance(error, HTTPException):
        raise error
    phrase = HTTPStatus(error.status_code).phrase
    ours = _OURS.get(error.status_code)
    headers = dict(error.headers or {})
    if ours is MethodNotAllowed:
        headers["Allow"] = ", ".join(sorted(_methods_at(request)))
    return _respond(
        request,
        status=error.status_code,
        code=ours.code if ours else phrase.upper().replace(" ", "_"),
        title=ours.title() if ours else phrase,
        detail=error.detail if error.detail != phrase else f"{phrase}: {request.method} {request.url.path}",
        headers=headers,
    )


async def on_crash(request: Request, error: Exception) -> Response:
    """What nobody expected: logged in full, told in one sentence."""
    # The route, not the path: that is the caller's own text.
    route = request.scope.get("route")
    logger.error(
        "A request crashed",
        exc_info=error,
        extra={"action": "request_crashed", "method": request.method, "route": getattr(route, "path", None)},
    )
    return _respond(
        request,
        status=500,
        code="INTERNAL_ERROR",
        title="Something went wrong",
        detail="The server could not answer. The log has the details under this request_id.",
        retryable=True,
    )


def _methods_at(request: Request[Any]) -> set[str]:
    """What the address takes; the router names the methods of the first of its routes only."""
    return {
        method
        for route in request.app.routes
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE
        for method in route.methods or ()
    }


def _respond(
    request: Request[Any],
    *,
    status: int,
    code: str,
    title: str,
    detail: str,
    retryable: bool = False,
    extra: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    body = {
        "type": f"{request.scope.get('root_path', '')}/docs/errors#{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "retryable": retryable,
        "request_id": request.scope.get("request_id"),
        **(extra or {}),
    }
    if retryable and status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers = {"Retry-After": "2", **(headers or {})}
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")
