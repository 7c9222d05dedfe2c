"""What each call takes and answers, beyond what its route and its docstring say: the source of the OpenAPI document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel

from app import models_phase9 as nine
from app import models_phase10 as ten
from app.api.bodies import MAX_JOB_IDS
from app.api.breaking import SESSION, Habit
from app.api.downloads import ExportFormat, Lines
from app.jobs.job import JobStatus
from app.jobs.search import MAX_CHARACTERS, MAX_WORDS
from app.webhooks.answers import WebhookDetails, WebhookList, WebhooksReplayed
from app.webhooks.outbox import WebhookStatus
from plugins.contract import PluginMetadata

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the query or a header; `schema` is its JSON schema."""

    name: str
    schema: dict[str, Any]
    meaning: str
    required: bool = False
    where: str = "query"


@dataclass(frozen=True, slots=True)
class Operation:
    """What a call takes and answers."""

    tag: str
    #: The model of a JSON answer, or the media type of any other; None where only headers come.
    answer: type[BaseModel] | str | None
    status: int = 200
    parameters: tuple[Parameter, ...] = ()
    body: dict[str, Any] = field(default_factory=dict)
    body_required: bool = True
    #: Further answers without a problem: status and what it means.
    further: dict[int, str] = field(default_factory=dict)
    #: Headers of the answer, and what they say.
    headers: dict[str, str] = field(default_factory=dict)
    #: Other media types of the answer.
    also: tuple[str, ...] = ()
    #: Statuses of the problems that are its own; 500 may always be.
    problems: tuple[int, ...] = ()


