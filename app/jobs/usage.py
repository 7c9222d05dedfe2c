"""What ended jobs take in blobs and log: measured once each, after the end, and kept as one sum.

A job's input counts for each job that has it, also where retries share one file: so it is never less than is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from app.database.insertion import insert_unless_there
from app.database.schema import EVERYONE, events, jobs, stored

#: What a row of the log takes beside its payload, with its place in two indexes.
EVENT_BYTES: Final = 200

_NOTE: Final = (
    sa.update(jobs)
    .where(jobs.c.id == sa.bindparam("b_id"), jobs.c.stored_bytes.is_(None))
    .values(stored_bytes=sa.bindparam("stored_bytes"))
)
_LOG_BYTES: Final = sa.select(
    sa.func.coalesce(sa.func.sum(sa.func.length(events.c.payload)), 0), sa.func.count()
).where(events.c.tenant == sa.bindparam("tenant"), events.c.job_id == sa.bindparam("job_id"))


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A job that has ended, and what its input and its log take."""

    id: str
    known_bytes: int


def total(connection: sa.Connection) -> int:
    """What all jobs that were measured take, in bytes."""
    return int(connection.execute(sa.select(stored.c.bytes)).scalar_one_or_none() or 0)


def unmeasured(connection: sa.Connection, limit: int) -> list[Unmeasured]:
    """Jobs that have ended and were not measured yet."""
    rows = connection.execute(
        sa.select(jobs.c.id, jobs.c.tenant, jobs.c.input_bytes)
        .where(jobs.c.stored_bytes.is_(None), jobs.c.finished_at_ms.is_not(None))
        .order_by(jobs.c.id)
        .limit(limit)
    ).all()
    return [Unmeasured(row.id, row.input_bytes + _log_bytes(connection, row.tenant, row.id)) for row in rows]


def put_in(connection: sa.Connection, job_id: str, measured_bytes: int) -> None:
    """Note what a job takes, once; does nothing where it is gone."""
    put_in_all(connection, {job_id: measured_bytes})


def put_in_all(connection: sa.Connection, measured: Mapping[str, int]) -> None:
    """The same for several, by their ids."""
    together = 0
    for job_id, measured_bytes in measured.items():
        noted = connection.execute(_NOTE, {"b_id": job_id, "stored_bytes": measured_bytes})
        together += measured_bytes if noted.rowcount == 1 else 0
    if together:
        _change(connection, together)


def take_out(connection: sa.Connection, measured_bytes: int | None) -> None:
    """A job that was measured so goes, or is to be measured again."""
    if measured_bytes:
        _change(connection, -measured_bytes)


def measure_again(connection: sa.Connection, job_id: str) -> None:
    """A job takes more, or less, than when it was measured."""
    locked = sa.select(jobs.c.stored_bytes).where(jobs.c.id == job_id).with_for_update()
    take_out(connection, connection.execute(locked).scalar_one_or_none())
    connection.execute(sa.update(jobs).where(jobs.c.id == job_id).values(stored_bytes=None))


def _change(connection: sa.Connection, difference: int) -> None:
    insert_unless_there(connection, stored, {"tenant": EVERYONE, "bytes": 0})
    connection.execute(sa.update(stored).values(bytes=stored.c.bytes + difference))


def _log_bytes(connection: sa.Connection, tenant: str, job_id: str) -> int:
    texts, rows = connection.execute(_LOG_BYTES, {"tenant": tenant, "job_id": job_id}).one()
    return int(texts) + int(rows) * EVENT_BYTES
