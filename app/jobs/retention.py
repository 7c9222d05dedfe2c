"""What is forgotten: ended jobs, with their events and files, on request, by age, or where they take too much.

A job is forgotten in one short transaction, which deletes its row: from then on it is gone. Its events follow in steps
that keep nobody waiting, then its files. A row of `forgotten_jobs` stays until all of it is done, so that the sweep
goes on where a process died or a storage failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from app.database.schema import batch_items, events, forgotten_jobs, jobs, logs, tool_runs
from app.errors import JobNotEnded, JobNotFound
from app.jobs import renderings, search, store, usage
from app.jobs.ids import now_ms
from app.storage.blobs import BlobStore, input_key, preview_prefix, rendering_prefix
from app.webhooks import store as webhooks

#: Jobs a round: a round holds the write lock, and the next one comes a second later.
JOBS_A_ROUND: Final = 20
#: Events a transaction: it holds the write lock for about ten milliseconds.
EVENTS_A_STEP: Final = 2_000
#: How long whoever forgot a job has for the rest before the sweep sees to it too.
GRACE_MS: Final = 60_000
#: How long after a storage failed to delete a job's files it is tried again.
AGAIN_MS: Final = 300_000


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A job that is gone, and of which events or files may be left."""

    id: str
    tenant: str


def due(connection: sa.Connection, cutoff_ms: int, limit_bytes: int) -> bool:
    """Whether `forget_expired`, or `forget_over` where there is a limit, would find a job to forget."""
    if _oldest(connection, jobs.c.finished_at_ms < cutoff_ms):
        return True
    return bool(
        limit_bytes
        and usage.total(connection) > limit_bytes
        and _oldest(connection, jobs.c.finished_at_ms.is_not(None), jobs.c.stored_bytes.is_not(None))
    )


def forget_expired(connection: sa.Connection, cutoff_ms: int) -> None:
    """Forget jobs that ended before `cutoff_ms`, the oldest first, at most a round's number."""
    for row in _oldest(connection, jobs.c.finished_at_ms < cutoff_ms):
        _forget(connection, Forgotten(row.id, row.tenant), due_ms=0, raises_floor=True)


def forget_over(connection: sa.Connection, limit_bytes: int) -> None:
    """Forget the jobs that ended first, at most a round's number, until the others take no more than `limit_bytes`."""
    over = usage.total(connection) - limit_bytes
    if over <= 0:
        return
    for row in _oldest(connection, jobs.c.finished_at_ms.is_not(None), jobs.c.stored_bytes.is_not(None)):
        if over <= 0:
            return
        _forget(connection, Forgotten(row.id, row.tenant), due_ms=0, raises_floor=True)
        over -= row.stored_bytes


def purge(connection: sa.Connection, tenant: str, job_id: str) -> Forgotten:
    """Forget one job that has ended, for the caller to delete what is left of it.

    Raises `JobNotFound`, and `JobNotEnded` for one that waits or runs. The numbers of its events stay used: a seq at
    or below the head that is not there was deleted.
    """
    job = store.get(connection, tenant, job_id)
    # A terminal status is final, so what was read just now is still so.
    if not job.status.terminal:
        raise JobNotEnded(f"The job is {job.status}: cancel it first", job_status=str(job.status))
    forgotten = Forgotten(job_id, tenant)
    if not _forget(connection, forgotten, due_ms=now_ms() + GRACE_MS, raises_floor=False):
        # Somebody else did, a moment ago.
        raise JobNotFound(f"There is no job {job_id}")
    return forgotten


def forget(connection: sa.Connection, tenant: str, job_id: str) -> None:
    """Forget a job that has ended, and leave to the sweep what is left of it; the log's floor stays where it is."""
    _forget(connection, Forgotten(job_id, tenant), due_ms=0, raises_floor=False)


def left_over(connection: sa.Connection) -> list[Forgotten]:
    """The forgotten jobs that the sweep is to see to."""
    rows = connection.execute(
        sa.select(forgotten_jobs.c.id, forgotten_jobs.c.tenant)
        .where(forgotten_jobs.c.due_ms <= now_ms())
        .order_by(forgotten_jobs.c.due_ms)
        .limit(JOBS_A_ROUND)
    )
    return [Forgotten(row.id, row.tenant) for row in rows]


