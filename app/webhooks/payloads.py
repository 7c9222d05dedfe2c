"""What a receiver is sent: how a job or a batch ended, and where to read the rest. Never frames, never a result."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.batches.batch import NO_COUNTS, Batch
from app.jobs.job import Job
from app.realtime.message_types import JobStatusName

#: Of an error's message and of names: a body stays far below the 20 KB that receivers count on.
MAX_CHARACTERS: Final = 1000


class WebhookType(StrEnum):
    """What a receiver is told of."""

    JOB_DONE = "job.done"
    JOB_ERROR = "job.error"
    JOB_CANCELLED = "job.cancelled"
    BATCH_ENDED = "batch.ended"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class WebhookError(_Model):
    """Why a job failed; the code is stable."""

    code: str
    message: str


class EndedJob(_Model):
    """A job as it ended."""

    job_id: str
    batch_id: str | None = None
    status: JobStatusName
    plugin: str
    tools: list[str]
    attempt: int
    retry_of: str | None = Field(description="The job that this one tries again.")
    input_name: str | None
    error: WebhookError | None = Field(description="Where the status is `error`.")
    created_at: str
    finished_at: str
    links: dict[str, str] = Field(description="Whole addresses where the server knows its own.")


class EndedBatch(_Model):
    """A batch all of whose items have ended; one that was tried again ends again, and is told of again."""

    batch_id: str
    job_id: None = None
    status: Literal["done", "cancelled"] = Field(
        description="`done` whatever its items ended as; `cancelled` where its rest was."
    )
    name: str | None
    plugin: str
    total: int
    counts: dict[JobStatusName, int] = Field(description="Its items by status.")
    created_at: str
    finished_at: str
    links: dict[str, str] = Field(description="Whole addresses where the server knows its own.")


class JobWebhook(_Model):
    """The body that tells of a job's end."""

    type: Literal["job.done", "job.error", "job.cancelled"]
    timestamp: str = Field(description="When it ended.")
    data: EndedJob


class BatchWebhook(_Model):
    """The body that tells of a batch's end."""

    type: Literal["batch.ended"]
    timestamp: str = Field(description="When it ended.")
    data: EndedBatch


#: Which body comes with which type.
BODIES: Final[dict[WebhookType, type[JobWebhook | BatchWebhook]]] = {
    WebhookType.JOB_DONE: JobWebhook,
    WebhookType.JOB_ERROR: JobWebhook,
    WebhookType.JOB_CANCELLED: JobWebhook,
    WebhookType.BATCH_ENDED: BatchWebhook,
}


def job_body(job: Job) -> JobWebhook:
    """The body for a job that has ended."""
    at = f"{job.webhook_base or ''}/v1/jobs/{job.id}"
    ended = _moment(job.finished_at_ms or 0)
    error = None
    if job.error is not None:
        error = WebhookError(code=str(job.error["error_code"]), message=str(job.error["message"])[:MAX_CHARACTERS])
    return JobWebhook.model_validate(
        {
            "type": f"job.{job.status.value}",
            "timestamp": ended,
            "data": EndedJob(
                job_id=job.id,
                batch_id=job.batch_id,
                status=job.status.value,
                plugin=job.plugin,
                tools=job.tools,
                attempt=job.attempt,
                retry_of=job.retry_of,
                input_name=job.input_name,
                error=error,
                created_at=_moment(job.created_at_ms),
                finished_at=ended,
                links={"self": at, "extended": f"{at}/extended", "result": f"{at}/result"},
            ),
        }
    )


def batch_body(batch: Batch) -> BatchWebhook:
    """The body for a batch that has ended."""
    at = f"{batch.webhook_base or ''}/v1/batches/{batch.id}"
    ended = _moment(batch.finished_at_ms or 0)
    return BatchWebhook(
        type="batch.ended",
        timestamp=ended,
        data=EndedBatch(
            batch_id=batch.id,
            status="cancelled" if batch.cancelled else "done",
            name=None if batch.name is None else batch.name[:MAX_CHARACTERS],
            plugin=batch.fields["plugin"][-1],
            total=batch.total,
            counts={status: batch.counts.get(status, 0) for status in NO_COUNTS},
            created_at=_moment(batch.created_at_ms),
            finished_at=ended,
            links={"self": at, "items": f"{at}/items", "export": f"{at}/export"},
        ),
    )


def _moment(milliseconds: int) -> str:
    """RFC 3339, UTC, milliseconds: as messages carry a time."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
