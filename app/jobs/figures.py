"""The installation in numbers, for `/metrics`. Each question costs the same however many jobs there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from app.database.schema import jobs, tool_runs
from app.jobs import fleet
from app.jobs.ids import made_at_ms, now_ms
from app.jobs.job import JobStatus, Priority
from app.webhooks import store as webhooks

#: No status is counted beyond this: so many means "at least so many".
MAX_COUNTED: Final = 100_000
#: Queues and tenants that are looked through for the oldest job that waits.
MAX_LOOKED_AT: Final = 200
#: Runs of tools that are read at once; more of them wait for the next look.
RUNS_A_LOOK: Final = 5_000
#: Numbers are given out before they are committed: a run is old enough once nobody can be about to commit before it.
SETTLED_MS: Final = 2_000


@dataclass(frozen=True, slots=True)
class ToolRun:
    """One run of a tool that has ended."""

    plugin: str
    tool: str
    seconds: float | None
    failed: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers at one moment. `last_run` is the number of the newest run that was read."""

    jobs: dict[str, int]
    oldest_seconds: dict[str, float]
    workers: int
    processes: dict[str, int]
    runs: list[ToolRun]
    last_run: int
    #: Webhooks that wait, and those that are dead.
    webhooks: dict[str, int]


def figures(connection: sa.Connection, last_run: int | None) -> Figures:
    """Read them; of the tools' runs those after `last_run`, or none, where that is None."""
    workers = fleet.workers(connection)
    processes: dict[str, int] = {}
    for worker in workers:
        for queue in worker.queues:
            processes[queue] = processes.get(queue, 0) + worker.processes
    runs, last = _runs(connection, last_run)
    return Figures(
        jobs={status.value: _count(connection, status) for status in JobStatus},
        oldest_seconds=_oldest(connection, set(processes)),
        workers=len(workers),
        processes=processes,
        runs=runs,
        last_run=last,
        webhooks=webhooks.counts(connection),
    )


def _count(connection: sa.Connection, status: JobStatus) -> int:
    some = sa.select(sa.literal(1)).where(jobs.c.status == status).limit(MAX_COUNTED).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())


def _oldest(connection: sa.Connection, served: set[str]) -> dict[str, float]:
    """How long the oldest job of each queue has waited; 0 for a queue that workers serve and where none waits."""
    now = now_ms()
    ages = dict.fromkeys(sorted(served), 0.0)
    queue: str | None = ""
    for _ in range(MAX_LOOKED_AT):
        queue = _next(connection, jobs.c.queue, queue or "")
        if queue is None:
            break
        oldest = _oldest_of(connection, queue)
        if oldest is not None:
            ages[queue] = max(0.0, (now - made_at_ms(oldest)) / 1000)
    return ages


def _oldest_of(connection: sa.Connection, queue: str) -> str | None:
    found: list[str] = []
    tenant: str | None = ""
    for _ in range(MAX_LOOKED_AT):
        tenant = _next(connection, jobs.c.tenant, tenant or "", jobs.c.queue == queue)
        if tenant is None:
            break
        for line in _lines(connection, queue, tenant):
            for priority in Priority:
                # The index ends in the id: its first entry is the oldest.
                first = sa.select(sa.func.min(jobs.c.id)).where(
                    jobs.c.status == JobStatus.QUEUED,
                    jobs.c.queue == queue,
                    jobs.c.tenant == tenant,
                    jobs.c.batch_id.is_(None) if line is None else jobs.c.batch_id == line,
                    jobs.c.priority == priority.value,
                )
                oldest = connection.execute(first).scalar_one()
                found += [oldest] if oldest is not None else []
    return min(found, default=None)


def _lines(connection: sa.Connection, queue: str, tenant: str) -> list[str | None]:
    """The batches whose jobs wait there, the oldest first; None stands for single jobs."""
    lines: list[str | None] = [None]
    for _ in range(MAX_LOOKED_AT):
        batch = _next(connection, jobs.c.batch_id, lines[-1] or "", jobs.c.queue == queue, jobs.c.tenant == tenant)
        if batch is None:
            break
        lines.append(batch)
    return lines


def _next(
    connection: sa.Connection, column: sa.Column[Any], after: str, *conditions: sa.ColumnElement[bool]
) -> str | None:
    """The next value among the queued jobs: one look into the index, however many rows have the same."""
    statement = sa.select(sa.func.min(column)).where(jobs.c.status == JobStatus.QUEUED, column > after, *conditions)
    found = connection.execute(statement).scalar_one()
    return None if found is None else str(found)


def _runs(connection: sa.Connection, after: int | None) -> tuple[list[ToolRun], int]:
    highest = int(connection.execute(sa.select(sa.func.max(tool_runs.c.id))).scalar_one() or 0)
    # Numbers go back when the newest runs are deleted, or others are restored: then it begins anew.
    if after is None or after > highest:
        return [], highest
    settled = now_ms() - SETTLED_MS
    found: list[ToolRun] = []
    for row in connection.execute(
        sa.select(
            tool_runs.c.id,
            tool_runs.c.plugin,
            tool_runs.c.tool,
            tool_runs.c.timing_ms,
            tool_runs.c.failed,
            tool_runs.c.at_ms,
        )
        .where(tool_runs.c.id > after)
        .order_by(tool_runs.c.id)
        .limit(RUNS_A_LOOK)
    ):
        if row.at_ms > settled:
            break
        seconds = None if row.timing_ms is None else row.timing_ms / 1000
        found.append(ToolRun(row.plugin, row.tool, seconds, row.failed))
        after = row.id
    return found, after
