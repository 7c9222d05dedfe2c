"""What is asked of jobs: one, a page, what a worker holds, what has expired. Moves are in transitions.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from app.database.schema import forgotten_jobs, job_terms, jobs
from app.errors import JobNotFound
from app.jobs import search
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

    By keyset on the id, for ids sort by time: the thousandth page costs what the first does. Each filter has an index
    that ends with the id, so what a page costs does not depend on how many jobs there are.
    """
    if not query.text:
        return _read_page(connection, sa.select(*_LISTED).where(jobs.c.tenant == tenant), jobs.c.id, query)
    found: dict[str, Job] = {}
    ids = search.ids_that_begin(query.text)
    if ids is not None:
        statement = sa.select(*_LISTED).where(jobs.c.tenant == tenant, jobs.c.id.between(*ids))
        for job in _read_page(connection, statement, jobs.c.id, query):
            found[job.id] = job
    words = search.words_of(query.text)
    # Who names a whole job means that one.
    if words and not (found and ids is not None and ids[0] == ids[1]):
        for job in _read_page(connection, _with_words(tenant, words), job_terms.c.job_id, query):
            found[job.id] = job
    # Two lists in the same order, each with all that can be on this page.
    return sorted(found.values(), key=lambda job: job.id, reverse=not query.oldest_first)[: query.limit]


def _with_words(tenant: str, words: list[str]) -> sa.Select[Any]:
    """Jobs in whose input's name each of these words begins a word."""
    # The longest is likely the rarest: its jobs are gone through, and the others looked up for each.
    longest, *others = sorted(words, key=len, reverse=True)
    # A term's tenant is its job's. To ask for the job's too would have databases begin with all jobs of the tenant.
    statement = (
        sa.select(*_LISTED)
        .select_from(job_terms.join(jobs, jobs.c.id == job_terms.c.job_id))
        .where(job_terms.c.tenant == tenant, job_terms.c.term == longest)
    )
    for word in others:
        other = job_terms.alias()
        there = sa.exists().where(other.c.tenant == tenant, other.c.term == word, other.c.job_id == job_terms.c.job_id)
        statement = statement.where(there)
    return statement


def _read_page(
    connection: sa.Connection,
    statement: sa.Select[Any],
    job_id: sa.Column[str],
    query: JobQuery,
) -> list[Job]:
    """One page of what is selected; `job_id` is the column whose order the index has."""
    conditions: list[sa.ColumnElement[bool]] = []
    if query.status is not None:
        conditions.append(jobs.c.status == query.status)
    if query.plugin is not None:
        conditions.append(jobs.c.plugin == query.plugin)
    if query.batch_id is not None:
        conditions.append(jobs.c.batch_id == query.batch_id)
    # Of both sides of a join: PostgreSQL may go along either.
    for column in dict.fromkeys((job_id, jobs.c.id)):
        if query.created_after_ms is not None:
            conditions.append(column >= first_id_at(query.created_after_ms))
        if query.created_before_ms is not None:
            conditions.append(column < first_id_at(query.created_before_ms))
        if query.after is not None:
            conditions.append(column > query.after if query.oldest_first else column < query.after)
    order = job_id.asc() if query.oldest_first else job_id.desc()
    return [
        job_from_row(row) for row in connection.execute(statement.where(*conditions).order_by(order).limit(query.limit))
    ]


def there_among(connection: sa.Connection, job_ids: list[str]) -> frozenset[str]:
    """Of these ids those of jobs that are there."""
    return frozenset(connection.execute(sa.select(jobs.c.id).where(jobs.c.id.in_(job_ids))).scalars())


def ids_among(connection: sa.Connection, job_ids: list[str]) -> frozenset[str]:
    """Of these ids those of jobs that are there, or that are being forgotten."""
    going = connection.execute(sa.select(forgotten_jobs.c.id).where(forgotten_jobs.c.id.in_(job_ids))).scalars()
    return there_among(connection, job_ids).union(going)


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
