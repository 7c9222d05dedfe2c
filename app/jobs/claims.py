"""Which job is next, and giving it to a worker: the one move of a job that has to be quick.

A scribe claims between two commits of its children, on its own loop. So the statements are built once, and run on the
driver itself where that is SQLite's: see app/database/direct.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from app.database.direct import HotConnection
from app.database.insertion import insert_unless_there
from app.database.schema import jobs, turns
from app.jobs.ids import now_ms
from app.jobs.job import Job, JobStatus, job_from_values
from app.jobs.transitions import Moved
from app.realtime.event_log import append

#: The line of a tenant's single jobs, where a batch's has its id.
SINGLE: Final = ""
#: Batches of a tenant that are looked at for its next job.
MAX_LINES: Final = 20

_RUNNING: Final = (
    sa.select(jobs.c.tenant, jobs.c.batch_id, sa.func.count())
    .where(jobs.c.status == JobStatus.RUNNING)
    .group_by(jobs.c.tenant, jobs.c.batch_id)
)
_TURNS: Final = sa.select(turns.c.tenant, turns.c.batch_id, turns.c.at_ms)
_WAITING: Final = (jobs.c.status == JobStatus.QUEUED, jobs.c.queue == sa.bindparam("queue"))
#: The values of a column that an index has, each by one look-up however many rows have it.
_NEXT_TENANT: Final = sa.select(sa.func.min(jobs.c.tenant)).where(*_WAITING, jobs.c.tenant > sa.bindparam("beyond"))
_OF_TENANT: Final = (*_WAITING, jobs.c.tenant == sa.bindparam("tenant"))
_NEXT_BATCH: Final = sa.select(sa.func.min(jobs.c.batch_id)).where(
    *_OF_TENANT, jobs.c.batch_id > sa.bindparam("beyond")
)
_NEXT_BATCH_UP_TO: Final = _NEXT_BATCH.where(jobs.c.batch_id <= sa.bindparam("last"))
_GIVE: Final = (
    sa.update(jobs)
    .where(
        jobs.c.id == sa.bindparam("b_id"),
        jobs.c.attempt == sa.bindparam("b_attempt"),
        jobs.c.status == JobStatus.QUEUED,
    )
    .values(
        {
            name: sa.bindparam(name)
            for name in ("status", "worker_id", "lease_until_ms", "last_n", "progress", "started_at_ms")
        }
    )
)
_NOTE_TURN: Final = (
    sa.update(turns)
    .where(turns.c.tenant == sa.bindparam("b_tenant"), turns.c.batch_id == sa.bindparam("b_line"))
    .values(at_ms=sa.bindparam("at_ms"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a worker's process asks for: the next job of these queues, but of no plugin that is `left_to_others`."""

    queues: tuple[str, ...]
    worker_id: str
    #: From the moment at which it is given: a commit may have waited long for its database.
    lease_ms: int
    left_to_others: frozenset[str] = frozenset()


def claim(connection: HotConnection, wanted: Claim) -> Moved | None:
    """Give the next job to a worker; None where nothing waits that it may have."""
    job = give(connection, wanted)
    return None if job is None else Moved(job, append(connection, job.tenant, [job.status_draft()]))


def give(connection: HotConnection, wanted: Claim) -> Job | None:
    """The row's part of a claim: the caller has to append the job's `status_draft` in the same transaction.

    Fair: the tenant with the fewest running jobs comes first, then priority. Of a tenant's lines, one for each batch
    and one for its single jobs, that with the fewest running jobs comes first, then that which was served longest ago;
    in a line the oldest. Rows of jobs are locked first, then the line's turn; the log's head comes after both.
    """
    job = _next_in_line(connection, wanted)
    if job is None:
        return None
    now = now_ms()
    values: dict[str, Any] = {
        "status": JobStatus.RUNNING,
        "worker_id": wanted.worker_id,
        "lease_until_ms": now + wanted.lease_ms,
        "last_n": 0,
        "progress": 0,
        "started_at_ms": now,
    }
    given = connection.execute(_GIVE, {"b_id": job.id, "b_attempt": job.attempt, **values})
    if given.rowcount != 1:
        return None
    _note_turn(connection, job, now)
    return replace(job, **values)


