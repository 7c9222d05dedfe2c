"""Whether the server lives, is ready, and what each of its parts says of itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.responses import JSONResponse, Response

from app.api.fleet import fleet_plugins
from app.models_phase9 import HealthResponse
from app.models_phase10 import Liveness, Readiness
from app.realtime.event_log import state
from app.state import ApiRequest
from app.version import VERSION

logger = logging.getLogger(__name__)

CHECK_SECONDS: Final = 3.0

#: A part's check answers with what it has to say, `ok` first.
Check = Callable[[ApiRequest], Awaitable[dict[str, Any]]]


async def health(request: ApiRequest) -> Response:
    """`GET /v1/health`: that the server answers, and how many plugins its fleet has (Phase 9)."""
    loaded = (await fleet_plugins(request)).loaded()
    return JSONResponse(HealthResponse(status="healthy", plugins_loaded=loaded, version=VERSION).model_dump())


async def livez(request: ApiRequest) -> Response:
    """`GET /livez`: the process answers."""
    return JSONResponse(Liveness(status="alive").model_dump())


async def readyz(request: ApiRequest) -> Response:
    """`GET /readyz`: each part by name; 503 where one that is needed fails."""
    results = await asyncio.gather(*(_checked(check, request) for check in CHECKS.values()))
    parts = dict(zip(CHECKS, results, strict=True))
    ready = all(part["ok"] for part in parts.values())
    answer = Readiness(status="ready" if ready else "not ready", parts=parts)
    return JSONResponse(answer.model_dump(), 200 if ready else 503)


async def _checked(check: Check, request: ApiRequest) -> dict[str, Any]:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check(request)
    except Exception:
        # A part may fail in any way; what it is stays in the log, for it may name hosts and paths.
        logger.exception("A part is not ready", extra={"action": "readiness_failed"})
        return {"ok": False}


async def _database(request: ApiRequest) -> dict[str, Any]:
    await request.state["database"].run_read(state)
    return {"ok": True}


async def _storage(request: ApiRequest) -> dict[str, Any]:
    await asyncio.to_thread(request.state["blobs"].exists, "inputs")
    return {"ok": True}


async def _relay(request: ApiRequest) -> dict[str, Any]:
    relay = request.state["relay"]
    return {"ok": relay.healthy, **relay.describe()}


async def _broker(request: ApiRequest) -> dict[str, Any]:
    # Without the broker realtime is a second late and never wrong, and jobs wait: told, but no reason to be taken
    # out of a load balancer, for every other node has the same broker.
    return {"ok": True, "subscribed": request.state["relay"].subscribed}


async def _fleet(request: ApiRequest) -> dict[str, Any]:
    workers = (await fleet_plugins(request)).workers
    # No worker: jobs are taken and wait.
    return {"ok": True, "workers": len(workers)}


CHECKS: Final[dict[str, Check]] = {
    "database": _database,
    "storage": _storage,
    "relay": _relay,
    "broker": _broker,
    "fleet": _fleet,
}
