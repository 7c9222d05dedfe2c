"""A job's moves: each is one compare-and-set with its event, and an ended job never moves again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from app.database.engine import Database
from app.database.schema import tool_runs
from app.errors import JobAlreadyEnded, JobNotFound
from app.jobs import claims, retention, store, transitions
from app.jobs.ids import first_id_at, new_id, now_ms
from app.jobs.job import MOVES, Job, JobStatus, Priority
from app.realtime.event_log import read_since, state
from app.realtime.events import Filter

NewJob = Callable[..., Job]


def _submit(database: Database, job: Job) -> Job:
    with database.write() as connection:
        return transitions.submit(connection, job).job


def _claim(database: Database, *queues: str) -> Job | None:
    with database.write() as connection:
        moved = claims.claim(connection, claims.Claim(queues=queues or ("cpu",), worker_id="w", lease_ms=20_000))
    return None if moved is None else moved.job


def _statuses(database: Database, job: Job) -> list[tuple[int | None, str]]:
    with database.read() as connection:
        page = read_since(connection, job.tenant, 0, wanted=Filter(job_ids=frozenset({job.id})))
    return [(event.attempt, event.payload.split('"')[3]) for event in page.events if event.type == "job_status"]


def test_claim_takes_priority_before_age(database: Database, new_job: NewJob) -> None:
    """Of one tenant's jobs the one of higher priority is claimed first, then the older one."""
    low = _submit(database, new_job(priority=Priority.LOW))
    first = _submit(database, new_job())
    second = _submit(database, new_job())
    high = _submit(database, new_job(priority=Priority.HIGH))

    claimed = [_claim(database) for _ in range(5)]

    expected = [high.id, *sorted([first.id, second.id]), low.id]
    assert [job and job.id for job in claimed] == [*expected, None]


def test_claim_is_fair_between_tenants(database: Database, new_job: NewJob) -> None:
    """A tenant with a thousand queued jobs does not starve one with a single job."""
    for _ in range(20):
        _submit(database, new_job(tenant="crowd"))
    single = _submit(database, new_job(tenant="small"))

    claimed = [_claim(database) for _ in range(2)]

    assert single.id in [job and job.id for job in claimed]


def test_claim_sees_only_its_queues(database: Database, new_job: NewJob) -> None:
    """Work for a GPU is not claimed by a worker without one."""
    _submit(database, new_job(queue="gpu"))

    assert _claim(database, "cpu") is None
    assert _claim(database, "cpu", "gpu") is not None


def test_claim_leaves_to_others_what_only_they_have(database: Database, new_job: NewJob) -> None:
    """A job whose plugin another worker has waits for that one, and holds up nobody."""
    theirs = _submit(database, new_job(plugin="codes"))
    ours = _submit(database, new_job())

    with database.write() as connection:
        taken = [
            claims.claim(
                connection,
                claims.Claim(
                    queues=("cpu",),
                    worker_id="w",
                    lease_ms=20_000,
                    left_to_others=frozenset({"codes"}),
                ),
            )
            for _ in range(2)
        ]

    assert [moved and moved.job.id for moved in taken] == [ours.id, None]
    claimed = _claim(database)
    assert claimed is not None
    assert claimed.id == theirs.id


def test_handed_back_job_begins_a_new_attempt(database: Database, new_job: NewJob) -> None:
    """A job that is handed back is queued as the next attempt, and says so in the log."""
    job = _submit(database, new_job())
    _claim(database)

    with database.write() as connection:
        moved = transitions.hand_back(connection, job.tenant, job.id, 1, crashed=True, max_crashes=3)

    assert moved is not None
    assert (moved.job.status, moved.job.attempt, moved.job.crashes) == (JobStatus.QUEUED, 2, 1)
    assert _statuses(database, job) == [(1, "queued"), (1, "running"), (2, "queued")]


def test_late_hand_back_changes_nothing(database: Database, new_job: NewJob) -> None:
    """Whoever hands back an attempt that is over does not disturb the next one."""
    job = _submit(database, new_job())
    _claim(database)
    with database.write() as connection:
        transitions.hand_back(connection, job.tenant, job.id, 1, crashed=False, max_crashes=3)
    _claim(database)

    with database.write() as connection:
        assert transitions.hand_back(connection, job.tenant, job.id, 1, crashed=True, max_crashes=3) is None
    with database.read() as connection:
        assert store.get(connection, job.tenant, job.id).attempt == 2


def test_third_crash_ends_the_job(database: Database, new_job: NewJob) -> None:
    """Three unexplained deaths end a job as `error`; a deploy in between counts for nothing."""
    job = _submit(database, new_job())
    for attempt, crashed in enumerate((True, False, True, True), 1):
        _claim(database)
        with database.write() as connection:
            transitions.hand_back(connection, job.tenant, job.id, attempt, crashed=crashed, max_crashes=3)

    with database.read() as connection:
        ended = store.get(connection, job.tenant, job.id)
    assert (ended.status, ended.crashes, ended.attempt) == (JobStatus.ERROR, 3, 4)
    assert ended.error is not None
    assert ended.error["error_code"] == "PLUGIN_CRASH"