_TEXT: Final[dict[str, Any]] = {"type": "string"}
_FLAG: Final[dict[str, Any]] = {"type": "boolean"}
_TIME: Final = {"type": "string", "format": "date-time"}
_FILE: Final = {"type": "string", "format": "binary"}
_CPU_OR_GPU: Final = {"type": "string", "enum": ["cpu", "gpu"], "default": "cpu"}
_PROPERTIES: Final[dict[str, Any]] = {
    "file": {**_FILE, "description": "An image or a video; what it is, its content decides."},
    "plugin": {**_TEXT, "description": "A plugin of the fleet: GET /v1/plugins."},
    "tool": {
        "type": "array",
        "items": _TEXT,
        "description": "One tool or several; may be left out where the plugin has one.",
    },
    "options": {**_TEXT, "description": 'A JSON object; per tool where there are several: {"tool": {…}}.'},
    "device": {"type": "string", "enum": ["cpu", "gpu", "auto"], "default": "cpu"},
    "fallback": {**_FLAG, "default": True, "description": "false: rather fail than run on the CPU."},
    "priority": {"type": "string", "enum": ["low", "normal", "high"], "default": "normal"},
    "webhook_url": {
        **_TEXT,
        "format": "uri",
        "description": "Who is told how it ended, at a host of TRANSOM_WEBHOOK_HOSTS. Of a batch one message tells, "
        "once every item has ended. See `webhooks` for what is sent.",
    },
}
_UPLOAD_ID: Final = {
    **_TEXT,
    "description": "A file that was sent to /v1/uploads, every byte of it. One job may take it, and has it then as "
    "its own; where the job is refused, it can be taken by another. Retry a job to run over the same file again.",
}
_INPUT_URL: Final = {
    **_TEXT,
    "description": "In place of upload_id: an http or https address, of a host of TRANSOM_INPUT_URL_HOSTS, that the "
    "file is fetched from before the answer. Where that fails there is no job: URL_NOT_ALLOWED, "
    "URL_FORBIDDEN_ADDRESS (a network that is not public), URL_UNREACHABLE, URL_TIMEOUT, URL_BAD_STATUS, "
    "URL_TOO_LARGE, URL_TOO_MANY_REDIRECTS, URL_INVALID.",
}
_SUBMISSION: Final = {
    "multipart/form-data": {
        "schema": {"type": "object", "required": ["file", "plugin"], "properties": _PROPERTIES},
    },
    JSON: {
        "schema": {
            "type": "object",
            "required": ["plugin"],
            "properties": {
                "upload_id": _UPLOAD_ID,
                "input_url": _INPUT_URL,
                **{name: schema for name, schema in _PROPERTIES.items() if name != "file"},
                "options": {"type": "object", "description": "The tool's, or by tool where there are several."},
            },
        },
    },
}
_ITEM: Final = {
    "type": "object",
    "description": "One of the sources, and a name to show.",
    "properties": {
        "upload_id": _UPLOAD_ID,
        "path": {**_TEXT, "description": "A file below one of TRANSOM_INPUT_ROOTS, or a pattern (`*`, `?`, `**`)."},
        "url": {**_TEXT, "description": "An address, of a host of TRANSOM_INPUT_URL_HOSTS, to be fetched later."},
        "name": _TEXT,
    },
}
_BATCH_PROPERTIES: Final = {
    **{name: schema for name, schema in _PROPERTIES.items() if name != "file"},
    "name": {**_TEXT, "description": "What to call the batch."},
}
_BATCH: Final = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "required": ["plugin"],
            "properties": {
                "file": {"type": "array", "items": _FILE, "description": "Images and videos, as many as you like."},
                "manifest": {**_FILE, "description": "JSON, NDJSON or CSV, by its type or its name."},
                **_BATCH_PROPERTIES,
            },
        },
    },
    JSON: {
        "schema": {
            "type": "object",
            "required": ["plugin", "items"],
            "properties": {
                "items": {"type": "array", "items": _ITEM},
                **_BATCH_PROPERTIES,
                "options": {"type": "object", "description": "The tool's, or by tool where there are several."},
            },
        },
    },
    NDJSON: {"schema": {**_TEXT, "description": "An item a line."}},
    "text/csv": {"schema": {**_TEXT, "description": "The first line names the columns, as an item's members."}},
}
_EXPORT: Final = Parameter(
    "format",
    {"type": "string", "enum": [str(kind) for kind in ExportFormat], "default": "json"},
    "json: the job with its frames and result; ndjson: a frame a line; csv: a detection a line; coco: COCO's images, "
    "annotations and categories; video: a WebM of the input with boxes, labels and tracks drawn into it, made once it "
    "is asked for, and not for whole batches.",
)
_ONE_FILE: Final = {
    "multipart/form-data": {"schema": {"type": "object", "required": ["file"], "properties": {"file": _FILE}}},
    "application/octet-stream": {"schema": _FILE},
}
_IDEMPOTENCY_KEY: Final = Parameter(
    "Idempotency-Key",
    {**_TEXT, "minLength": 1, "maxLength": 255},
    "The same key and body within a day get the same answer, and one job.",
    where="header",
)
_VERSION: Final = Parameter(
    "Tus-Resumable", {**_TEXT, "enum": ["1.0.0"]}, "The version of tus that the client speaks.", where="header"
)
_LENGTH: Final[dict[str, Any]] = {"type": "integer", "minimum": 0}
_OFFSET: Final = {"Upload-Offset": "Bytes that are stored: where the next piece begins."}
_EXPIRES: Final = {"Upload-Expires": "When it is deleted, unless a piece comes before that."}
_PIECE: Final = {"application/offset+octet-stream": {"schema": _FILE}}
_PIECE_PROBLEMS: Final = (400, 404, 408, 409, 410, 412, 413, 415, 423, 503)
_TOOL: Final = Parameter("tool", _TEXT, "May be left out where the plugin has one.")
_OPTIONS: Final = Parameter("options", _TEXT, "A JSON object.")
_DEVICE: Final = Parameter("device", _CPU_OR_GPU, "What to run on.")
_JOB_IDS: Final = {
    "application/json": {
        "schema": {
            "type": "object",
            "required": ["job_ids"],
            "properties": {"job_ids": {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": MAX_JOB_IDS}},
        }
    }
}
_DOWNLOAD: Final = Parameter("download", {**_FLAG, "default": False}, "true: as a file to keep, with a name.")
_FORMAT: Final = Parameter(
    "format",
    {"type": "string", "enum": [lines.value for lines in Lines]},
    "Overrides `Accept`. `ndjson` is everything, a line each; so is `json` with `download` and without a page.",
)
_SEARCH: Final = (
    "Words of the input's name, or the beginning of an id. Each word that is given begins a word of the name: "
    "`harb 3` finds `Harbour-0312.mp4`, `arbour` does not. Words are runs of letters and digits in any case; of a "
    f"word the first {MAX_CHARACTERS} characters count, of a name the first {MAX_WORDS} words."
)
_UNCHANGED: Final = {304: "`If-None-Match` names this answer."}
_WAITING: Final = (400, 403, 404, 409, 413, 415, 422, 503, 504)


def _limit(default: int, most: int) -> Parameter:
    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    return Parameter("limit", schema, "How many at most.")


_REALTIME: Final = (
    Parameter("job_id", {"type": "array", "items": _TEXT}, "Jobs to hear of; repeatable. Nothing named: everything."),
    Parameter("batch_id", {"type": "array", "items": _TEXT}, "Batches to hear of; repeatable."),
    Parameter("types", _TEXT, "Message types, comma-separated."),
    Parameter("since", _TEXT, "A cursor, `start` or `now` (the default). `Last-Event-ID` wins over it."),
    Parameter("transport", {"type": "string", "enum": ["sse", "poll"]}, "Overrides `Accept`."),
    Parameter("session_id", _TEXT, "Names the session whose connections count together."),
    Parameter("heartbeat", {"type": "number", "minimum": 5, "maximum": 60}, "Seconds between two pings."),
    Parameter("wait", {"type": "number", "minimum": 0, "maximum": 55, "default": 0}, "Seconds that a long poll waits."),
    Parameter("probe", _FLAG, "Asks for a second message 600 ms after `hello`."),
    Parameter(
        "pad",
        {"type": "integer", "minimum": 0, "maximum": 65536, "default": 0},
        "Bytes of comment after each write of an event stream, for what gathers bytes on the way.",
    ),
    Parameter("lastEventId", _TEXT, "What `Last-Event-ID` says, where a proxy strips headers that it does not know."),
)
#: The same as a JSON body.
_REALTIME_BODY: Final[dict[str, Any]] = {
    JSON: {
        "schema": {
            "type": "object",
            "properties": {each.name: {**each.schema, "description": each.meaning} for each in _REALTIME},
        }
    }
}

_DEMO_NETWORK: Final = {
    JSON: {
        "schema": {
            "type": "object",
            "required": ["session_id", "break"],
            "properties": {
                "session_id": {
                    **_TEXT,
                    "pattern": f"^{SESSION.pattern}$",
                    "description": "The `session_id` of the connections; whoever knows it may do this to them.",
                },
                "break": {"type": "string", "enum": ["none", *(habit.value for habit in Habit)]},
            },
        }
    }
}
_DOCTOR_STREAM: Final = (
    Parameter("seconds", {"type": "number", "minimum": 0, "maximum": 130, "default": 3}, "How long it lasts."),
    Parameter("every", {"type": "number", "minimum": 0.05, "maximum": 60, "default": 0.2}, "Seconds between events."),
    Parameter(
        "silent_after",
        {"type": "number", "minimum": 0, "maximum": 130},
        "From so many seconds on nothing is sent, until the last event at the end.",
    ),
    Parameter(
        "pad",
        {"type": "integer", "minimum": 0, "maximum": 65536, "default": 0},
        "Bytes of comment after each event.",
    ),
    Parameter("unmarked", {**_FLAG, "default": False}, "true: without `X-Accel-Buffering: no`."),
)

#: By the name of the handler. A route that is not here fails a test.
OPERATIONS: Final[dict[str, Operation]] = {
    "submit_job": Operation(
        "jobs",
        nine.JobResponse,
        202,
        parameters=(_IDEMPOTENCY_KEY,),
        body=_SUBMISSION,
        problems=(400, 403, 404, 409, 410, 413, 415, 422, 503),
    ),
    "describe_uploads": Operation(
        "uploads",
        None,
        204,
        headers={
            "Tus-Version": "The versions of tus that this server speaks.",
            "Tus-Extension": "What of tus it has beside the core.",
            "Tus-Max-Size": "The longest file that it takes, in bytes.",
        },
    ),
    "create_upload": Operation(
        "uploads",
        ten.UploadState,
        201,
        parameters=(
            _VERSION,
            Parameter("Upload-Length", _LENGTH, "How many bytes the file has.", required=True, where="header"),
            Parameter(
                "Upload-Metadata",
                _TEXT,
                "Keys and values in Base64: `filename d2F2ZXMubXA0`. The type is decided by content.",
                where="header",
            ),
            _IDEMPOTENCY_KEY,
        ),
        body=_PIECE,
        body_required=False,
        headers={"Location": "Where the upload is.", **_EXPIRES},
        problems=(400, 408, 409, 412, 413, 422, 423, 429, 503),
    ),
    "get_upload": Operation(
        "uploads",
        ten.UploadState,
        parameters=(_VERSION,),
        headers={"Upload-Length": "Bytes that it will have.", **_OFFSET, **_EXPIRES},
        problems=(404, 409, 410, 412),
    ),
    "append_to_upload": Operation(
        "uploads",
        None,
        204,
        parameters=(
            _VERSION,
            Parameter("Upload-Offset", _LENGTH, "Where the piece begins.", required=True, where="header"),
        ),
        body=_PIECE,
        headers={**_OFFSET, **_EXPIRES},
        problems=_PIECE_PROBLEMS,
    ),
    "delete_upload": Operation("uploads", None, 204, parameters=(_VERSION,), problems=(404, 409, 410, 412)),
    "override_upload": Operation(
        "uploads",
        None,
        204,
        parameters=(
            _VERSION,
            Parameter(
                "X-HTTP-Method-Override",
                {**_TEXT, "enum": ["PATCH", "DELETE", "HEAD"]},
                "The method that is meant.",
                required=True,
                where="header",
            ),
            Parameter("Upload-Offset", _LENGTH, "Where the piece begins.", where="header"),
        ),
        body=_PIECE,
        body_required=False,
        further={200: "How far it is, for `HEAD`."},
        headers={**_OFFSET, **_EXPIRES},
        problems=(*_PIECE_PROBLEMS, 405),
    ),
    "list_jobs": Operation(
        "jobs",
        ten.JobList,
        parameters=(
            Parameter("status", {"type": "string", "enum": [status.value for status in JobStatus]}, "Only these."),
            Parameter("plugin", _TEXT, "Only of this plugin."),
            Parameter("batch_id", _TEXT, "Only of this batch."),
            Parameter("q", _TEXT, _SEARCH),
            Parameter("created_after", _TIME, "Made at this time or later."),
            Parameter("created_before", _TIME, "Made before this time."),
            Parameter("sort", {"type": "string", "enum": ["-created_at", "created_at"]}, "Newest or oldest first."),
            _limit(50, 200),
            Parameter("after", _TEXT, "The `next_after` of the page before."),
        ),
        problems=(400,),
    ),
    "get_job": Operation("jobs", nine.JobResponse, further=_UNCHANGED, problems=(404,)),
    "delete_job": Operation("jobs", nine.CancelResponse, problems=(404, 409)),
    "cancel_job": Operation("jobs", ten.CancelState, problems=(404,)),
    "purge_job": Operation("jobs", ten.PurgeResponse, problems=(404, 409)),
    "retry_job": Operation(
        "jobs", nine.JobResponse, 202, parameters=(_IDEMPOTENCY_KEY,), problems=(400, 403, 404, 409, 415, 422, 503)
    ),
    "submit_batch": Operation(
        "batches",
        ten.BatchState,
        202,
        parameters=(
            _IDEMPOTENCY_KEY,
            Parameter(
                "plugin", _TEXT, "As the form's fields all, beside a manifest of lines, which has no room for them."
            ),
        ),
        body=_BATCH,
        problems=(400, 403, 404, 409, 413, 422, 503),
    ),
    "list_batches": Operation(
        "batches",
        ten.BatchList,
        parameters=(_limit(50, 200), Parameter("after", _TEXT, "The `next_after` of the page before.")),
        problems=(400,),
    ),
    "get_batch": Operation("batches", ten.BatchState, problems=(404,)),
    "list_items": Operation(
        "batches",
        ten.BatchItems,
        parameters=(
            Parameter("status", {"type": "string", "enum": [status.value for status in JobStatus]}, "Only these."),
            Parameter("after", {"type": "integer", "minimum": 0}, "The `next_after` of the page before."),
            _limit(50, 1000),
        ),
        problems=(400, 404),
    ),
    "export_job": Operation(
        "jobs",
        JSON,
        also=(NDJSON, "text/csv", "video/webm"),
        parameters=(_EXPORT,),
        further={206: "The `Range` of a video that was asked for.", **_UNCHANGED},
        problems=(400, 404, 409, 416),
    ),
    "export_batch": Operation("batches", "application/zip", parameters=(_EXPORT,), problems=(400, 404)),
    "delete_batch": Operation("batches", ten.BatchCancelled, problems=(404,)),
    "cancel_batch": Operation("batches", ten.BatchCancelled, problems=(404,)),
    "retry_batch": Operation(
        "batches",
        ten.BatchRetried,
        202,
        parameters=(
            Parameter(
                "status", {"type": "string", "enum": ["error", "cancelled"], "default": "error"}, "Which of its items."
            ),
        ),
        problems=(400, 404, 422),
    ),
    "purge_batch": Operation("batches", ten.BatchPurged, problems=(404, 409)),
    "cancel_jobs": Operation("jobs", ten.JobOutcomes, body=_JOB_IDS, problems=(400, 413, 422)),
    "purge_jobs": Operation("jobs", ten.JobOutcomes, body=_JOB_IDS, problems=(400, 413, 422)),
    "retry_jobs": Operation(
        "jobs", ten.JobOutcomes, parameters=(_IDEMPOTENCY_KEY,), body=_JOB_IDS, problems=(400, 409, 413, 422)
    ),
    "get_result": Operation(
        "jobs", nine.JobResultResponse, parameters=(_DOWNLOAD,), further=_UNCHANGED, problems=(400, 404)
    ),
    "get_extended": Operation(
        "jobs",
        ten.ExtendedJobResponse,
        parameters=(Parameter("frames", {**_FLAG, "default": True}, "false leaves the frames out."),),
        problems=(400, 404),
    ),
    "get_frames": Operation(
        "jobs",
        ten.FramePage,
        also=(NDJSON,),
        parameters=(
            Parameter("after", {"type": "integer", "minimum": 0}, "The `next_after` of the page before."),
            _limit(200, 500),
            _FORMAT,
            _DOWNLOAD,
        ),
        problems=(400, 404),
    ),
    "get_events": Operation(
        "jobs",
        ten.EventPage,
        also=(NDJSON,),
        parameters=(
            Parameter("after", _TEXT, "A cursor; leave it out to begin at the start."),
            _limit(200, 1000),
            _FORMAT,
            _DOWNLOAD,
        ),
        problems=(400, 404, 410),
    ),
    "get_input": Operation(
        "jobs",
        "image/*",
        also=("video/*",),
        parameters=(_DOWNLOAD,),
        further={206: "The `Range` that was asked for.", **_UNCHANGED},
        problems=(400, 404, 416),
    ),
    "get_playback": Operation(
        "jobs",
        "video/mp4",
        also=("video/webm",),
        further={206: "The `Range` that was asked for.", **_UNCHANGED},
        problems=(404, 409, 416),
    ),
    "get_previews": Operation("jobs", ten.PreviewList, problems=(404,)),
    "submit_demo": Operation(
        "jobs", nine.JobResponse, 202, parameters=(_IDEMPOTENCY_KEY,), problems=(400, 404, 409, 422, 503)
    ),
    "break_network": Operation(
        "jobs",
        ten.DemoNetwork,
        body=_DEMO_NETWORK,
        problems=(400, 413, 422, 503),
    ),
    "get_preview": Operation("jobs", "image/jpeg", further=_UNCHANGED, problems=(404, 416)),
    "get_thumbnail": Operation("jobs", "image/jpeg", further=_UNCHANGED, problems=(404,)),
    "analyze": Operation(
        "jobs",
        nine.AnalyzeResponse,
        parameters=(
            Parameter("plugin", _TEXT, "A plugin of the fleet.", required=True),
            _TOOL,
            _OPTIONS,
            _DEVICE,
            Parameter("image_url", _TEXT, "An address to fetch it from, of a host of TRANSOM_INPUT_URL_HOSTS."),
            _IDEMPOTENCY_KEY,
        ),
        body=_ONE_FILE,
        body_required=False,
        problems=_WAITING,
    ),
    "list_webhooks": Operation(
        "webhooks",
        WebhookList,
        parameters=(
            Parameter("status", {"type": "string", "enum": [status.value for status in WebhookStatus]}, "Only these."),
            Parameter("job_id", _TEXT, "Only of this job."),
            Parameter("batch_id", _TEXT, "Only of this batch."),
            _limit(50, 200),
            Parameter("after", _TEXT, "The `next_after` of the page before."),
        ),
        problems=(400,),
    ),
    "get_webhook": Operation("webhooks", WebhookDetails, problems=(404,)),
    "replay_webhook": Operation("webhooks", WebhookDetails, problems=(400, 404)),
    "replay_webhooks": Operation("webhooks", WebhooksReplayed, problems=(400,)),
    "list_plugins": Operation("plugins", ten.PluginList),
    "get_plugin": Operation("plugins", ten.PluginSummary, problems=(404, 503)),
    "get_manifest": Operation("plugins", PluginMetadata, problems=(404, 503)),
    "get_plugin_health": Operation("plugins", ten.PluginHealth, problems=(404, 503)),
    "run_tool": Operation(
        "plugins",
        ten.ToolRunResponse,
        parameters=(_OPTIONS, _DEVICE, _IDEMPOTENCY_KEY),
        body=_ONE_FILE,
        problems=_WAITING,
    ),
    "list_devices": Operation("plugins", ten.DeviceList),
    "realtime_http": Operation(
        "realtime",
        ten.PollResponse,
        also=("text/event-stream",),
        parameters=_REALTIME,
        problems=(400, 404, 503),
    ),
    "realtime_post": Operation(
        "realtime",
        ten.PollResponse,
        also=("text/event-stream",),
        body=_REALTIME_BODY,
        problems=(400, 404, 413, 503),
    ),
    "realtime_tail": Operation("realtime", ten.TailResponse, parameters=_REALTIME, problems=(400, 404, 503)),
    "realtime_tail_post": Operation("realtime", ten.TailResponse, body=_REALTIME_BODY, problems=(400, 404, 413, 503)),
    "doctor": Operation("health", ten.DoctorEcho, problems=(400, 413)),
    "doctor_stream": Operation("health", "text/event-stream", parameters=_DOCTOR_STREAM, problems=(400, 503)),
    "health": Operation("health", nine.HealthResponse),
    "livez": Operation("health", ten.Liveness),
    "readyz": Operation("health", ten.Readiness, further={503: "A part that is needed fails."}),
    "metrics": Operation("health", "text/plain", also=("application/openmetrics-text",)),
    "openapi": Operation("description", JSON),
    "front": Operation("description", "text/html", further=_UNCHANGED),
    "docs": Operation("description", "text/html"),
    "errors": Operation("description", "text/html"),
    "docs_asset": Operation("description", "text/javascript", also=("text/css", "image/png"), problems=(404,)),
}
