"""The wire contract: every message that a client can receive or send, and nothing else.

Owns the names, shapes and bounds of messages. Golden examples of each type are in `tests/wire/*.json`,
and both the Python tests and the browser's parse them. Models are frozen. What we send must fit its model to the
letter (`extra="forbid"`); what we receive may carry fields that a later version added (`parse_message`).

To add a message type: a member of `MessageType`, its place in `LOGGED` where it is an event of the log (and so has an
`id`), a payload class, a line in `PAYLOADS`, a golden file.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, Literal

import pydantic_core
from pydantic import BaseModel, ConfigDict, Field, JsonValue, SerializeAsAny, model_validator


class MessageType(StrEnum):
    """Every type of message; the comment says who speaks it."""

    HELLO = "hello"  # connection: always first
    JOB_STATUS = "job_status"  # log
    PROGRESS = "progress"  # log
    FRAME = "frame"  # log
    PARTIAL_RESULT = "partial_result"  # log
    PLUGIN_STATUS = "plugin_status"  # log
    METADATA = "metadata"  # log
    WARNING = "warning"  # log
    ERROR = "error"  # log, or connection
    BATCH_STATUS = "batch_status"  # log
    PING = "ping"  # connection, or client
    PONG = "pong"  # client, or connection in answer to a client's ping
    GAP = "gap"  # connection
    RESET = "reset"  # connection
    SUBSCRIBE = "subscribe"  # client, over a WebSocket
    UNSUBSCRIBE = "unsubscribe"  # client, over a WebSocket


#: What a tool says many times a second. Only these may be skipped for a reader that is too slow.
SKIPPABLE: Final = frozenset({MessageType.FRAME, MessageType.PROGRESS})

#: The types that have a place in the log, and so an `id`.
LOGGED: Final = frozenset(
    {
        MessageType.JOB_STATUS,
        MessageType.PROGRESS,
        MessageType.FRAME,
        MessageType.PARTIAL_RESULT,
        MessageType.PLUGIN_STATUS,
        MessageType.METADATA,
        MessageType.WARNING,
        MessageType.ERROR,
        MessageType.BATCH_STATUS,
    }
)

JobStatusName = Literal["queued", "running", "done", "error", "cancelled"]
#: The statuses after which nothing about a job follows.
TERMINAL_STATUSES: Final = frozenset({"done", "error", "cancelled"})
Severity = Literal["low", "medium", "high"]
Percent = Field(ge=0, le=100)


class Payload(BaseModel):
    """What every payload shares: frozen, and no field that the contract does not name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Box(BaseModel):
    """A rectangle in absolute pixels of the input."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    x1: float
    y1: float
    x2: float
    y2: float


class FrameData(BaseModel):
    """What was found in one frame: `boxes`, `scores` and `labels` are of equal length, empty when nothing was.

    `timestamp_ms` is the frame's time in the input. The optional lists, where a tool has them, are as long.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    frame_index: int = Field(ge=0)
    timestamp_ms: float = Field(ge=0)
    boxes: list[Box]
    scores: list[float]
    labels: list[str]
    track_ids: list[int | None] | None = None
    texts: list[str] | None = None
    polygons: list[list[tuple[float, float]]] | None = None
    tools: list[str] | None = None
    data: dict[str, JsonValue] | None = None

    @model_validator(mode="after")
    def _equal_lengths(self) -> FrameData:
        expected = len(self.boxes)
        for name in ("scores", "labels", "track_ids", "texts", "polygons", "tools"):
            values = getattr(self, name)
            if values is not None and len(values) != expected:
                raise ValueError(f"{name} has {len(values)} entries, boxes has {expected}")
        if any(not 0 <= score <= 1 for score in self.scores):
            raise ValueError("a score is not between 0 and 1")
        return self


class HelloPayload(Payload):
    """The first message on every connection."""

    session_id: str
    transport: Literal["websocket", "sse", "poll"]
    cursor: str
    heartbeat_seconds: float
    server_version: str


class ErrorDetails(Payload):
    """The machine-readable part of an error; `error_code` is stable."""

    error_code: str
    message: str
    fallback: bool | None = None
    frame_index: int | None = None


class JobStatusPayload(Payload):
    """Where a job stands. There is exactly one terminal one a job, and nothing follows it."""

    status: JobStatusName
    device_requested: str
    device_used: str
    fallback: bool
    fallback_reason: str | None = None
    progress: int = Percent
    error: ErrorDetails | None = None


class ProgressPayload(Payload):
    """How far an attempt is, measured; `eta_seconds` only when it is known."""

    job_id: str
    progress: int = Percent
    stage: str | None = None
    plugin: str | None = None
    tool: str | None = None
    frames_done: int | None = Field(default=None, ge=0)
    frames_total: int | None = Field(default=None, ge=0)
    eta_seconds: float | None = Field(default=None, ge=0)


class FramePayload(Payload):
    """One processed frame; `timing_ms` is the tool's own time on it, without decoding.

    `width` and `height` are the input's, in whose pixels boxes are; the picture at `image_url` may be smaller.
    """

    frame_id: str
    frame_index: int = Field(ge=0)
    plugin: str
    tool: str
    data: FrameData
    device_used: str
    timing_ms: float = Field(ge=0)
    image_url: str | None = None
    width: int | None = Field(default=None, gt=0)
    height: int | None = Field(default=None, gt=0)


class PartialResultPayload(Payload):
    """A result that a tool shows before it has finished."""

    result: JsonValue
    plugin: str
    tool: str | None = None
    partial: Literal[True] = True


