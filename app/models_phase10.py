"""The answers of Phase 10. They add to Phase 9 and change nothing of it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from app.models_phase9 import JobResponse
from app.realtime.message_types import ErrorDetails, FrameData, JobStatusName, RealtimeMessage

PriorityName = Literal["low", "normal", "high"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


#: How the input can be watched in a browser.
PlaybackState = Literal["input", "still", "possible", "making", "ready", "failed"]


class ExtendedFields(_Model):
    """What Phase 10 knows of a job besides Phase 9; null before it is known."""

    progress: int | None = Field(default=None, ge=0, le=100)
    plugin_timings: dict[str, float] | None = Field(default=None, description="Milliseconds a plugin.")
    warnings: list[str] | None = None
    tool_timings: dict[str, float] | None = Field(default=None, description="Milliseconds a `plugin.tool`.")
    stage: str | None = None
    attempt: int | None = None
    fallback_reason: str | None = None
    error: ErrorDetails | None = None
    created_at: str | None = None
    started_at: str | None = None
    finished_at: str | None = None
    cursor: str | None = Field(default=None, description="Where in the log this answer is true: subscribe from it.")
    links: dict[str, str] | None = None
    playback: PlaybackState | None = Field(
        default=None,
        description="What `links.playback` answers: `input`, the input itself, which browsers play; `possible`, a WebM "
        "that is made once it is asked for; `making`, `ready` or `failed`, how that stands; `still`, nothing, for the "
        "input is one picture. Null until a worker has opened the input; there is a link where there is something.",
    )
    plugin: str | None = None
    tools: list[str] | None = None
    input_name: str | None = None
    input_type: str | None = None
    input_bytes: int | None = None
    priority: PriorityName | None = None
    retry_of: str | None = Field(default=None, description="The job that this one tries again.")
    batch_id: str | None = None


class ExtendedJobResponse(ExtendedFields, JobResponse):
    """All of `JobResponse`, unchanged, and what Phase 10 adds."""


class JobSummary(_Model):
    """A job in a list, without its frames."""

    job_id: str
    status: JobStatusName
    plugin: str
    tools: list[str]
    input_name: str | None
    input_type: str
    input_bytes: int
    device_requested: str
    device_used: str
    fallback: bool
    priority: PriorityName
    batch_id: str | None
    retry_of: str | None
    progress: int | None
    stage: str | None
    attempt: int
    warnings_count: int
    error: ErrorDetails | None
    created_at: str
    started_at: str | None
    finished_at: str | None


class JobList(_Model):
    """A page of jobs, newest first."""

    jobs: list[JobSummary]
    count: int = Field(description="How many are in this answer.")
    next_after: str | None = Field(
        description="Where the next page begins; null where none follows. A search for several things at once may end "
        "a page before it is full, or before anything is on it, and goes on from here."
    )


class FramePage(_Model):
    """A page of a job's frames."""

    frames: list[FrameData]
    next_after: int | None


class EventPage(_Model):
    """A page of a job's log, each message as on the wire."""

    messages: list[RealtimeMessage]
    cursor: str
    next_after: str | None


class CancelState(_Model):
    """How a job stands after a cancel that may have come too late."""

    status: JobStatusName
    job_id: str


class PurgeResponse(_Model):
    """A job that was deleted with all it had."""

    job_id: str
    purged: Literal[True] = True


class OutcomeError(_Model):
    """Why a job of a list was left as it is: what a call for it alone would have answered."""

    code: str
    detail: str


class JobOutcome(_Model):
    """What became of one job of a list."""

    job_id: str
    ok: bool
    status: JobStatusName | None = Field(description="As it is now; null for one that is not there, or no longer.")
    new_job_id: str | None = Field(default=None, description="The job that tries this one again.")
    error: OutcomeError | None = None


class JobOutcomes(_Model):
    """What became of each job of a list, in the list's order."""

    outcomes: list[JobOutcome]
    succeeded: int
    failed: int


class BatchState(_Model):
    """A batch at a glance."""

    batch_id: str
    name: str | None
    status: Literal["queued", "running", "done", "cancelled"] = Field(
        description="`done` once every item has ended, whatever as; `cancelled` where its rest was."
    )
    plugin: str
    tools: list[str]
    options: JsonValue
    device_requested: str
    priority: PriorityName
    total: int
    counts: dict[JobStatusName, int] = Field(description="Its items by status; those that are no job yet are queued.")
    progress: int = Field(ge=0, le=100, description="Per cent of its items that have ended.")
    failure_rate: float | None = Field(description="Of those that were run to an end, the part that failed.")
    expanding: bool = Field(description="Whether some of its items are still to be made jobs.")
    created_at: str
    finished_at: str | None
    links: dict[str, str]


