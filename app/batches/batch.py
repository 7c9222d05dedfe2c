"""A batch and its items as objects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from app.jobs.job import Job, JobStatus
from app.realtime.events import Draft
from app.realtime.message_types import BatchStatusPayload, MessageType, payload_json, timestamp_now

ENDED: Final = (JobStatus.DONE, JobStatus.ERROR, JobStatus.CANCELLED)
NO_COUNTS: Final = dict.fromkeys((status.value for status in JobStatus), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One row of `batches`; times are milliseconds since 1970, UTC."""

    id: str
    tenant: str
    #: What each of its jobs is submitted with, as a form has it: each field with all its values.
    fields: dict[str, list[str]]
    total: int
    created_at_ms: int
    name: str | None = None
    pending: bool = True
    cancelled: bool = False
    counts: dict[str, int] = field(default_factory=lambda: dict(NO_COUNTS))
    #: Who is told of its end; what the addresses in that begin with.
    webhook_url: str | None = None
    webhook_base: str | None = None
    request_id: str | None = None
    finished_at_ms: int | None = None

    @property
    def ended(self) -> int:
        """How many of its items have ended."""
        return sum(self.counts.get(status, 0) for status in ENDED)

    @property
    def progress(self) -> int:
        """Per cent of its items that have ended; 100 only where all have."""
        return 100 if self.ended >= self.total else 100 * self.ended // self.total

    @property
    def failure_rate(self) -> float | None:
        """Of those that were run to an end, the part that failed; None before the first."""
        run = self.counts.get(JobStatus.DONE, 0) + self.counts.get(JobStatus.ERROR, 0)
        return self.counts.get(JobStatus.ERROR, 0) / run if run else None

    @property
    def status(self) -> str:
        """In a word: `queued`, `running`, `done`, or `cancelled` where its rest was."""
        if self.finished_at_ms is not None:
            return "cancelled" if self.cancelled else "done"
        return "running" if self.ended or self.counts.get(JobStatus.RUNNING) else "queued"

    def row(self) -> dict[str, Any]:
        """The batch as column values."""
        return {name: getattr(self, name) for name in _COLUMNS}

    def status_draft(self) -> Draft:
        """The `batch_status` event that tells of the batch as it now is."""
        payload = BatchStatusPayload(
            batch_id=self.id,
            counts={status: self.counts.get(status, 0) for status in NO_COUNTS},
            total=self.total,
            progress=self.progress,
        )
        return Draft(MessageType.BATCH_STATUS, payload_json(payload), timestamp_now(), None, None, self.id)


_COLUMNS: Final = tuple(Batch.__dataclass_fields__)


def batch_from_row(row: sa.Row[Any]) -> Batch:
    """Read one row of `batches`."""
    return Batch(**{name: row._mapping[name] for name in _COLUMNS})  # noqa: SLF001 - SQLAlchemy's public name for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One input of a batch, as it is accepted: where it comes from, or why it can't be used."""

    n: int
    name: str | None = None
    line: int | None = None
    source: dict[str, Any] | None = None
    #: The id under which its input is stored already.
    input_id: str | None = None
    error: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ItemState:
    """An item as it is now, with its newest job where that is still there."""

    n: int
    line: int | None
    name: str | None
    status: JobStatus
    error: dict[str, str] | None
    job_id: str | None
    job: Job | None


def counts_of(items: Iterable[Item]) -> dict[str, int]:
    """Items that were just accepted, by status."""
    refused = [item.error is not None for item in items]
    return {**NO_COUNTS, JobStatus.QUEUED.value: refused.count(False), JobStatus.ERROR.value: refused.count(True)}
