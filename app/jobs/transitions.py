"""Every move of a job: one compare-and-set on its row and the event that tells of it, in one transaction.

Each function works inside the caller's writing transaction and returns what it appended, for the caller to publish
once the transaction has committed. The row is changed first, the log's head after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app.database.direct import HotConnection
from app.database.schema import jobs, tool_runs
from app.errors import JobAlreadyEnded, JobNotFound
from app.jobs import search
from app.jobs.ids import now_ms
from app.jobs.job import Job, JobStatus, job_from_row, sources_of
from app.realtime.event_log import append
from app.realtime.events import Draft, LogEvent
from app.realtime.message_types import ErrorDetails, ErrorPayload, MessageType, payload_json, timestamp_now
from app.webhooks import outbox


@dataclass(frozen=True, slots=True)
class Moved:
    """A job after its move, and the events to publish."""

    job: Job
    events: list[LogEvent]


def submit(connection: sa.Connection, job: Job) -> Moved:
    """Insert a queued job; its log begins here."""
    connection.execute(sa.insert(jobs).values(job.row()))
    search.add(connection, job.tenant, job.id, job.input_name)
    return Moved(job, append(connection, job.tenant, [job.status_draft()]))


def submit_all(connection: sa.Connection, tenant: str, queued: Sequence[Job]) -> list[LogEvent]:
    """Insert queued jobs of one tenant; the same as `submit` for each, in a few statements."""
    if not queued:
        return []
    connection.execute(sa.insert(jobs), [job.row() for job in queued])
    search.add_all(connection, [(tenant, job.id, job.input_name) for job in queued])
    return append(connection, tenant, [job.status_draft() for job in queued])


def cancel(connection: sa.Connection, tenant: str, job_id: str) -> Moved:
    """End a job on request. When this commits, its worker is fenced off.

    Raises `JobNotFound` and `JobAlreadyEnded`.
    """
    while True:
        job = _get(connection, tenant, job_id)
        if job.status.terminal:
            raise JobAlreadyEnded(f"The job has ended: {job.status}", job_status=str(job.status))
        moved = _move(connection, job, JobStatus.CANCELLED, _ended())
        if moved is not None:
            return moved


def cancel_all(connection: sa.Connection, unended: Sequence[Job]) -> list[LogEvent]:
    """End jobs of one tenant on request; those that have moved meanwhile stay, for the caller to look again."""
    drafts: list[Draft] = []
    # All rows before the log's head, as everybody does: one after the other each way would meet a scribe's commit.
    for job in sorted(unended, key=lambda job: job.id):
        after = _changed(connection, job, JobStatus.CANCELLED, _ended())
        drafts += [] if after is None else [after.status_draft()]
    return append(connection, unended[0].tenant, drafts) if drafts else []


def hand_back(
    connection: sa.Connection, tenant: str, job_id: str, attempt: int, *, crashed: bool, max_crashes: int
) -> Moved | None:
    """Put a running job back into its queue as the next attempt; None where this attempt does not run any more.

    `crashed` says that its child died for no known reason; the `max_crashes`th such death ends the job as `error`:
    an input that kills whoever touches it must not go round for ever.
    """
    job = _running(connection, tenant, job_id, attempt)
    if job is None:
        return None
    crashes = job.crashes + crashed
    if crashed and crashes >= max_crashes:
        message = (
            f"The process that ran the tool died {crashes} times, of this input or for want of memory; the job is not "
            "tried again. The log of the workers may say why; a smaller input needs less memory."
        )
        return _fail(connection, job, "PLUGIN_CRASH", message, {"crashes": crashes})
    return _move(
        connection,
        job,
        JobStatus.QUEUED,
        {
            "attempt": attempt + 1,
            "crashes": crashes,
            "last_n": 0,
            "worker_id": None,
            "lease_until_ms": None,
            "progress": None,
            "stage": None,
            "plugin_timings": None,
            "tool_timings": None,
            "warnings": None,
            "result": None,
            "started_at_ms": None,
            # What the last attempt had to do without, the next may have.
            **({"device_used": "gpu", "fallback": False, "fallback_reason": None} if job.queue == "gpu" else {}),
        },
    )


def fail(connection: sa.Connection, tenant: str, job_id: str, attempt: int, *, code: str, message: str) -> Moved | None:
    """End a running job as `error`, after a message that says why; None where this attempt does not run any more.

    When this commits, its child is fenced off.
    """
    job = _running(connection, tenant, job_id, attempt)
    return None if job is None else _fail(connection, job, code, message, {})


def advance(
    connection: HotConnection, job_id: str, attempt: int, *, from_n: int, to_n: int, values: dict[str, Any]
) -> bool:
    """The fence: take messages `from_n + 1` to `to_n` of this attempt into the job's row.

    False where the claim was lost, or where the row is not at `from_n` (the same commit has been made before:
    `committed_n` tells). `values` may hold a terminal status.
    """
    result = connection.execute(
        _fence(tuple(sorted(values))),
        {"b_id": job_id, "b_attempt": attempt, "b_from": from_n, "last_n": to_n, **values},
    )
    return result.rowcount == 1


@lru_cache(maxsize=64)
def _fence(columns: tuple[str, ...]) -> sa.Update:
    """The fence's statement; it runs with every commit, and building it takes longer than running it."""
    return (
        sa.update(jobs)
        .where(
            jobs.c.id == sa.bindparam("b_id"),
            jobs.c.attempt == sa.bindparam("b_attempt"),
            jobs.c.last_n == sa.bindparam("b_from"),
            jobs.c.status == JobStatus.RUNNING,
        )
        .values({name: sa.bindparam(name) for name in ("last_n", *columns)})
    )