def delete_events(connection: sa.Connection, job: Forgotten) -> bool:
    """Delete a step's number of its events; True where none is left."""
    step = (
        sa.select(events.c.seq)
        .where(events.c.tenant == job.tenant, events.c.job_id == job.id)
        .order_by(events.c.seq)
        .limit(EVENTS_A_STEP)
    )
    deleted = connection.execute(
        sa.delete(events).where(events.c.tenant == job.tenant, events.c.seq.in_(step.scalar_subquery()))
    )
    if deleted.rowcount == EVENTS_A_STEP:
        return False
    connection.execute(sa.delete(tool_runs).where(tool_runs.c.tenant == job.tenant, tool_runs.c.job_id == job.id))
    return True


def delete_files(blobs: BlobStore, job_id: str) -> None:
    """Delete a job's input, its previews and what was rendered of it."""
    blobs.delete(input_key(job_id))
    blobs.delete(preview_prefix(job_id))
    blobs.delete(rendering_prefix(job_id))


def finish(connection: sa.Connection, job: Forgotten) -> None:
    """Nothing is left of it: its last row goes too.

    Where it went by age or size, the log's floor rises to its last event, or to just before the first that is there.
    """
    row = connection.execute(sa.select(forgotten_jobs).where(forgotten_jobs.c.id == job.id)).one_or_none()
    if row is None:
        return
    connection.execute(sa.delete(forgotten_jobs).where(forgotten_jobs.c.id == job.id))
    if row.raises_floor:
        _raise_floor(connection, row.tenant, row.last_seq)


def try_later(connection: sa.Connection, job: Forgotten) -> None:
    """Its files could not be deleted: the sweep tries again in a while."""
    connection.execute(
        sa.update(forgotten_jobs).where(forgotten_jobs.c.id == job.id).values(due_ms=now_ms() + AGAIN_MS)
    )


def _oldest(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> Sequence[sa.Row[Any, Any, Any]]:
    # Only a job that has ended has an end; naming the statuses too would lead databases to sort all ended jobs.
    return connection.execute(
        sa.select(jobs.c.id, jobs.c.tenant, jobs.c.stored_bytes)
        .where(*conditions)
        .order_by(jobs.c.finished_at_ms)
        .limit(JOBS_A_ROUND)
    ).all()


def _forget(connection: sa.Connection, job: Forgotten, *, due_ms: int, raises_floor: bool) -> bool:
    """Delete the job's row and note what is left to do; False where it is gone already."""
    gone = connection.execute(
        sa.delete(jobs)
        .where(jobs.c.id == job.id)
        .returning(jobs.c.stored_bytes, jobs.c.input_name, jobs.c.batch_id, jobs.c.status, jobs.c.webhook_url)
    ).one_or_none()
    if gone is None:
        return False
    if gone.batch_id is not None:
        # The batch goes on counting it.
        connection.execute(sa.update(batch_items).where(batch_items.c.job_id == job.id).values(ended_as=gone.status))
    if gone.webhook_url is not None:
        webhooks.forget_of_job(connection, job.id)
    renderings.forget(connection, job.id)
    search.take_out(connection, job.tenant, job.id, gone.input_name)
    usage.take_out(connection, gone.stored_bytes)
    last = connection.execute(
        sa.select(sa.func.max(events.c.seq)).where(events.c.tenant == job.tenant, events.c.job_id == job.id)
    ).scalar_one()
    connection.execute(
        sa.insert(forgotten_jobs).values(
            id=job.id, tenant=job.tenant, due_ms=due_ms, raises_floor=raises_floor, last_seq=last or 0
        )
    )
    return True


def _raise_floor(connection: sa.Connection, tenant: str, last_seq: int) -> None:
    # Locks the log's head first: what is being appended has committed, or comes after what is read next.
    locked = sa.update(logs).where(logs.c.tenant == tenant).values(floor=logs.c.floor).returning(logs.c.head)
    head = connection.execute(locked).scalar_one_or_none()
    if head is None:
        return
    first = connection.execute(sa.select(sa.func.min(events.c.seq)).where(events.c.tenant == tenant)).scalar_one()
    floor = min(last_seq, head if first is None else first - 1)
    connection.execute(sa.update(logs).where(logs.c.tenant == tenant, logs.c.floor < floor).values(floor=floor))