class BatchList(_Model):
    """A page of batches, newest first; their counts are as told last."""

    batches: list[BatchState]
    count: int
    next_after: str | None


class ItemError(_Model):
    """Why an item is no job, or how its job failed."""

    code: str
    detail: str


class BatchItem(_Model):
    """One input of a batch."""

    n: int = Field(description="Its number, from 1, in the order in which the items were handed in.")
    line: int | None = Field(description="Its line in the manifest.")
    name: str | None
    status: JobStatusName
    error: ItemError | None
    job: JobSummary | None = Field(description="Its newest job; null while there is none, and once it is forgotten.")


class BatchItems(_Model):
    """A page of a batch's items, by their numbers."""

    items: list[BatchItem]
    next_after: int | None


class BatchCancelled(_Model):
    """A batch whose rest was cancelled."""

    batch_id: str
    status: Literal["cancelled", "done"]


class BatchRetried(_Model):
    """How many items of a batch run again."""

    batch_id: str
    retried: int


class BatchPurged(_Model):
    """A batch that was deleted with all its jobs."""

    batch_id: str
    purged: Literal[True] = True


class UploadState(_Model):
    """A file that arrives piece by piece; one job may take it once it is complete."""

    upload_id: str = Field(description="What `POST /v1/jobs` takes as `upload_id`.")
    name: str | None = Field(description="The file's name, where `Upload-Metadata` has a `filename`.")
    length: int = Field(description="Bytes that it will have.")
    offset: int = Field(description="Bytes that are stored: where the next piece begins.")
    complete: bool
    expires_at: str | None = Field(description="When it is deleted, unless a piece comes before that.")


class PreviewList(_Model):
    """The frames that have a preview picture."""

    previews: list[int] = Field(description="Their indexes, lowest first.")


class PluginSummary(_Model):
    """A plugin of the fleet."""

    name: str
    title: str | None
    version: str | None
    description: str | None
    state: Literal["ready", "failed"]
    reason: str | None
    tools: list[str]
    devices: list[str]
    input_types: list[str]
    workers: int


class PluginList(_Model):
    """The plugins of the whole fleet."""

    plugins: list[PluginSummary]
    count: int


class PluginHealth(_Model):
    """How a plugin does: over its last thousand runs."""

    name: str
    state: Literal["ready", "failed"]
    reason: str | None
    p50_ms: float | None
    p95_ms: float | None
    runs: int
    errors: int
    last_used: str | None


class ToolRunResponse(_Model):
    """The answer of one tool over one small image."""

    tool_name: str
    plugin_id: str
    result: JsonValue
    processing_time_ms: float


class Device(_Model):
    """A device of a worker."""

    name: str
    title: str
    workers: int
    queues: list[str]


class DeviceList(_Model):
    """What the fleet can compute on."""

    devices: list[Device]
    count: int


class PollResponse(_Model):
    """What a long poll brings; ask on from `cursor`."""

    cursor: str
    messages: list[RealtimeMessage]


class TailResponse(_Model):
    """How far the log is for a query: the seq of the last message that matches, in this life of the log."""

    tail: int
    epoch: str


class DoctorEcho(_Model):
    """What of a request arrived: what is missing was lost, or changed, on the way."""

    method: str
    http_version: str = Field(description="In which the last machine on the way spoke to the server.")
    header_names: list[str]
    headers: dict[str, str] = Field(description="Values of those that machines on the way write or change.")
    authorization: bool = Field(description="Whether there was an `Authorization`.")
    address_length: int = Field(description="Of path and query, in bytes.")
    body_bytes: int


class DemoNetwork(_Model):
    """How the connections of a demonstration's page are treated."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True)

    session_id: str
    habit: Literal["none", "strip", "hold", "mute", "cut"] = Field(alias="break")
    seconds: int = Field(description="For so long, unless it is asked for again.")


class Liveness(_Model):
    """That the process answers."""

    status: Literal["alive"]


class ReadinessPart(_Model):
    """One part of a web process; some say more of themselves than this."""

    model_config = ConfigDict(frozen=True, extra="allow")

    ok: bool
    needed: bool = Field(description="Whether the process is not ready without it.")
    message: str = Field(description="How it is, for a person.")


class Readiness(_Model):
    """Each part by name: `database`, `migrations`, `storage`, `relay`, `broker`, `fleet`."""

    status: Literal["ready", "not ready"]
    parts: dict[str, ReadinessPart]


class FieldProblem(_Model):
    """One field that is wrong."""

    field: str
    message: str


class Problem(_Model):
    """RFC 9457: what went wrong, with a stable `code`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    retryable: bool
    request_id: str | None = None
    errors: list[FieldProblem] | None = None
