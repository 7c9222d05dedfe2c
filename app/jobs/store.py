"""What is asked of jobs: one, a page, what a worker holds, what has expired. Moves are in transitions.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from app.database.schema import jobs
from app.errors import JobNotFound
from app.jobs.ids import first_id_at
from app.jobs.job import Job, JobStatus, job_from_row

#: What a list of jobs needs: results may be large, and no list shows them.
_LISTED: Final = [column for column in jobs.c if column is not jobs.c.result]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQuery:
    """Which jobs, and which page of them. `after` is the last id of the page before; newest first by default."""

    status: JobStatus | None = None
    plugin: str | None = None
    batch_id: str | None = None
    text: str | None = None
    created_after_ms: int | None = None
    created_before_ms: int | None = None
    oldest_first: bool = False
    after: str | None = None
    limit: int = 50


def get(connection: sa.Connection, tenant: str, job_id: str) -> Job:
    """One job; raises `JobNotFound`, also for another tenant's."""
    row = connection.execute(sa.select(jobs).where(jobs.c.id == job_id, jobs.c.tenant == tenant)).one_or_none()
    if row is None:
        raise JobNotFound(f"There is no job {job_id}")
    return job_from_row(row)


def page(connection: sa.Connection, tenant: str, query: JobQuery) -> list[Job]:
    """A page of jobs, without their results.

    By keyset on the id, for ids sort by time: the thousandth page costs what the first does.
    """
    conditions = [jobs.c.tenant == tenant]
    if query.status is not None:
        conditions.append(jobs.c.status == query.status)
    if query.plugin is not None:
        conditions.append(jobs.c.plugin == query.plugin)
    if query.batch_id is not None:
        conditions.append(jobs.c.batch_id == query.batch_id)
    if query.text:
        conditions.append(
            sa.or_(
                jobs.c.input_name.icontains(query.text, autoescape=True),
                jobs.c.id.startswith(query.text, autoescape=True),
            )
        )
    if query.created_after_ms is not None:
        conditions.append(jobs.c.id >= first_id_at(query.created_after_ms))
    if query.created_before_ms is not None:
        conditions.append(jobs.c.id < first_id_at(query.created_before_ms))
    if query.after is not None:
        conditions.append(jobs.c.id > query.after if query.oldest_first else jobs.c.id < query.after)
    order = jobs.c.id.asc() if query.oldest_first else jobs.c.id.desc()
    statement = sa.select(*_LISTED).where(*conditions).order_by(order).limit(query.limit)
    return [job_from_row(row) for row in connection.execute(statement)]


def renew(connection: sa.Connection, worker_id: str, job_ids: list[str], lease_until_ms: int) -> None:
    """Renew the leases of what this worker's children run."""
    connection.execute(
        sa.update(jobs)
        .where(jobs.c.id.in_(job_ids), jobs.c.worker_id == worker_id, jobs.c.status == JobStatus.RUNNING)
        .values(lease_until_ms=lease_until_ms)
    )


def still_running(connection: sa.Connection, job_ids: list[str]) -> dict[str, int]:
    """Of these jobs those that run, with their attempt: what is missing was cancelled or taken away."""
    statement = sa.select(jobs.c.id, jobs.c.attempt).where(jobs.c.id.in_(job_ids), jobs.c.status == JobStatus.RUNNING)
    return {row.id: row.attempt for row in connection.execute(statement)}


def expired(connection: sa.Connection, now_ms: int, limit: int = 100) -> list[Job]:
    """Running jobs whose lease nobody has renewed."""
    statement = (
        sa.select(jobs)
        .where(jobs.c.status == JobStatus.RUNNING, jobs.c.lease_until_ms < now_ms)
        .order_by(jobs.c.id)
        .limit(limit)
    )
    return [job_from_row(row) for row in connection.execute(statement)]


def running_by_worker(connection: sa.Connection) -> dict[str, int]:
    """How many jobs each worker runs."""
    statement = (
        sa.select(jobs.c.worker_id, sa.func.count().label("running"))
        .where(jobs.c.status == JobStatus.RUNNING)
        .group_by(jobs.c.worker_id)
    )
    return {row.worker_id: row.running for row in connection.execute(statement)}


def waiting_by_queue(connection: sa.Connection) -> dict[str, int]:
    """How many jobs wait in each queue."""
    statement = (
        sa.select(jobs.c.queue, sa.func.count().label("waiting"))
        .where(jobs.c.status == JobStatus.QUEUED)
        .group_by(jobs.c.queue)
    )
    return {row.queue: row.waiting for row in connection.execute(statement)}