def committed_n(connection: HotConnection, job_id: str, attempt: int) -> int | None:
    """How many messages of this attempt are in the log; None where another attempt has begun."""
    row = connection.execute(sa.select(jobs.c.attempt, jobs.c.last_n).where(jobs.c.id == job_id)).one_or_none()
    return None if row is None or row[0] != attempt else int(row[1])


def _ended() -> dict[str, Any]:
    return {"finished_at_ms": now_ms(), "worker_id": None, "lease_until_ms": None}


def _get(connection: sa.Connection, tenant: str, job_id: str) -> Job:
    row = connection.execute(sa.select(jobs).where(jobs.c.id == job_id, jobs.c.tenant == tenant)).one_or_none()
    if row is None:
        raise JobNotFound(f"There is no job {job_id}")
    return job_from_row(row)


def _running(connection: sa.Connection, tenant: str, job_id: str, attempt: int) -> Job | None:
    row = connection.execute(sa.select(jobs).where(jobs.c.id == job_id, jobs.c.tenant == tenant)).one_or_none()
    if row is None or row.attempt != attempt or row.status != JobStatus.RUNNING:
        return None
    return job_from_row(row)


def _fail(connection: sa.Connection, job: Job, code: str, message: str, values: dict[str, Any]) -> Moved | None:
    details = ErrorDetails(error_code=code, message=message)
    values = {**_ended(), **values, "error": details.model_dump(exclude_none=True)}
    said = ErrorPayload(error=message, plugin=job.plugin, details=details)
    draft = Draft(MessageType.ERROR, payload_json(said), timestamp_now(), job.id, job.attempt, job.batch_id)
    moved = _move(connection, job, JobStatus.ERROR, values, before=[draft])
    if moved is not None:
        # Its tools said no end of their own; among the plugin's runs it counts all the same.
        runs = [{"tool": tool, "failed": True, "at_ms": now_ms()} for tool in job.tools]
        connection.execute(
            sa.insert(tool_runs),
            [{"tenant": job.tenant, "job_id": job.id, "plugin": job.plugin, **run} for run in runs],
        )
    return moved


def _move(
    connection: sa.Connection, job: Job, target: JobStatus, values: dict[str, Any], *, before: Sequence[Draft] = ()
) -> Moved | None:
    """The one place where a status changes outside a worker's own stream; None where somebody else was faster.

    What is said `before` comes before the status in the log.
    """
    after = _changed(connection, job, target, values)
    if after is None:
        return None
    return Moved(after, append(connection, job.tenant, [*before, after.status_draft()]))


def _changed(connection: sa.Connection, job: Job, target: JobStatus, values: dict[str, Any]) -> Job | None:
    """The row's part of a move, and where it is an end what is to be told of it elsewhere."""
    values = {**values, "status": target}
    result = connection.execute(
        sa.update(jobs)
        .where(
            jobs.c.id == job.id,
            jobs.c.attempt == job.attempt,
            jobs.c.status == job.status,
            jobs.c.status.in_(sources_of(target)),
        )
        .values(values)
    )
    if result.rowcount != 1:
        return None
    after = replace(job, **values)
    if target.terminal:
        outbox.add(connection, [outbox.of_job(after)])
    return after
