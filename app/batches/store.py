"""What is asked and changed of batches' rows.

An item's status is its newest job's; so nothing has to be kept in step, and the counts are those of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa

from app.batches.batch import NO_COUNTS, Batch, Item, ItemState, batch_from_row
from app.database.schema import batch_items, batches, events, jobs, turns
from app.errors import BatchNotEnded, BatchNotFound, TransomError
from app.jobs import retention, transitions
from app.jobs.ids import now_ms
from app.jobs.job import Job, JobStatus, job_from_row
from app.realtime.event_log import append
from app.realtime.events import LogEvent
from app.webhooks import outbox
from app.webhooks import store as webhooks

#: Jobs that one transaction makes, ends or forgets: it holds the write lock for a few dozen milliseconds.
JOBS_A_STEP: Final = 100
#: Batches a round of the sweep.
BATCHES_A_ROUND: Final = 20

_STATUS: Final = sa.case(
    (jobs.c.status.is_not(None), jobs.c.status),
    (batch_items.c.ended_as.is_not(None), batch_items.c.ended_as),
    (batch_items.c.error.is_not(sa.null()), JobStatus.ERROR.value),
    else_=JobStatus.QUEUED.value,
)
_ITEMS_AND_JOBS: Final = batch_items.outerjoin(jobs, jobs.c.id == batch_items.c.job_id)
#: Items that are still to be made jobs.
_WAITING: Final = (
    batch_items.c.job_id.is_(None),
    batch_items.c.error.is_(sa.null()),
    batch_items.c.ended_as.is_(None),
)
#: What a list of items needs of their jobs: results may be large.
_LISTED: Final = [column for column in jobs.c if column is not jobs.c.result]


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """An item that is to be made a job."""

    n: int
    name: str | None
    source: dict[str, Any]
    input_id: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an item came to: a job, or the reason why not."""

    n: int
    job: Job | None
    error: dict[str, str] | None = None


def insert(connection: sa.Connection, batch: Batch, items: Sequence[Item]) -> list[LogEvent]:
    """Insert a batch with all its items; its log begins here."""
    connection.execute(sa.insert(batches).values(batch.row()))
    connection.execute(
        sa.insert(batch_items),
        [
            {
                "batch_id": batch.id,
                "n": item.n,
                "tenant": batch.tenant,
                "line": item.line,
                "name": item.name,
                "source": item.source,
                "input_id": item.input_id,
                "error": item.error,
            }
            for item in items
        ],
    )
    return roll_up(connection, batch.tenant, batch.id)


def get(connection: sa.Connection, tenant: str, batch_id: str) -> Batch:
    """A batch with its counts as they are now; raises `BatchNotFound`, also for another tenant's."""
    batch = _read(connection, tenant, batch_id)
    return replace(batch, counts=_counted(connection, batch_id))


def page(connection: sa.Connection, tenant: str, *, after: str | None, limit: int) -> list[Batch]:
    """A page of batches, newest first, with their counts as told last."""
    statement = sa.select(batches).where(batches.c.tenant == tenant)
    if after is not None:
        statement = statement.where(batches.c.id < after)
    return [batch_from_row(row) for row in connection.execute(statement.order_by(batches.c.id.desc()).limit(limit))]


def items(
    connection: sa.Connection, tenant: str, batch_id: str, *, status: JobStatus | None, after: int, limit: int
) -> list[ItemState]:
    """A page of items by their numbers; raises `BatchNotFound`."""
    _read(connection, tenant, batch_id)
    statement = (
        sa.select(
            batch_items.c.n,
            batch_items.c.line,
            batch_items.c.name.label("item_name"),
            batch_items.c.error.label("item_error"),
            batch_items.c.job_id,
            _STATUS.label("item_status"),
            *_LISTED,
        )
        .select_from(_ITEMS_AND_JOBS)
        .where(batch_items.c.batch_id == batch_id, batch_items.c.n > after)
        .order_by(batch_items.c.n)
        .limit(limit)
    )
    if status is not None:
        statement = statement.where(_STATUS.in_([status.value]))
    return [
        ItemState(
            row.n,
            row.line,
            row.item_name,
            JobStatus(row.item_status),
            row.item_error,
            row.job_id,
            None if row.id is None else job_from_row(row),
        )
        for row in connection.execute(statement)
    ]


def roll_up(connection: sa.Connection, tenant: str, batch_id: str) -> list[LogEvent]:
    """Count its items, and tell of it where that has changed. Does nothing for a batch that is not there."""
    # Locked where that is needed, so that whoever counts later also tells later.
    row = connection.execute(
        sa.select(batches).where(batches.c.id == batch_id, batches.c.tenant == tenant).with_for_update()
    ).one_or_none()
    if row is None:
        return []
    batch = batch_from_row(row)
    now = _as_it_is(connection, batch)
    if now == batch:
        return []
    over = now.finished_at_ms is not None
    connection.execute(
        sa.update(batches)
        .where(batches.c.id == batch_id)
        .values(counts=now.counts, finished_at_ms=now.finished_at_ms, pending=now.pending)
    )
    if over:
        connection.execute(sa.delete(turns).where(turns.c.tenant == tenant, turns.c.batch_id == batch_id))
    if over and batch.finished_at_ms is None:
        outbox.add(connection, [outbox.of_batch(now)])
    return append(connection, tenant, [now.status_draft()])


