"""A rendering's moves: wanted once, made by one at a time, and changed by the attempt that is under way only."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.database.engine import Database
from app.errors import JobNotFound
from app.jobs import renderings, retention, store, transitions, usage
from app.jobs.ids import now_ms
from app.jobs.job import Job, JobStatus, Playable
from app.jobs.renderings import Kind, Rendering, State

LEASE_MS = 20_000


@pytest.fixture(name="job")
def _job(database: Database, new_job: Callable[..., Job]) -> Job:
    """A job that has ended."""
    job = new_job(status=JobStatus.DONE, finished_at_ms=now_ms())
    with database.write() as connection:
        return transitions.submit(connection, job).job


def want(database: Database, job: Job, kind: Kind = Kind.ANNOTATED) -> Rendering:
    """Ask for it."""
    with database.write() as connection:
        return renderings.want(connection, job.tenant, job.id, kind)


def claim(database: Database, *, lease_ms: int = LEASE_MS) -> Rendering | None:
    """Be the worker that makes one."""
    with database.write() as connection:
        return renderings.claim(connection, "worker", lease_ms)


def claimed(database: Database, *, lease_ms: int = LEASE_MS) -> Rendering:
    """The same where one has to be there."""
    found = claim(database, lease_ms=lease_ms)
    assert found is not None
    return found


def now(database: Database, job: Job, kind: Kind = Kind.ANNOTATED) -> Rendering | None:
    """How it stands."""
    with database.read() as connection:
        return renderings.find(connection, job.tenant, job.id, kind)


def test_wanted_twice_is_made_once(database: Database, job: Job) -> None:
    """Whoever asks later gets what the first one asked for; each kind is its own."""
    first, second = want(database, job), want(database, job)
    other = want(database, job, Kind.PLAYBACK)

    assert (first, first.status) == (second, State.WANTED)
    assert other.key != first.key
    assert [claimed(database).kind, claimed(database).kind] == [Kind.ANNOTATED, Kind.PLAYBACK]
    assert claim(database) is None


def test_it_is_for_jobs_of_that_tenant(database: Database, job: Job) -> None:
    """Another tenant's job is not there."""
    with database.write() as connection, pytest.raises(JobNotFound):
        renderings.want(connection, "somebody", job.id, Kind.ANNOTATED)
    want(database, job)
    with database.read() as connection:
        assert renderings.find(connection, "somebody", job.id, Kind.ANNOTATED) is None


def test_a_lease_that_is_over_lets_another_try(database: Database, job: Job) -> None:
    """What the first one still says is refused, and its file has another name."""
    want(database, job)
    late = claimed(database, lease_ms=-1)
    with database.read() as connection:
        assert renderings.waits(connection)
    second = claimed(database)

    assert (late.attempt, second.attempt) == (1, 2)
    assert late.key != second.key
    with database.write() as connection:
        assert not renderings.renew(connection, late, 50, LEASE_MS)
        assert not renderings.finish(connection, late)
        renderings.fail(connection, late, "no")
        assert renderings.renew(connection, second, 70, LEASE_MS)
    standing = now(database, job)
    assert standing is not None
    assert (standing.status, standing.progress, standing.attempt) == (State.MAKING, 70, 2)


def test_what_ends_processes_is_not_tried_for_ever(database: Database, job: Job) -> None:
    """So many deaths and it has failed; a worker that stops is none."""
    want(database, job)
    for crashed in (True, False, True):
        with database.write() as connection:
            assert renderings.claim(connection, "worker", LEASE_MS) is not None
            making = renderings.find(connection, job.tenant, job.id, Kind.ANNOTATED)
            assert making is not None
            renderings.hand_back(connection, making, crashed=crashed, max_crashes=2)

    standing = now(database, job)
    assert standing is not None
    assert (standing.status, claim(database)) == (State.FAILED, None)
    assert "died 2 times" in (standing.error or "")


def test_a_video_counts_among_what_its_job_takes(database: Database, job: Job) -> None:
    """Once it is there the job is measured again."""
    with database.write() as connection:
        usage.put_in(connection, job.id, 100)
    want(database, job)
    making = claimed(database)
    with database.write() as connection:
        assert renderings.finish(connection, making)
    with database.read() as connection:
        assert usage.total(connection) == 0
        assert [item.id for item in usage.unmeasured(connection, 5)] == [job.id]


@pytest.mark.parametrize(
    ("kind", "playable", "goes_on"),
    [
        (Kind.PLAYBACK, Playable.INPUT, False),
        (Kind.PLAYBACK, Playable.STILL, False),
        (Kind.PLAYBACK, Playable.MADE, True),
        (Kind.ANNOTATED, Playable.INPUT, True),
        (Kind.ANNOTATED, Playable.STILL, False),
    ],
)
def test_what_is_found_out_when_it_is_opened(
    database: Database, job: Job, kind: Kind, playable: Playable, goes_on: bool
) -> None:
    """The job says it from then on, and what nobody needs is not made."""
    want(database, job, kind)
    making = claimed(database)
    with database.write() as connection:
        assert renderings.found_out(connection, making, playable) is goes_on
        assert store.get(connection, job.tenant, job.id).playable is playable
    assert (now(database, job, kind) is not None) is goes_on


def test_a_job_that_is_forgotten_takes_it_along(database: Database, job: Job) -> None:
    """Whoever makes it finds that out when they next say something."""
    want(database, job)
    making = claimed(database)
    with database.write() as connection:
        retention.purge(connection, job.tenant, job.id)

    assert now(database, job) is None
    with database.write() as connection:
        assert not renderings.renew(connection, making, 10, LEASE_MS)
        assert not renderings.finish(connection, making)


def test_a_file_that_was_lost_is_made_again(database: Database, job: Job) -> None:
    """It is wanted like any other, and its next file is another one to whoever has the old."""
    want(database, job)
    making = claimed(database)
    with database.write() as connection:
        renderings.finish(connection, making)
    ready = now(database, job)
    assert ready is not None
    with database.write() as connection:
        renderings.lose(connection, ready)

    again = claimed(database)
    assert again.attempt == 2
    assert again.etag != ready.etag
