"""The log is trimmed before its jobs go: how far a job had come is worth nothing once it has ended and been seen to.

Frames, statuses, warnings and whatever else tells of an ended job live as long as the job itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from app.database.schema import events, jobs
from app.jobs import usage
from app.realtime.message_types import MessageType

#: Events a transaction.
EVENTS_A_STEP: Final = 2_000


@dataclass(frozen=True, slots=True)
class Trim:
    """The progress of one ended job, by its numbers: all of it, or as much as a step takes."""

    job_id: str
    tenant: str
    seqs: list[int]


def find(connection: sa.Connection, ended_before_ms: int, limit: int) -> list[Trim]:
    """What is to be trimmed of jobs that ended before, the oldest first."""
    rows = connection.execute(
        sa.select(jobs.c.id, jobs.c.tenant)
        .where(sa.not_(jobs.c.trimmed), jobs.c.finished_at_ms < ended_before_ms)
        .order_by(jobs.c.finished_at_ms)
        .limit(limit)
    ).all()
    return [Trim(row.id, row.tenant, _progress(connection, row.tenant, row.id)) for row in rows]


def apply(connection: sa.Connection, trim: Trim) -> None:
    """Delete it; a job of which nothing is left to trim is measured again."""
    if trim.seqs:
        connection.execute(sa.delete(events).where(events.c.tenant == trim.tenant, events.c.seq.in_(trim.seqs)))
    if len(trim.seqs) < EVENTS_A_STEP:
        row = connection.execute(sa.select(jobs.c.stored_bytes).where(jobs.c.id == trim.job_id)).one_or_none()
        again = {} if row is None or not trim.seqs else {"stored_bytes": None}
        connection.execute(sa.update(jobs).where(jobs.c.id == trim.job_id).values(trimmed=True, **again))
        if row is not None and again:
            usage.take_out(connection, row.stored_bytes)


def _progress(connection: sa.Connection, tenant: str, job_id: str) -> list[int]:
    return list(
        connection.execute(
            sa.select(events.c.seq)
            .where(events.c.tenant == tenant, events.c.job_id == job_id, events.c.type == MessageType.PROGRESS)
            .order_by(events.c.seq)
            .limit(EVENTS_A_STEP)
        ).scalars()
    )
