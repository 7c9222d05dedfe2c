"""Whether the server lives, is ready, and what each of its parts says of itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import JSONResponse, Response

from app.api.fleet import fleet_plugins
from app.database.migrations import SchemaAge, schema_age
from app.models_phase9 import HealthResponse
from app.models_phase10 import Liveness, Readiness, ReadinessPart
from app.realtime.event_log import state
from app.state import ApiRequest
from app.version import VERSION

logger = logging.getLogger(__name__)

CHECK_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What a part says of itself, in a sentence and in facts."""

    ok: bool
    message: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One part: how it is looked at, and whether a process without it is of no use."""

    check: Callable[[ApiRequest], Awaitable[Finding]]
    needed: bool
    #: What is said where the check itself fails; why it did is in the log, for that may name hosts and paths.
    failed: str


async def health(request: ApiRequest) -> Response:
    """`GET /v1/health`: that the server answers, and how many plugins its fleet has (Phase 9)."""
    loaded = (await fleet_plugins(request)).loaded()
    return JSONResponse(HealthResponse(status="healthy", plugins_loaded=loaded, version=VERSION).model_dump())


async def livez(request: ApiRequest) -> Response:
    """`GET /livez`: the process answers."""
    return JSONResponse(Liveness(status="alive").model_dump())


async def readyz(request: ApiRequest) -> Response:
    """`GET /readyz`: each part by name; 503 where one that is needed fails."""
    results = await asyncio.gather(*(_checked(name, part, request) for name, part in PARTS.items()))
    parts = dict(zip(PARTS, results, strict=True))
    ready = all(part.ok or not part.needed for part in parts.values())
    answer = Readiness(status="ready" if ready else "not ready", parts=parts)
    return JSONResponse(answer.model_dump(), 200 if ready else 503)


async def _checked(name: str, part: Part, request: ApiRequest) -> ReadinessPart:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            found = await part.check(request)
    except Exception:
        # A part may fail in any way; what it is stays in the log.
        logger.exception("A part is not ready: %s", name, extra={"action": "readiness_failed", "part": name})
        found = Finding(False, part.failed, {})
    return ReadinessPart(ok=found.ok, needed=part.needed, message=found.message, **found.facts)


async def _database(request: ApiRequest) -> Finding:
    await request.state["database"].run_read(state)
    return Finding(True, "It answers.", {})


async def _migrations(request: ApiRequest) -> Finding:
    age: SchemaAge = await request.state["database"].run_read(schema_age)
    message = {
        "present": "The tables are those of this version.",
        "older": "The tables are of an older version: run `transom migrate`.",
        # While a fleet is being replaced, the first new node has migrated already and the old ones still serve.
        "newer": "The tables are of a newer version: replace this process soon.",
    }[age]
    return Finding(age != "older", message, {})


async def _storage(request: ApiRequest) -> Finding:
    await asyncio.to_thread(request.state["blobs"].check)
    return Finding(True, "Inputs can be kept.", {})


async def _relay(request: ApiRequest) -> Finding:
    relay = request.state["relay"]
    facts = relay.describe()
    if relay.healthy:
        message = "Streams are complete."
    elif not facts["consumer_running"]:
        message = "What listens to the broker has stopped: start this process again."
    else:
        message = "Streams may be behind: they can't be compared with the log. See `database`."
    return Finding(relay.healthy, message, facts)


async def _broker(request: ApiRequest) -> Finding:
    subscribed = request.state["relay"].subscribed
    message = (
        "Messages arrive over it at once."
        if subscribed
        else "It can't be reached: streams are a second late, and jobs wait. Look at TRANSOM_BROKER_URL."
    )
    return Finding(subscribed, message, {"subscribed": subscribed})


async def _fleet(request: ApiRequest) -> Finding:
    count = len((await fleet_plugins(request)).workers)
    message = "Workers are there." if count else "No worker is there: jobs are taken where they can be, and wait."
    return Finding(count > 0, message, {"workers": count})


#: Without the broker realtime is a second late and never wrong, and without workers jobs wait: told, but no reason to
#: be taken out of a load balancer, for every other node has the same broker and the same workers.
PARTS: Final[dict[str, Part]] = {
    "database": Part(_database, True, "It can't be read. Look at TRANSOM_DATABASE_URL, and at this process's log."),
    "migrations": Part(_migrations, True, "The tables' version can't be read. Run `transom migrate`."),
    "storage": Part(_storage, True, "Inputs can't be kept. Look at TRANSOM_STORAGE_URL, and at the room that is left."),
    "relay": Part(_relay, True, "It can't be asked."),
    "broker": Part(_broker, False, "It can't be asked."),
    "fleet": Part(_fleet, False, "It can't be read. See `database`."),
}