def test_job_that_is_failed_says_why_and_is_fenced_off(database: Database, new_job: NewJob) -> None:
    """Its log ends with the reason and the status, its tool's run counts as failed, and its child is heard no more."""
    job = _submit(database, new_job())
    _claim(database)
    with database.write() as connection:
        moved = transitions.fail(connection, job.tenant, job.id, 1, code="PLUGIN_TIMEOUT", message="Too long.")
    assert moved is not None
    assert [event.type for event in moved.events] == ["error", "job_status"]

    with database.write() as connection:
        again = transitions.fail(connection, job.tenant, job.id, 1, code="PLUGIN_TIMEOUT", message="Too long.")
        assert again is None
        assert not transitions.advance(connection, job.id, 1, from_n=0, to_n=1, values={})
    with database.read() as connection:
        ended = store.get(connection, job.tenant, job.id)
        runs = connection.execute(sa.select(tool_runs.c.tool, tool_runs.c.failed)).all()
    assert (ended.status, ended.error) == (
        JobStatus.ERROR,
        {"error_code": "PLUGIN_TIMEOUT", "message": "Too long."},
    )
    assert [tuple(row) for row in runs] == [(tool, True) for tool in job.tools]


def test_fence_refuses_a_lost_claim(database: Database, new_job: NewJob) -> None:
    """After a cancel or a new attempt, nothing that the old worker says is taken."""
    cancelled = _submit(database, new_job())
    retried = _submit(database, new_job())
    for _ in range(2):
        _claim(database)
    with database.write() as connection:
        transitions.cancel(connection, cancelled.tenant, cancelled.id)
        transitions.hand_back(connection, retried.tenant, retried.id, 1, crashed=False, max_crashes=3)

    with database.write() as connection:
        taken = [
            transitions.advance(connection, job.id, 1, from_n=0, to_n=5, values={"progress": 50})
            for job in (cancelled, retried)
        ]

    assert taken == [False, False]


@pytest.mark.parametrize("status", [status for status in JobStatus if status.terminal])
def test_ended_job_never_moves(database: Database, new_job: NewJob, status: JobStatus) -> None:
    """A terminal status is final: neither cancel nor hand-back nor a worker's word moves it."""
    job = _submit(database, new_job())
    _claim(database)
    with database.write() as connection:
        assert transitions.advance(connection, job.id, 1, from_n=0, to_n=1, values={"status": status})

    with database.write() as connection:
        with pytest.raises(JobAlreadyEnded):
            transitions.cancel(connection, job.tenant, job.id)
        assert transitions.hand_back(connection, job.tenant, job.id, 1, crashed=True, max_crashes=3) is None
        assert not transitions.advance(connection, job.id, 1, from_n=1, to_n=2, values={})
    assert MOVES[status] == frozenset()


def test_another_tenants_job_is_not_there(database: Database, new_job: NewJob) -> None:
    """Another tenant's job answers like one that never was."""
    job = _submit(database, new_job(tenant="theirs"))

    with database.write() as connection, pytest.raises(JobNotFound):
        transitions.cancel(connection, "ours", job.id)
    with database.read() as connection:
        assert store.page(connection, "ours", store.JobQuery()).jobs == []


def test_list_pages_by_key(database: Database, new_job: NewJob) -> None:
    """Pages follow each other without gaps or doubles, newest first, and filters hold."""
    jobs = [_submit(database, new_job(input_name=f"cam_{number}%.mp4")) for number in range(7)]
    newest_first = sorted((job.id for job in jobs), reverse=True)

    pages: list[str] = []
    after = None
    with database.read() as connection:
        while True:
            page = store.page(connection, "default", store.JobQuery(limit=3, after=after))
            pages += [job.id for job in page.jobs]
            after = page.next_after
            if after is None:
                break
        by_text = store.page(connection, "default", store.JobQuery(text="cam_3%")).jobs
        wildcard = store.page(connection, "default", store.JobQuery(text="%")).jobs

    assert pages == newest_first
    assert [job.input_name for job in by_text] == ["cam_3%.mp4"]
    assert wildcard == []


def test_old_jobs_are_forgotten_with_their_events(database: Database, new_job: NewJob) -> None:
    """Retention deletes ended jobs and their events, leaves running ones, and never reuses a number."""
    long_ago = now_ms() - 1_000_000
    old = _submit(database, replace(new_job(), id=first_id_at(long_ago), created_at_ms=long_ago))
    running = _submit(database, replace(new_job(), id=first_id_at(long_ago + 1), created_at_ms=long_ago))
    with database.write() as connection:
        transitions.cancel(connection, old.tenant, old.id)
    with database.read() as connection:
        head = state(connection).head("default")

    with database.write() as connection:
        retention.forget_expired(connection, now_ms() + 1)
        forgotten = retention.left_over(connection)
        assert retention.delete_events(connection, forgotten[0])

    assert [job.id for job in forgotten] == [old.id]
    with database.read() as connection:
        assert store.get(connection, "default", running.id).status is JobStatus.QUEUED
        assert state(connection).head("default") == head
        assert read_since(connection, "default", 0, wanted=Filter(job_ids=frozenset({old.id}))).events == []


def test_ids_sort_by_time() -> None:
    """A later id sorts after an earlier one, and a moment bounds the ids made in it."""
    moment = now_ms()
    made = new_id()

    assert first_id_at(moment) <= made
    assert made < first_id_at(now_ms() + 1)
