"""What is asked of jobs: one, a page, what a worker holds, what has expired. Moves are in transitions.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from app.database.schema import forgotten_jobs, job_terms, jobs
from app.errors import JobNotFound
from app.jobs import search
from app.jobs.ids import first_id_at, now_ms
from app.jobs.job import Job, JobStatus, job_from_row

#: What a list of jobs needs: results may be large, and no list shows them.
_LISTED: Final = [column for column in jobs.c if column is not jobs.c.result]


#: Jobs with a search's rarest word that one page looks through for the rest of what is asked.
SEARCHED_A_PAGE: Final = 500


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


@dataclass(frozen=True, slots=True)
class Page:
    """A page of jobs without their results; `next_after` is None where nothing can follow.

    A search may end a page before it is full, even before anything is on it: it looks through so many jobs a page,
    and `next_after` goes on from there.
    """

    jobs: list[Job]
    next_after: str | None


def page(connection: sa.Connection, tenant: str, query: JobQuery) -> Page:
    """A page of jobs.

    By keyset on the id, for ids sort by time: the thousandth page costs what the first does. Each filter has an index
    that ends with the id, so what a page costs does not depend on how many jobs there are.
    """
    everything = sa.select(*_LISTED).where(jobs.c.tenant == tenant)
    if not query.text:
        return _cut(_read_page(connection, everything, jobs.c.id, query), query, end=None)
    found: dict[str, Job] = {}
    ids = search.ids_that_begin(query.text)
    if ids is not None:
        for job in _read_page(connection, everything.where(jobs.c.id.between(*ids)), jobs.c.id, query):
            found[job.id] = job
    words = search.words_of(query.text)
    end = None
    # Who names a whole job means that one.
    if words and not (found and ids is not None and ids[0] == ids[1]):
        first, end = _plan_search(connection, tenant, words, query)
        statement = _with_words(tenant, first, [word for word in words if word != first])
        if end is not None:
            statement = statement.where(*(_up_to(column, end, query) for column in (job_terms.c.job_id, jobs.c.id)))
        for job in _read_page(connection, statement, job_terms.c.job_id, query):
            found[job.id] = job
    # Two lists in the same order, each with all that can be on this page.
    return _cut(sorted(found.values(), key=lambda job: job.id, reverse=not query.oldest_first), query, end)


def _cut(listed: list[Job], query: JobQuery, end: str | None) -> Page:
    """The page of what was read in its order; `end` is where a search stopped looking."""
    if end is not None:
        listed = [job for job in listed if (job.id <= end if query.oldest_first else job.id >= end)]
    shown = listed[: query.limit]
    return Page(shown, shown[-1].id if len(listed) > query.limit else end)


def _plan_search(connection: sa.Connection, tenant: str, words: list[str], query: JobQuery) -> tuple[str, str | None]:
    """The rarest word, whose jobs are gone through, and the job at which that stops for this page.

    None where it comes to the end. Words and filters that are seldom met together would else have a page look
    through all jobs with the first word.
    """
    if len(words) == 1 and (query.status, query.plugin, query.batch_id) == (None, None, None):
        return words[0], None
    ends: dict[str, str] = {}
    # The longest is likely the rarest.
    for word in sorted(words, key=len, reverse=True):
        statement = (
            sa.select(job_terms.c.job_id)
            .where(job_terms.c.tenant == tenant, job_terms.c.term == word, *_within(job_terms.c.job_id, query))
            .order_by(_order(job_terms.c.job_id, query))
            .limit(1)
            .offset(SEARCHED_A_PAGE - 1)
        )
        end = connection.execute(statement).scalar_one_or_none()
        if end is None:
            return word, None
        ends[word] = end
    # As many jobs of a rarer word go further.
    first = (max if query.oldest_first else min)(ends, key=ends.__getitem__)
    return first, ends[first]


def _with_words(tenant: str, first: str, others: list[str]) -> sa.Select[Any]:
    """Jobs in whose input's name each of these words begins a word: those with the first are gone through."""
    # A term's tenant is its job's. To ask for the job's too would have databases begin with all jobs of the tenant.
    statement = (
        sa.select(*_LISTED)
        .select_from(job_terms.join(jobs, jobs.c.id == job_terms.c.job_id))
        .where(job_terms.c.tenant == tenant, job_terms.c.term == first)
    )
    for word in others:
        other = job_terms.alias()
        there = sa.select(sa.literal(1)).where(
            other.c.tenant == tenant, other.c.term == word, other.c.job_id == job_terms.c.job_id
        )
        # With a limit, and as a value, it is looked up for each job: of an EXISTS PostgreSQL may make a join with all
        # jobs of the other word.
        statement = statement.where(there.limit(1).scalar_subquery().is_not(None))
    return statement