def miscounted(connection: sa.Connection, after: str) -> tuple[list[tuple[str, str]], str]:
    """Tenant and id of batches that are not as was told last, among the first so many that are not over.

    Begins behind the id `after`; also gives where to go on, which is "" after the last.
    """
    rows = connection.execute(
        sa.select(batches)
        .where(batches.c.finished_at_ms.is_(None), batches.c.id > after)
        .order_by(batches.c.id)
        .limit(BATCHES_A_ROUND)
    ).all()
    told = [batch_from_row(row) for row in rows]
    wrong = [(batch.tenant, batch.id) for batch in told if _as_it_is(connection, batch) != batch]
    return wrong, told[-1].id if len(told) == BATCHES_A_ROUND else ""


def next_pending(connection: sa.Connection, after: str = "") -> Batch | None:
    """The first batch behind this id that has items which are to be made jobs."""
    row = connection.execute(
        sa.select(batches).where(batches.c.pending, batches.c.id > after).order_by(batches.c.id).limit(1)
    ).one_or_none()
    return None if row is None else batch_from_row(row)


def waiting_items(connection: sa.Connection, batch_id: str, limit: int = JOBS_A_STEP) -> list[WaitingItem]:
    """The first of its items that are to be made jobs."""
    rows = connection.execute(
        sa.select(batch_items.c.n, batch_items.c.name, batch_items.c.source, batch_items.c.input_id)
        .where(batch_items.c.batch_id == batch_id, *_WAITING)
        .order_by(batch_items.c.n)
        .limit(limit)
    )
    return [WaitingItem(row.n, row.name, row.source or {}, row.input_id) for row in rows]


def make_jobs(
    connection: sa.Connection,
    batch: Batch,
    outcomes: Sequence[Outcome],
    take: Callable[[sa.Connection, Job], None],
) -> tuple[list[LogEvent], list[Job]]:
    """Make items jobs, or say why not; gives the jobs that were made.

    An item that somebody else has seen to meanwhile, or that was cancelled, stays as it is: its job is not made.
    `take` is called for each that is, and may raise why it can't be.
    """
    _lock(connection, batch.id)
    made: list[Job] = []
    for outcome in outcomes:
        one = (batch_items.c.batch_id == batch.id, batch_items.c.n == outcome.n)
        changed = connection.execute(
            sa.update(batch_items)
            .where(*one, *_WAITING)
            .values(job_id=None if outcome.job is None else outcome.job.id, error=outcome.error or sa.null())
        )
        if changed.rowcount != 1 or outcome.job is None:
            continue
        try:
            take(connection, outcome.job)
        except TransomError as error:
            refused = {"code": error.code, "detail": error.detail}
            connection.execute(sa.update(batch_items).where(*one).values(job_id=None, error=refused))
        else:
            made.append(outcome.job)
    if not waiting_items(connection, batch.id, 1):
        connection.execute(sa.update(batches).where(batches.c.id == batch.id).values(pending=False))
    return transitions.submit_all(connection, batch.tenant, made), made


def ids_among(connection: sa.Connection, ids: Sequence[str]) -> set[str]:
    """Those under which the input of an item is stored that is no job: it may be made one, also by a retry."""
    needed = sa.select(batch_items.c.input_id).where(batch_items.c.input_id.in_(ids), batch_items.c.job_id.is_(None))
    return set(connection.execute(needed).scalars())


def cancel(connection: sa.Connection, tenant: str, batch_id: str) -> None:
    """Make no more jobs of it; those that were made are ended by `cancel_jobs`. Raises `BatchNotFound`."""
    _lock(connection, batch_id)
    batch = _read(connection, tenant, batch_id)
    if batch.finished_at_ms is not None:
        return
    connection.execute(sa.update(batches).where(batches.c.id == batch_id).values(cancelled=True, pending=False))
    connection.execute(
        sa.update(batch_items)
        .where(batch_items.c.batch_id == batch_id, *_WAITING)
        .values(ended_as=JobStatus.CANCELLED.value)
    )


def cancel_jobs(connection: sa.Connection, tenant: str, batch_id: str) -> list[LogEvent] | None:
    """End a step's number of its jobs; None where all have ended."""
    rows = connection.execute(
        sa.select(jobs)
        .where(
            jobs.c.tenant == tenant,
            jobs.c.batch_id == batch_id,
            jobs.c.status.in_([JobStatus.QUEUED, JobStatus.RUNNING]),
        )
        .limit(JOBS_A_STEP)
    ).all()
    return transitions.cancel_all(connection, [job_from_row(row) for row in rows]) if rows else None