class PluginStatusPayload(Payload):
    """Where one tool of a job stands."""

    plugin: str
    tool: str | None = None
    status: Literal["started", "running", "completed", "failed"]
    timing_ms: float | None = Field(default=None, ge=0)
    frames_processed: int | None = Field(default=None, ge=0)
    warnings_count: int | None = Field(default=None, ge=0)


class MetadataPayload(Payload):
    """What a plugin says of itself: `version`, `model`, `capabilities`, `input_types`, …"""

    plugin: str
    metadata: dict[str, JsonValue]


class WarningPayload(Payload):
    """Something that a person should know; the job goes on. `tool` is missing where it is of the input or the job."""

    plugin: str
    message: str
    severity: Severity
    code: str | None = None
    frame_id: str | None = None
    tool: str | None = None


class ErrorPayload(Payload):
    """Something that failed: a tool's, from the log, or this connection's own."""

    error: str
    plugin: str | None = None
    details: ErrorDetails | None = None
    frame_id: str | None = None


class BatchStatusPayload(Payload):
    """A batch at a glance: jobs by status, and its progress."""

    batch_id: str
    counts: dict[JobStatusName, int]
    total: int = Field(ge=0)
    progress: int = Percent


class PingPayload(Payload):
    """A heartbeat. From the server: `cursor` is safe to resume from, `tail` is this subscription's last seq.

    From a client all fields may be left out.
    """

    interval_seconds: float | None = None
    cursor: str | None = None
    tail: int | None = Field(default=None, ge=0)


class PongPayload(Payload):
    """The answer to a ping."""

    timestamp: str | None = None


class GapPayload(Payload):
    """What this connection was not sent, both ends included; it is in the log."""

    from_: str = Field(alias="from")
    to: str
    reason: str
    dropped: dict[str, int]

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, serialize_by_alias=True)


class ResetPayload(Payload):
    """The cursor can't be continued: read the snapshot, go on from `cursor`."""

    reason: str
    cursor: str


class SubscribePayload(Payload):
    """A client's wish to hear of one job too, from `since` on (default: from now). What `since` covers does not come.

    Each job's messages come in order. This job's past comes first, with ids below those that came before; while it
    does, resume from the cursor of a `ping` and drop what repeats by its `id`, for the last id is no safe place.
    """

    job_id: str
    since: str | None = None


class UnsubscribePayload(Payload):
    """A client's wish to hear no more of one job."""

    job_id: str


PAYLOADS: Final[dict[MessageType, type[Payload]]] = {
    MessageType.HELLO: HelloPayload,
    MessageType.JOB_STATUS: JobStatusPayload,
    MessageType.PROGRESS: ProgressPayload,
    MessageType.FRAME: FramePayload,
    MessageType.PARTIAL_RESULT: PartialResultPayload,
    MessageType.PLUGIN_STATUS: PluginStatusPayload,
    MessageType.METADATA: MetadataPayload,
    MessageType.WARNING: WarningPayload,
    MessageType.ERROR: ErrorPayload,
    MessageType.BATCH_STATUS: BatchStatusPayload,
    MessageType.PING: PingPayload,
    MessageType.PONG: PongPayload,
    MessageType.GAP: GapPayload,
    MessageType.RESET: ResetPayload,
    MessageType.SUBSCRIBE: SubscribePayload,
    MessageType.UNSUBSCRIBE: UnsubscribePayload,
}


def timestamp_now() -> str:
    """The present moment as messages carry it: RFC 3339, UTC, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class RealtimeMessage(BaseModel):
    """One message as on the wire. `id` (a cursor), `job_id` and `attempt` are there on those from the log.

    Raises `pydantic.ValidationError` when the payload does not fit its type.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: MessageType
    payload: SerializeAsAny[Payload]
    timestamp: str = Field(default_factory=timestamp_now)
    id: str | None = None
    job_id: str | None = None
    attempt: int | None = Field(default=None, ge=1)

    @model_validator(mode="before")
    @classmethod
    def _payload_of_its_type(cls, data: Any) -> Any:
        """Read `payload` with the model that `type` names."""
        if not isinstance(data, dict) or "type" not in data or "payload" not in data:
            return data
        kind, payload = data["type"], data["payload"]
        if not isinstance(kind, str) or kind not in PAYLOADS:
            return data
        expected = PAYLOADS[MessageType(kind)]
        if isinstance(payload, Payload) and not isinstance(payload, expected):
            raise ValueError(f"a {kind} message carries a {expected.__name__}, not a {type(payload).__name__}")
        return {**data, "payload": expected.model_validate(payload)}

    def to_json(self) -> str:
        """The message as it goes over the wire: absent optional fields are left out, not null."""
        return self.model_dump_json(exclude_none=True)


def payload_json(payload: Payload) -> str:
    """One payload as the log keeps it and the wire carries it."""
    return payload.model_dump_json(exclude_none=True)


def parse_message(text: str | bytes) -> RealtimeMessage:
    """Read a message that a peer sent, passing over fields that this version does not know.

    Raises `ValueError` when it is not JSON, not a message, or of an unknown type.
    """
    data = pydantic_core.from_json(text)
    if not isinstance(data, dict):
        raise ValueError("a message is a JSON object")
    kind = data.get("type")
    if not isinstance(kind, str) or kind not in PAYLOADS:
        raise ValueError(f"unknown message type {kind!r}")
    payload = PAYLOADS[MessageType(kind)].model_validate(data.get("payload", {}), extra="ignore")
    return RealtimeMessage.model_validate({**data, "payload": payload}, extra="ignore")
