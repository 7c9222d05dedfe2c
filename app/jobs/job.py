"""A job: its row as an object, its statuses and its legal moves."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum, StrEnum
from typing import Any, Final

import sqlalchemy as sa

from app.realtime.events import Draft
from app.realtime.message_types import (
    ErrorDetails,
    JobStatusPayload,
    MessageType,
    payload_json,
    timestamp_now,
)


class JobStatus(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"  # waits to be claimed
    RUNNING = "running"  # one child works on it, under a lease
    DONE = "done"  # ended well
    ERROR = "error"  # ended badly; `error` says why
    CANCELLED = "cancelled"  # ended on request

    @property
    def terminal(self) -> bool:
        """Whether a job of this status has ended."""
        return not MOVES[self]


#: Every legal move. A terminal status is final.
MOVES: Final[dict[JobStatus, frozenset[JobStatus]]] = {
    JobStatus.QUEUED: frozenset({JobStatus.RUNNING, JobStatus.CANCELLED, JobStatus.ERROR}),
    JobStatus.RUNNING: frozenset({JobStatus.DONE, JobStatus.ERROR, JobStatus.CANCELLED, JobStatus.QUEUED}),
    JobStatus.DONE: frozenset(),
    JobStatus.ERROR: frozenset(),
    JobStatus.CANCELLED: frozenset(),
}


def sources_of(target: JobStatus) -> list[JobStatus]:
    """The statuses from which a job may move to `target`."""
    return [source for source, targets in MOVES.items() if target in targets]


class Priority(IntEnum):
    """What is claimed first among a tenant's jobs; the lowest number wins."""

    HIGH = 0
    NORMAL = 1
    LOW = 2


class Playable(StrEnum):
    """How a job's input can be watched in a browser; found out by whoever opens it."""

    INPUT = "input"  # as it is
    MADE = "made"  # as a WebM that is made of it
    STILL = "still"  # not at all: it is one picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One row of `jobs`; times are milliseconds since 1970, UTC."""

    id: str
    tenant: str
    plugin: str
    tools: list[str]
    options: dict[str, Any]
    queue: str
    device_requested: str
    device_used: str
    input_key: str
    input_type: str
    input_bytes: int
    created_at_ms: int
    input_name: str | None = None
    playable: Playable | None = None
    batch_id: str | None = None
    status: JobStatus = JobStatus.QUEUED
    priority: Priority = Priority.NORMAL
    fallback: bool = False
    fallback_reason: str | None = None
    fallback_allowed: bool = True
    attempt: int = 1
    crashes: int = 0
    last_n: int = 0
    worker_id: str | None = None
    lease_until_ms: int | None = None
    progress: int | None = None
    stage: str | None = None
    plugin_timings: dict[str, float] | None = None
    tool_timings: dict[str, float] | None = None
    warnings: list[str] | None = None
    error: dict[str, Any] | None = None
    result: Any = None
    retry_of: str | None = None
    #: Who is told of its end; what the addresses in that begin with.
    webhook_url: str | None = None
    webhook_base: str | None = None
    request_id: str | None = None
    started_at_ms: int | None = None
    finished_at_ms: int | None = None

    def row(self) -> dict[str, Any]:
        """The job as column values."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    def status_draft(self) -> Draft:
        """The `job_status` event that tells of the job as it now is."""
        payload = JobStatusPayload(
            status=self.status.value,
            device_requested=self.device_requested,
            device_used=self.device_used,
            fallback=self.fallback,
            fallback_reason=self.fallback_reason,
            progress=self.progress or 0,
            error=None if self.error is None else ErrorDetails.model_validate(self.error),
        )
        return Draft(
            MessageType.JOB_STATUS,
            payload_json(payload),
            timestamp_now(),
            self.id,
            self.attempt,
            self.batch_id,
        )


_FIELDS: Final = tuple(item.name for item in fields(Job))


def job_from_row(row: sa.Row[Any]) -> Job:
    """Read one row of `jobs`."""
    return job_from_values(dict(row._mapping))  # noqa: SLF001 - SQLAlchemy's public name for it


def job_from_values(values: dict[str, Any]) -> Job:
    """Read what `Job.row` gave, or a row: what only retention needs of it is left out."""
    known = {name: values[name] for name in _FIELDS if name in values}
    playable = values.get("playable")
    known["playable"] = None if playable is None else Playable(playable)
    return Job(**{**known, "status": JobStatus(values["status"]), "priority": Priority(values["priority"])})
