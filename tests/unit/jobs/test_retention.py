"""What is forgotten, and at what price."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from app.database.engine import Database
from app.jobs import retention, store, transitions
from app.jobs.ids import now_ms
from app.jobs.job import Job, JobStatus

OLD_ID = "00000000-0000-7000-8000-00000000000{}"


def test_forgets_old_jobs_that_ended(database: Database, new_job: Callable[..., Job]) -> None:
    """Jobs that ended before the cutoff go, the oldest first; those that wait or ended later stay, however old."""
    ended = [new_job(id=OLD_ID.format(n), status=JobStatus.DONE, finished_at_ms=1) for n in (2, 1)]
    waiting = new_job(id=OLD_ID.format(3))
    late = new_job(id=OLD_ID.format(4), status=JobStatus.ERROR, finished_at_ms=now_ms())
    with database.write() as connection:
        for job in (*ended, waiting, late):
            transitions.submit(connection, job)

        forgotten = retention.purge_expired(connection, now_ms() - 1000)

        assert forgotten == [OLD_ID.format(1), OLD_ID.format(2)]
        left = store.page(connection, "default", store.JobQuery(oldest_first=True))
        assert [job.id for job in left] == [waiting.id, late.id]


def test_a_round_looks_through_no_table(database: Database, new_job: Callable[..., Job]) -> None:
    """Each statement of a round goes by an index in the order it needs: it holds the lock that every commit needs."""
    statements: list[tuple[str, object]] = []

    def note(_: object, __: object, statement: str, parameters: object, *___: object) -> None:
        statements.append((statement, parameters))

    with database.write() as connection:
        transitions.submit(connection, new_job(id=OLD_ID.format(1), status=JobStatus.DONE, finished_at_ms=1))
        sa.event.listen(connection, "before_cursor_execute", note)
        retention.purge_expired(connection, now_ms())
        sa.event.remove(connection, "before_cursor_execute", note)
        plans = {
            statement: [
                row.detail
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
            ]
            for statement, parameters in statements
        }

    assert len(plans) == 4
    for statement, plan in plans.items():
        assert len(plan) == 1, f"{statement} sorts: {plan}"
        assert plan[0].startswith("SEARCH"), f"{statement}: {plan}"
        assert "(id" in plan[0] or "job_id=?" in plan[0], f"{statement}: {plan}"
