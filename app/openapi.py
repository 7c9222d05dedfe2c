"""The OpenAPI description, made from the route table, the handlers' docstrings and the models.

`OPERATIONS` says of each handler what its signature can't: parameters, body and models of its answers. A route that it
does not know fails a test.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.routing import BaseRoute, Route

from app import models_phase9 as nine
from app import models_phase10 as ten
from app.realtime.message_types import RealtimeMessage
from app.version import VERSION

_REF: Final = "#/components/schemas/{model}"
_CONVERTER: Final = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass(frozen=True, slots=True)
class Operation:
    """What a call takes and answers. A parameter is (name, its JSON schema, what it means)."""

    answer: type[BaseModel] | str | None
    status: int = 200
    query: tuple[tuple[str, dict[str, Any], str], ...] = ()
    body: dict[str, Any] = field(default_factory=dict)
    #: Statuses of the problems that are its own; 500 may always be.
    problems: tuple[int, ...] = ()
    tag: str = "jobs"


_TEXT: Final = {"type": "string"}
_NUMBER: Final = {"type": "integer"}
_FLAG: Final = {"type": "boolean"}
_TIME: Final = {"type": "string", "format": "date-time"}
_LIMIT: Final = ("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}, "How many at most.")
_DEVICE: Final = {"type": "string", "enum": ["cpu", "gpu", "auto"], "default": "cpu"}
_FILE: Final = {"type": "string", "format": "binary"}
_SUBMISSION: Final = {
    "type": "object",
    "required": ["file", "plugin"],
    "properties": {
        "file": {**_FILE, "description": "An image or a video; what it is, its content decides."},
        "plugin": {**_TEXT, "description": "A plugin of the fleet: GET /v1/plugins."},
        "tool": {
            "type": "array",
            "items": _TEXT,
            "description": "One tool or several; may be left out where the plugin has one.",
        },
        "options": {**_TEXT, "description": 'A JSON object; per tool where there are several: {"tool": {…}}.'},
        "device": _DEVICE,
        "fallback": {**_FLAG, "default": True, "description": "false: rather fail than run on the CPU."},
        "priority": {"type": "string", "enum": ["low", "normal", "high"], "default": "normal"},
    },
}
_ANALYZE_BODY: Final = {
    "multipart/form-data": {"schema": {"type": "object", "properties": {"file": _FILE}}},
    "application/octet-stream": {"schema": _FILE},
}
_REALTIME_QUERY: Final = (
    ("job_id", {"type": "array", "items": _TEXT}, "Jobs to hear of; repeatable. Nothing named: everything."),
    ("batch_id", _TEXT, "A batch to hear of."),
    ("types", _TEXT, "Message types, comma-separated."),
    ("since", _TEXT, "A cursor, `start` or `now` (the default). `Last-Event-ID` wins over it."),
    ("transport", {"type": "string", "enum": ["sse", "poll"]}, "Overrides `Accept`."),
    ("session_id", _TEXT, "Names the session whose connections count together."),
    ("heartbeat", {"type": "number", "minimum": 5, "maximum": 60}, "Seconds between two pings."),
    ("wait", {"type": "number", "minimum": 0, "maximum": 55}, "Seconds that a long poll waits."),
)

OPERATIONS: Final[dict[str, Operation]] = {
    "submit_job": Operation(
        nine.JobResponse,
        202,
        body={"multipart/form-data": {"schema": _SUBMISSION}},
        problems=(400, 404, 409, 413, 415, 422, 503),
    ),
    "list_jobs": Operation(
        ten.JobList,
        query=(
            ("status", {"type": "string", "enum": ["queued", "running", "done", "error", "cancelled"]}, "Only these."),
            ("plugin", _TEXT, "Only of this plugin."),
            ("batch_id", _TEXT, "Only of this batch."),
            ("q", _TEXT, "Part of the input's name, or the beginning of an id."),
            ("created_after", _TIME, "Made at this time or later."),
            ("created_before", _TIME, "Made before this time."),
            ("sort", {"type": "string", "enum": ["-created_at", "created_at"]}, "Newest or oldest first."),
            _LIMIT,
            ("after", _TEXT, "The `next_after` of the page before."),
        ),
        problems=(400,),
    ),
    "get_job": Operation(nine.JobResponse, problems=(404,)),
    "get_result": Operation(nine.JobResultResponse, problems=(404,)),
    "get_extended": Operation(
        ten.ExtendedJobResponse,
        query=(("frames", {**_FLAG, "default": True}, "false leaves the frames out."),),
        problems=(400, 404),
    ),
    "get_frames": Operation(
        ten.FramePage,
        query=(("after", _NUMBER, "The `next_after` of the page before."), _LIMIT),
        problems=(400, 404),
    ),
    "get_events": Operation(
        ten.EventPage,
        query=(("after", _TEXT, "A cursor; leave it out to begin at the start."), _LIMIT),
        problems=(400, 404, 410),
    ),
    "get_input": Operation("application/octet-stream", problems=(404, 416)),
    "get_preview": Operation("image/jpeg", problems=(404,)),
    "delete_job": Operation(nine.CancelResponse, problems=(404, 409)),
    "cancel_job": Operation(ten.CancelState, problems=(404,)),
    "analyze": Operation(
        nine.AnalyzeResponse,
        query=(
            ("plugin", _TEXT, "A plugin of the fleet."),
            ("tool", _TEXT, "May be left out where the plugin has one."),
            ("options", _TEXT, "A JSON object."),
            ("device", {"type": "string", "enum": ["cpu", "gpu"], "default": "cpu"}, "What to run on."),
            ("image_url", _TEXT, "Not enabled."),
        ),
        body=_ANALYZE_BODY,
        problems=(400, 404, 413, 415, 422, 504),
    ),
    "run_tool": Operation(
        ten.ToolRunResponse,
        query=(("options", _TEXT, "A JSON object."), ("device", _DEVICE, "What to run on.")),
        body=_ANALYZE_BODY,
        problems=(400, 404, 413, 415, 422, 504),
        tag="plugins",
    ),
    "list_plugins": Operation(ten.PluginList, tag="plugins"),
    "get_plugin": Operation(ten.PluginSummary, problems=(404,), tag="plugins"),
    "get_manifest": Operation("application/json", problems=(404,), tag="plugins"),
    "get_plugin_health": Operation(ten.PluginHealth, problems=(404,), tag="plugins"),
    "list_devices": Operation(ten.DeviceList, tag="plugins"),
    "health": Operation(nine.HealthResponse, tag="health"),
    "livez": Operation("application/json", tag="health"),
    "readyz": Operation(ten.Readiness, problems=(503,), tag="health"),
    "realtime_http": Operation("text/event-stream", query=_REALTIME_QUERY, problems=(400, 404, 406), tag="realtime"),
    "openapi": Operation("application/json", tag="description"),
    "docs": Operation("text/html", tag="description"),
    "docs_asset": Operation("application/octet-stream", problems=(404,), tag="description"),
}


def describe(routes: Sequence[BaseRoute], *, root_path: str = "") -> dict[str, Any]:
    """The OpenAPI 3.1 document of these routes; raises `KeyError` for one that `OPERATIONS` does not know."""
    operations = list(OPERATIONS.values())
    models = {item.answer for item in operations if isinstance(item.answer, type)} | {ten.Problem, RealtimeMessage}
    _, definitions = models_json_schema(
        [(model, "serialization") for model in sorted(models, key=lambda model: model.__name__)],
        ref_template=_REF,
    )
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        if isinstance(route, Route):
            path = _CONVERTER.sub(r"{\1}", route.path)
            for method in sorted((route.methods or set()) - {"HEAD"}):
                paths.setdefault(path, {})[method.lower()] = _operation(route, method)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Transom", "version": VERSION, "description": _ABOUT},
        "servers": [{"url": root_path or "/"}],
        "paths": paths,
        "components": {"schemas": definitions.get("$defs", {})},
    }


_ABOUT: Final = (
    "Runs vision plugins over images and videos, and shows every message while it happens. `/v1/realtime` answers by "
    "what the request is: a WebSocket upgrade, `Accept: text/event-stream`, or a plain GET as a long poll. Every "
    "message is a RealtimeMessage; its `id` is a cursor, good on every transport."
)


def _operation(route: Route, method: str) -> dict[str, Any]:
    name = route.endpoint.__name__
    known = OPERATIONS[name]
    text = (inspect.getdoc(route.endpoint) or "").strip()
    described: dict[str, Any] = {
        "operationId": name if method == "GET" or len(route.methods or ()) <= 2 else f"{name}_{method.lower()}",
        "summary": text.splitlines()[0] if text else name,
        "tags": [known.tag],
        "parameters": [
            *(_path_parameter(part) for part in _CONVERTER.findall(route.path)),
            *(
                {"name": item, "in": "query", "required": False, "schema": schema, "description": meaning}
                for item, schema, meaning in known.query
            ),
        ],
        "responses": {str(known.status): _answer(known), **_problems(known)},
    }
    if name == "submit_job":
        described["parameters"].append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "maxLength": 255},
                "description": "The same key and body within a day get the same answer, and one job.",
            }
        )
    if known.body:
        described["requestBody"] = {"required": True, "content": known.body}
    return described


def _path_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": _NUMBER if name == "frame_index" else _TEXT}


def _answer(operation: Operation) -> dict[str, Any]:
    if operation.answer is None:
        return {"description": "Done."}
    if isinstance(operation.answer, str):
        return {"description": "The content.", "content": {operation.answer: {}}}
    schema = {"$ref": _REF.format(model=operation.answer.__name__)}
    return {"description": "The answer.", "content": {"application/json": {"schema": schema}}}


def _problems(operation: Operation) -> dict[str, Any]:
    schema = {"$ref": _REF.format(model="Problem")}
    content = {"application/problem+json": {"schema": schema}}
    return {str(status): {"description": "A problem.", "content": content} for status in (*operation.problems, 500)}
