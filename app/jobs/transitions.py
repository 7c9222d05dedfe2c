"""Every move of a job: one compare-and-set on its row and the event that tells of it, in one transaction.

Each function works inside the caller's writing transaction and returns what it appended, for the caller to publish
once the transaction has committed. The row is changed first, the log's head after it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app.database.schema import jobs
from app.errors import JobAlreadyEnded, JobNotFound
from app.jobs.ids import now_ms
from app.jobs.job import Job, JobStatus, job_from_row, sources_of
from app.realtime.event_log import append
from app.realtime.events import LogEvent


@dataclass(frozen=True, slots=True)
class Moved:
    """A job after its move, and the events to publish."""

    job: Job
    events: list[LogEvent]


def submit(connection: sa.Connection, job: Job) -> Moved:
    """Insert a queued job; its log begins here."""
    connection.execute(sa.insert(jobs).values(job.row()))
    return Moved(job, append(connection, job.tenant, [job.status_draft()]))


def claim(connection: sa.Connection, *, queues: list[str], worker_id: str, lease_until_ms: int) -> Moved | None:
    """Give the next job of these queues to a worker; None where nothing waits.

    Fair: the tenant with the fewest running jobs comes first, then priority, then age.
    """
    job = _next_in_line(connection, queues)
    if job is None:
        return None
    now = now_ms()
    return _move(
        connection,
        job,
        JobStatus.RUNNING,
        {
            "worker_id": worker_id,
            "lease_until_ms": lease_until_ms,
            "last_n": 0,
            "progress": 0,
            "started_at_ms": now,
        },
    )


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


def hand_back(
    connection: sa.Connection, tenant: str, job_id: str, attempt: int, *, crashed: bool, max_crashes: int
) -> Moved | None:
    """Put a running job back into its queue as the next attempt; None where this attempt does not run any more.

    `crashed` says that its child died for no known reason; the `max_crashes`th such death ends the job as `error`:
    an input that kills whoever touches it must not go round for ever.
    """
    row = connection.execute(sa.select(jobs).where(jobs.c.id == job_id, jobs.c.tenant == tenant)).one_or_none()
    if row is None or row.attempt != attempt or row.status != JobStatus.RUNNING:
        return None
    job = job_from_row(row)
    crashes = job.crashes + crashed
    if crashed and crashes >= max_crashes:
        error = {
            "error_code": "PLUGIN_CRASH",
            "message": f"The process that ran the tool died {crashes} times; the job is not tried again.",
        }
        return _move(connection, job, JobStatus.ERROR, {**_ended(), "crashes": crashes, "error": error})
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
        },
    )


def advance(
    connection: sa.Connection, job_id: str, attempt: int, *, from_n: int, to_n: int, values: dict[str, Any]
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


def committed_n(connection: sa.Connection, job_id: str, attempt: int) -> int | None:
    """How many messages of this attempt are in the log; None where another attempt has begun."""
    row = connection.execute(sa.select(jobs.c.attempt, jobs.c.last_n).where(jobs.c.id == job_id)).one_or_none()
    return None if row is None or row.attempt != attempt else int(row.last_n)


def _ended() -> dict[str, Any]:
    return {"finished_at_ms": now_ms(), "worker_id": None, "lease_until_ms": None}


def _get(connection: sa.Connection, tenant: str, job_id: str) -> Job:
    row = connection.execute(sa.select(jobs).where(jobs.c.id == job_id, jobs.c.tenant == tenant)).one_or_none()
    if row is None:
        raise JobNotFound(f"There is no job {job_id}")
    return job_from_row(row)


def _move(connection: sa.Connection, job: Job, target: JobStatus, values: dict[str, Any]) -> Moved | None:
    """The one place where a status changes outside a worker's own stream; None where somebody else was faster."""
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
    return Moved(after, append(connection, job.tenant, [after.status_draft()]))


def _next_in_line(connection: sa.Connection, queues: list[str]) -> Job | None:
    running = {
        row.tenant: row.running
        for row in connection.execute(
            sa.select(jobs.c.tenant, sa.func.count().label("running"))
            .where(jobs.c.status == JobStatus.RUNNING)
            .group_by(jobs.c.tenant)
        )
    }
    candidates = [
        (running.get(tenant, 0), job.priority, job.id, job)
        for queue in queues
        for tenant in _waiting_tenants(connection, queue)
        if (job := _first_of(connection, queue, tenant)) is not None
    ]
    return min(candidates)[-1] if candidates else None


def _waiting_tenants(connection: sa.Connection, queue: str) -> list[str]:
    """The tenants with queued jobs, by one index look-up each however long their queues are."""
    waiting: list[str] = []
    while True:
        conditions = [jobs.c.status == JobStatus.QUEUED, jobs.c.queue == queue]
        if waiting:
            conditions.append(jobs.c.tenant > waiting[-1])
        tenant = connection.execute(sa.select(sa.func.min(jobs.c.tenant)).where(*conditions)).scalar_one()
        if tenant is None:
            return waiting
        waiting.append(tenant)


def _first_of(connection: sa.Connection, queue: str, tenant: str) -> Job | None:
    row = connection.execute(
        sa.select(jobs)
        .where(jobs.c.status == JobStatus.QUEUED, jobs.c.queue == queue, jobs.c.tenant == tenant)
        .order_by(jobs.c.priority, jobs.c.id)
        .limit(1)
        # Another worker's claim is stepped over, not waited for (PostgreSQL; SQLite has one writer anyway).
        .with_for_update(skip_locked=True)
    ).one_or_none()
    return None if row is None else job_from_row(row)