def _next_in_line(connection: HotConnection, wanted: Claim) -> Job | None:
    running: dict[str, int] = {}
    running_of_line: dict[tuple[str, str], int] = {}
    for tenant, batch_id, number in connection.execute(_RUNNING, {}).all():
        running[tenant] = running.get(tenant, 0) + number
        running_of_line[tenant, batch_id or SINGLE] = number
    served = {(tenant, line): at_ms for tenant, line, at_ms in connection.execute(_TURNS, {}).all()}
    candidates = [
        (
            running.get(tenant, 0),
            job.priority,
            running_of_line.get((tenant, line), 0),
            served.get((tenant, line), 0),
            job.id,
            job,
        )
        for queue in wanted.queues
        for tenant in _distinct(connection, _NEXT_TENANT, {"queue": queue})
        for line in _waiting_lines(connection, queue, tenant, served)
        if (job := _first_of(connection, queue, tenant, line, wanted.left_to_others)) is not None
    ]
    return min(candidates)[-1] if candidates else None


def _waiting_lines(
    connection: HotConnection, queue: str, tenant: str, served: Mapping[tuple[str, str], int]
) -> list[str]:
    """The lines in which jobs of this tenant wait: that of its single jobs, and so many of its batches.

    They go round: those behind the batch that was served last come first, so that each is among them one day.
    """
    of_tenant = {"queue": queue, "tenant": tenant}
    turns_taken = [(at_ms, line) for (owner, line), at_ms in served.items() if owner == tenant and line != SINGLE]
    last = max(turns_taken, default=(0, ""))[1]
    lines = _distinct(connection, _NEXT_BATCH, of_tenant, beyond=last, most=MAX_LINES)
    if last and len(lines) < MAX_LINES:
        most = MAX_LINES - len(lines)
        lines += _distinct(connection, _NEXT_BATCH_UP_TO, of_tenant | {"last": last}, most=most)
    return [SINGLE, *lines]


def _distinct(
    connection: HotConnection,
    following: sa.Select[Any],
    parameters: dict[str, Any],
    *,
    beyond: str = "",
    most: int | None = None,
) -> list[str]:
    """The values behind `beyond`, each by one look-up for the one that follows the last."""
    values: list[str] = []
    while most is None or len(values) < most:
        value = connection.execute(following, {**parameters, "beyond": beyond}).scalar_one()
        if value is None:
            break
        values.append(value)
        beyond = value
    return values


def _first_of(
    connection: HotConnection, queue: str, tenant: str, line: str, left_to_others: frozenset[str]
) -> Job | None:
    parameters = {"queue": queue, "tenant": tenant, **({} if line == SINGLE else {"line": line})}
    row = connection.execute(_first(line == SINGLE, left_to_others), parameters).mappings().one_or_none()
    return None if row is None else job_from_values(dict(row))


@lru_cache(maxsize=64)
def _first(single: bool, left_to_others: frozenset[str]) -> sa.Select[Any]:
    conditions = [*_OF_TENANT, jobs.c.batch_id.is_(None) if single else jobs.c.batch_id == sa.bindparam("line")]
    # One condition a plugin: a list of any length would be a statement of another text each time.
    conditions += [jobs.c.plugin != plugin for plugin in sorted(left_to_others)]
    return (
        sa.select(jobs)
        .where(*conditions)
        .order_by(jobs.c.priority, jobs.c.id)
        .limit(1)
        # Another worker's claim is stepped over, not waited for (PostgreSQL; SQLite has one writer anyway).
        .with_for_update(skip_locked=True)
    )


def _note_turn(connection: HotConnection, job: Job, at_ms: int) -> None:
    """This line was served just now. A batch that has ended takes its turn's row with it."""
    line = job.batch_id or SINGLE
    noted = connection.execute(_NOTE_TURN, {"b_tenant": job.tenant, "b_line": line, "at_ms": at_ms})
    if not noted.rowcount:
        insert_unless_there(connection, turns, {"tenant": job.tenant, "batch_id": line, "at_ms": at_ms})
