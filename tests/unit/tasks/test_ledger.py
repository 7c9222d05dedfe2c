"""The ledger: many children's messages in one transaction, each refused or taken as a whole, and safe to try again."""

from __future__ import annotations

from collections.abc import Callable

from app.database.engine import Database
from app.jobs import claims, store, transitions
from app.jobs.ids import now_ms
from app.jobs.job import Job, JobStatus
from app.realtime.event_log import read_since, state
from app.realtime.events import Filter
from app.realtime.message_types import timestamp_now
from tasks.ledger import Outcome, commit, rehearse
from tasks.run import MAX_WAITING, Run

PROGRESS = '{"job_id":"x","progress":1}'


def _running(database: Database, job: Job) -> Run:
    with database.write() as connection:
        transitions.submit(connection, job)
        moved = claims.claim(connection, claims.Claim(queues=(job.queue,), worker_id="w", lease_ms=20_000))
    assert moved is not None
    return Run(moved.job)


def _seqs(database: Database, job_id: str) -> list[int]:
    with database.read() as connection:
        page = read_since(connection, "default", 0, wanted=Filter(job_ids=frozenset({job_id})), limit=2000)
    return [event.seq for event in page.events]


def test_commit_tried_again_writes_nothing_twice(database: Database, new_job: Callable[..., Job]) -> None:
    """After a commit whose answer was lost the same entry counts as committed, and its events stand once."""
    run = _running(database, new_job())
    for n in range(1, 4):
        run.emit(n, "progress", timestamp_now(), PROGRESS, {"progress": n})
    entry = run.take(100)
    assert entry is not None

    with database.write() as connection:
        first = commit(connection, [entry])
    before = _seqs(database, run.job.id)
    with database.write() as connection:
        again = commit(connection, [entry])

    assert first.outcomes == again.outcomes == [Outcome.COMMITTED]
    assert again.events == []
    assert _seqs(database, run.job.id) == before


def test_fenced_entry_leaves_the_others(database: Database, new_job: Callable[..., Job]) -> None:
    """In one transaction a cancelled job's messages are refused and the others' are written, densely numbered."""
    cancelled, good = _running(database, new_job()), _running(database, new_job())
    with database.write() as connection:
        transitions.cancel(connection, "default", cancelled.job.id)
    entries = []
    for run in (cancelled, good):
        run.emit(1, "progress", timestamp_now(), PROGRESS, {})
        entry = run.take(10)
        assert entry is not None
        entries.append(entry)
    with database.read() as connection:
        head = state(connection).head("default")

    with database.write() as connection:
        committed = commit(connection, entries)

    assert committed.outcomes == [Outcome.FENCED, Outcome.COMMITTED]
    assert [event.seq for event in committed.events] == [head + 1]


def test_end_is_written_with_the_last_messages(database: Database, new_job: Callable[..., Job]) -> None:
    """The terminal status, its event, the result and the tool's run are one commit with what came before."""
    run = _running(database, new_job())
    run.emit(1, "progress", timestamp_now(), PROGRESS, {"progress": 100})
    tool_run = {"plugin": "motion", "tool": "detect", "timing_ms": 1.0, "frames": 1, "failed": False, "at_ms": 1}
    run.end(2, {"status": JobStatus.DONE, "result": {"tracks": 1}, "finished_at_ms": now_ms()}, [tool_run], None)
    entry = run.take(100)
    assert entry is not None

    with database.write() as connection:
        committed = commit(connection, [entry])
    run.settle(entry)

    assert run.ended
    assert [event.type for event in committed.events] == ["progress", "job_status"]
    assert '"status":"done"' in committed.events[-1].payload
    with database.read() as connection:
        job = store.get(connection, "default", run.job.id)
    assert (job.status, job.result, job.progress) == (JobStatus.DONE, {"tracks": 1}, 100)


def test_run_takes_part_by_part_and_is_bounded(database: Database, new_job: Callable[..., Job]) -> None:
    """A long backlog is written in parts that follow each other; a child beyond the bound is not read from."""
    run = _running(database, new_job())
    for n in range(1, MAX_WAITING + 1):
        run.emit(n, "progress", timestamp_now(), PROGRESS, {"progress": n % 100})
    assert run.full

    parts = []
    while (entry := run.take(200)) is not None:
        with database.write() as connection:
            commit(connection, [entry])
        run.settle(entry)
        parts.append((entry.from_n, entry.to_n))

    assert parts == [(0, 200), (200, 400), (400, 500)]
    assert len(_seqs(database, run.job.id)) == 2 + MAX_WAITING


def test_rehearsal_leaves_nothing_behind(database: Database, new_job: Callable[..., Job]) -> None:
    """After a rehearsal the log is as it was, and the first event has the first number."""
    with database.write() as connection:
        rehearse(connection)
    with database.read() as connection:
        before = state(connection)
    with database.write() as connection:
        moved = transitions.submit(connection, new_job())

    assert before.heads == {}
    assert [event.seq for event in moved.events] == [1]