def retry(connection: sa.Connection, tenant: str, batch_id: str, statuses: Sequence[JobStatus]) -> int:
    """Have its items of these statuses made jobs anew; returns how many. Raises `BatchNotFound`.

    Lines of the manifest that can't be understood stay what they are.
    """
    _lock(connection, batch_id)
    _read(connection, tenant, batch_id)
    again = connection.execute(
        sa.select(batch_items.c.n, batch_items.c.job_id)
        .select_from(_ITEMS_AND_JOBS)
        .where(
            batch_items.c.batch_id == batch_id,
            _STATUS.in_([status.value for status in statuses]),
            sa.or_(batch_items.c.job_id.is_not(None), batch_items.c.source.is_not(sa.null())),
        )
    ).all()
    for row in again:
        values: dict[str, Any] = {"error": sa.null(), "ended_as": None, "job_id": None}
        if row.job_id is not None:
            values |= {"source": {"kind": "job", "job_id": row.job_id}, "input_id": None}
        connection.execute(
            sa.update(batch_items).where(batch_items.c.batch_id == batch_id, batch_items.c.n == row.n).values(values)
        )
    if again:
        connection.execute(
            sa.update(batches)
            .where(batches.c.id == batch_id)
            .values(pending=True, cancelled=False, finished_at_ms=None)
        )
    return len(again)


def purge_jobs(connection: sa.Connection, tenant: str, batch_id: str) -> bool:
    """Forget a step's number of its jobs, for the sweep to delete what they had; True where all of it is gone.

    Raises `BatchNotFound`, and `BatchNotEnded` where something of it waits or runs.
    """
    batch = get(connection, tenant, batch_id)
    if batch.ended < batch.total:
        raise BatchNotEnded(f"{batch.total - batch.ended} of its items have not ended: cancel it first")
    ids = connection.execute(
        sa.select(jobs.c.id).where(jobs.c.tenant == tenant, jobs.c.batch_id == batch_id).limit(JOBS_A_STEP)
    ).scalars()
    left = list(ids)
    for job_id in left:
        retention.forget(connection, tenant, job_id)
    if len(left) == JOBS_A_STEP:
        return False
    _delete(connection, [batch_id])
    return True


def expired(connection: sa.Connection, cutoff_ms: int) -> list[str]:
    """Batches that ended before `cutoff_ms` and have no job left, at most a round's number."""
    ids = connection.execute(
        sa.select(batches.c.id)
        .where(
            batches.c.finished_at_ms < cutoff_ms,
            ~sa.exists().where(jobs.c.tenant == batches.c.tenant, jobs.c.batch_id == batches.c.id),
        )
        .order_by(batches.c.finished_at_ms)
        .limit(BATCHES_A_ROUND)
    )
    return list(ids.scalars())


def forget_expired(connection: sa.Connection, cutoff_ms: int) -> None:
    """Forget those."""
    _delete(connection, expired(connection, cutoff_ms))


def _delete(connection: sa.Connection, ids: list[str]) -> None:
    if ids:
        # What was said of their jobs goes with these.
        connection.execute(sa.delete(events).where(events.c.batch_id.in_(ids), events.c.job_id.is_(None)))
        connection.execute(sa.delete(batch_items).where(batch_items.c.batch_id.in_(ids)))
        connection.execute(sa.delete(turns).where(turns.c.batch_id.in_(ids)))
        webhooks.forget_of_batches(connection, ids)
        connection.execute(sa.delete(batches).where(batches.c.id.in_(ids)))


def _lock(connection: sa.Connection, batch_id: str) -> None:
    """Whoever changes a batch and its items has its row first, then items, then the log's head: so nobody deadlocks."""
    connection.execute(sa.select(batches.c.id).where(batches.c.id == batch_id).with_for_update())


def _as_it_is(connection: sa.Connection, told: Batch) -> Batch:
    """The batch by its rows, whatever was told last."""
    now = replace(told, counts=_counted(connection, told.id))
    pending = bool(waiting_items(connection, told.id, 1))
    over = now.ended >= now.total
    return replace(now, pending=pending, finished_at_ms=(told.finished_at_ms or now_ms()) if over else None)


def _read(connection: sa.Connection, tenant: str, batch_id: str) -> Batch:
    row = connection.execute(
        sa.select(batches).where(batches.c.id == batch_id, batches.c.tenant == tenant)
    ).one_or_none()
    if row is None:
        raise BatchNotFound(f"There is no batch {batch_id[:64]}")
    return batch_from_row(row)


def _counted(connection: sa.Connection, batch_id: str) -> dict[str, int]:
    rows = connection.execute(
        sa.select(_STATUS.label("status"), sa.func.count().label("number"))
        .select_from(_ITEMS_AND_JOBS)
        .where(batch_items.c.batch_id == batch_id)
        .group_by(_STATUS)
    )
    return {**NO_COUNTS, **{str(row.status): int(row.number) for row in rows}}