def _read_page(
    connection: sa.Connection,
    statement: sa.Select[Any],
    job_id: sa.Column[str],
    query: JobQuery,
) -> list[Job]:
    """One page of what is selected, and one job more where there is one.

    `job_id` is the column whose order the index has.
    """
    conditions: list[sa.ColumnElement[bool]] = []
    # A batch is gone through by its own index, whatever else is asked: without statistics SQLite would as soon take
    # that of a plugin, which may have most of the jobs. What is computed has no index.
    status, plugin = (
        (jobs.c.status, jobs.c.plugin)
        if query.batch_id is None
        else (jobs.c.status.concat(""), jobs.c.plugin.concat(""))
    )
    if query.batch_id is not None:
        conditions.append(jobs.c.batch_id == query.batch_id)
    if query.status is not None:
        conditions.append(status == query.status)
    if query.plugin is not None:
        conditions.append(plugin == query.plugin)
    # Of both sides of a join: PostgreSQL may go along either.
    for column in dict.fromkeys((job_id, jobs.c.id)):
        conditions.extend(_within(column, query))
    statement = statement.where(*conditions).order_by(_order(job_id, query)).limit(query.limit + 1)
    return [job_from_row(row) for row in connection.execute(statement)]


def _within(column: sa.Column[str], query: JobQuery) -> Iterator[sa.ColumnElement[bool]]:
    """The window and the page of the query, as conditions of a column of ids."""
    if query.created_after_ms is not None:
        yield column >= first_id_at(query.created_after_ms)
    if query.created_before_ms is not None:
        yield column < first_id_at(query.created_before_ms)
    if query.after is not None:
        yield column > query.after if query.oldest_first else column < query.after


def _up_to(column: sa.Column[str], end: str, query: JobQuery) -> sa.ColumnElement[bool]:
    return column <= end if query.oldest_first else column >= end


def _order(column: sa.Column[str], query: JobQuery) -> sa.UnaryExpression[str]:
    return column.asc() if query.oldest_first else column.desc()


def there_among(connection: sa.Connection, job_ids: list[str]) -> frozenset[str]:
    """Of these ids those of jobs that are there."""
    return frozenset(connection.execute(sa.select(jobs.c.id).where(jobs.c.id.in_(job_ids))).scalars())


def ids_among(connection: sa.Connection, job_ids: list[str]) -> frozenset[str]:
    """Of these ids those of jobs that are there, or that are being forgotten."""
    going = connection.execute(sa.select(forgotten_jobs.c.id).where(forgotten_jobs.c.id.in_(job_ids))).scalars()
    return there_among(connection, job_ids).union(going)


def renew(connection: sa.Connection, worker_id: str, job_ids: list[str], lease_ms: int) -> None:
    """Renew the leases of what this worker's children run, for so long from when the rows are its own."""
    running = sa.and_(jobs.c.id.in_(job_ids), jobs.c.worker_id == worker_id, jobs.c.status == JobStatus.RUNNING)
    # Whoever holds one of them may do so for longer than a lease; only then is it known from when on it holds.
    connection.execute(sa.select(jobs.c.id).where(running).order_by(jobs.c.id).with_for_update()).all()
    connection.execute(sa.update(jobs).where(running).values(lease_until_ms=now_ms() + lease_ms))


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
