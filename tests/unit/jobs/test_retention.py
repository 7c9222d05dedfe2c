"""What is forgotten, and at what price."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from app.database.engine import Database
from app.database.schema import events, tool_runs
from app.errors import JobNotFound
from app.jobs import retention, store, transitions, usage
from app.jobs.ids import now_ms
from app.jobs.job import Job, JobStatus
from app.realtime import event_log
from app.realtime.events import Draft
from app.realtime.message_types import MessageType

OLD_ID = "00000000-0000-7000-8000-00000000000{}"


def ids(database: Database) -> list[str]:
    """All jobs, the oldest first."""
    with database.read() as connection:
        return [job.id for job in store.page(connection, "default", store.JobQuery(oldest_first=True)).jobs]


def log_of(database: Database, job_id: str) -> int:
    """How many events of a job are there."""
    with database.read() as connection:
        found = sa.select(sa.func.count()).where(events.c.job_id == job_id)
        return int(connection.execute(found).scalar_one())


def test_forgets_old_jobs_that_ended(database: Database, new_job: Callable[..., Job]) -> None:
    """Jobs that ended before the cutoff go; those that wait or ended later stay, however old."""
    ended = [new_job(id=OLD_ID.format(n), status=JobStatus.DONE, finished_at_ms=n) for n in (2, 1)]
    waiting = new_job(id=OLD_ID.format(3))
    late = new_job(id=OLD_ID.format(4), status=JobStatus.ERROR, finished_at_ms=now_ms())
    with database.write() as connection:
        for job in (*ended, waiting, late):
            transitions.submit(connection, job)

        retention.forget_expired(connection, now_ms() - 1000)

        assert {job.id for job in retention.left_over(connection)} == {OLD_ID.format(1), OLD_ID.format(2)}
    assert ids(database) == [waiting.id, late.id]


def test_those_that_ended_first_go_where_they_take_too_much(database: Database, new_job: Callable[..., Job]) -> None:
    """As few as make room; what was not measured yet does not count."""
    with database.write() as connection:
        for number in (1, 2, 3, 4):
            job = new_job(id=OLD_ID.format(number), status=JobStatus.DONE, finished_at_ms=10 - number)
            transitions.submit(connection, job)
            if number < 4:
                usage.put_in(connection, job.id, 100)

        retention.forget_over(connection, 250)
        assert usage.total(connection) == 200
        retention.forget_over(connection, 250)

    # The third ended first of those that were measured.
    assert ids(database) == [OLD_ID.format(1), OLD_ID.format(2), OLD_ID.format(4)]


def test_what_a_job_takes_is_counted_once(database: Database, new_job: Callable[..., Job]) -> None:
    """By whoever is first to say so; and it is no more when the job has gone."""
    job = new_job(status=JobStatus.DONE, finished_at_ms=1, input_bytes=5_000)
    with database.write() as connection:
        transitions.submit(connection, job)
        (measured,) = usage.unmeasured(connection, 10)
        for _ in range(2):
            usage.put_in(connection, job.id, measured.known_bytes)

        assert usage.total(connection) == measured.known_bytes > 5_000
        assert usage.unmeasured(connection, 10) == []
        retention.purge(connection, "default", job.id)
        assert usage.total(connection) == 0


def test_a_huge_log_goes_in_steps(
    database: Database, new_job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job is gone at once; its events follow, no more than a step's number in a transaction."""
    monkeypatch.setattr(retention, "EVENTS_A_STEP", 10)
    job, other = (new_job(status=JobStatus.DONE, finished_at_ms=1) for _ in range(2))
    draft = Draft(MessageType.FRAME, "{}", "", job.id, 1)
    with database.write() as connection:
        for one in (job, other):
            transitions.submit(connection, one)
        event_log.append(connection, "default", [draft] * 24)

    with database.write() as connection:
        forgotten = retention.purge(connection, "default", job.id)
    left = [log_of(database, job.id)]
    done = False
    while not done:
        with database.write() as connection:
            done = retention.delete_events(connection, forgotten)
        left.append(log_of(database, job.id))

    assert left == [25, 15, 5, 0]
    assert ids(database) == [other.id]
    assert log_of(database, other.id) == 1


def test_who_dies_in_between_leaves_it_to_the_sweep(
    database: Database, new_job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until all of it is gone it is on the sweep's list, but not while whoever began is at it."""
    job = new_job(status=JobStatus.DONE, finished_at_ms=1)
    with database.write() as connection:
        transitions.submit(connection, job)
        forgotten = retention.purge(connection, "default", job.id)
        assert retention.left_over(connection) == []

        later = now_ms() + retention.GRACE_MS
        monkeypatch.setattr(retention, "now_ms", lambda: later)

        assert retention.left_over(connection) == [forgotten]
        retention.finish(connection, forgotten)
        assert retention.left_over(connection) == []


def test_a_job_is_purged_by_one(database: Database, new_job: Callable[..., Job]) -> None:
    """The second is told that it is not there."""
    job = new_job(status=JobStatus.DONE, finished_at_ms=1)
    with database.write() as connection:
        transitions.submit(connection, job)
        retention.purge(connection, "default", job.id)

    with database.write() as connection, pytest.raises(JobNotFound):
        retention.purge(connection, "default", job.id)


@pytest.mark.parametrize("by_age", [True, False])
def test_the_floor_rises_with_what_is_too_old(database: Database, new_job: Callable[..., Job], *, by_age: bool) -> None:
    """To before the first event that is there; what a user purges leaves it, for whoever watches misses nothing."""
    first, second, third = (
        new_job(id=OLD_ID.format(number), status=JobStatus.DONE, finished_at_ms=number) for number in (1, 2, 3)
    )
    with database.write() as connection:
        for job in (first, second, third):
            transitions.submit(connection, job)
        floors = []
        for job in (second, first):
            if by_age:
                retention.forget_expired(connection, 3)
            else:
                retention.purge(connection, "default", job.id)
            forgotten = retention.Forgotten(job.id, "default")
            retention.delete_events(connection, forgotten)
            retention.finish(connection, forgotten)
            floors.append(event_log.state(connection).floors["default"])

    assert floors == ([0, 1] if by_age else [0, 0])


def test_a_round_looks_through_no_table(database: Database, new_job: Callable[..., Job]) -> None:
    """Each statement of a round goes by an index in the order it needs: it holds the lock that every commit needs."""
    if database.url.startswith("postgresql"):
        pytest.skip("which way PostgreSQL goes depends on how much is there")
    statements: list[tuple[str, object]] = []

    def note(_: object, __: object, statement: str, parameters: object, *___: object) -> None:
        statements.append((statement, parameters))

    with database.write() as connection:
        job = new_job(id=OLD_ID.format(1), status=JobStatus.DONE, finished_at_ms=1)
        transitions.submit(connection, job)
        sa.event.listen(connection, "before_cursor_execute", note)
        usage.unmeasured(connection, 10)
        usage.put_in(connection, job.id, 10)
        retention.forget_over(connection, 100)
        retention.forget_expired(connection, now_ms())
        (forgotten,) = retention.left_over(connection)
        retention.delete_events(connection, forgotten)
        retention.finish(connection, forgotten)
        sa.event.remove(connection, "before_cursor_execute", note)
        plans = {
            statement: [
                row.detail
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
            ]
            for statement, parameters in statements
            if not statement.startswith("INSERT")
        }

    assert any("DELETE FROM jobs" in statement for statement in plans)
    for statement, plan in plans.items():
        assert not any("TEMP B-TREE" in step for step in plan), f"{statement} sorts: {plan}"
        if "FROM stored" not in statement and "UPDATE stored" not in statement:
            # `stored` has one row.
            assert all(step.startswith(("SEARCH", "LIST SUBQUERY")) or "ix_jobs_unm" in step for step in plan), (
                f"{statement}: {plan}"
            )
    with database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(tool_runs)).scalar_one() == 0
