"""The sweep: one scribe at a time, and no bell that nobody can answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.database.engine import Database
from app.database.schema import events, forgotten_jobs, idempotency_keys, leases
from app.database.schema import uploads as uploads_table
from app.jobs import claims, fleet, retention, store, transitions, usage
from app.jobs.ids import new_id, now_ms
from app.jobs.job import Job, JobStatus
from app.settings import Settings
from app.storage.blobs import BlobStore, input_key, preview_key, upload_key
from app.uploads import store as uploads
from app.uploads.upload import Upload
from tasks.sweep import Cleaning, look, sweep
from tasks.transactions import Transactions


def _worker(processes: int) -> fleet.Worker:
    return fleet.Worker(
        id="w",
        host="h",
        pid=1,
        processes=processes,
        queues=["cpu"],
        devices=[],
        plugins=[],
        started_at_ms=now_ms(),
        heartbeat_at_ms=now_ms(),
    )


def test_rings_for_free_processes_only(database: Database, new_job: Callable[..., Job]) -> None:
    """Jobs that wait behind busy processes are not rung for: those bells would only pile up in the broker."""
    with database.write() as connection:
        fleet.announce(connection, _worker(processes=2))
        for _ in range(4):
            transitions.submit(connection, new_job())
        first = sweep(connection, "s", Settings())
        claims.claim(connection, claims.Claim(queues=("cpu",), worker_id="w", lease_ms=20_000))
        second = sweep(connection, "s", Settings())
        claims.claim(connection, claims.Claim(queues=("cpu",), worker_id="w", lease_ms=20_000))
        third = sweep(connection, "s", Settings())

    assert [swept.bells for swept in (first, second, third)] == [{"cpu": 2}, {"cpu": 1}, {}]


def test_a_round_without_work_needs_no_writer(database: Database, new_job: Callable[..., Job]) -> None:
    """Only who holds the lease looks, and finds work where a job's lease is over or a job is too old."""
    settings = Settings(retention_days=1)
    with database.write() as connection:
        sweep(connection, "s", settings)
    with database.read() as connection:
        idle, other = look(connection, "s", settings), look(connection, "t", settings)

    assert (idle.holds, idle.due, other.holds, other.due) == (True, False, False, False)

    with database.write() as connection:
        transitions.submit(connection, new_job())
        claims.claim(connection, claims.Claim(queues=("cpu",), worker_id="w", lease_ms=-1))
        abandoned = look(connection, "s", settings)
        sweep(connection, "s", settings)
        after = look(connection, "s", settings)
        transitions.submit(connection, new_job(status=JobStatus.DONE, finished_at_ms=1))
        too_old = look(connection, "s", settings)
        sweep(connection, "s", settings)
        ended = new_job(status=JobStatus.DONE, finished_at_ms=now_ms())
        transitions.submit(connection, ended)
        usage.put_in(connection, ended.id, 2)
        small, large = (look(connection, "s", Settings(retention_days=1, retention_bytes=size)) for size in (1, 2))
        connection.execute(sa.update(leases).values(until_ms=now_ms() + 1_000))
        soon_over = look(connection, "s", settings)
        sweep(connection, "s", settings)
        row = {"tenant": "default", "key": "k", "fingerprint": "x", "created_at_ms": 1}
        connection.execute(sa.insert(idempotency_keys), [row])
        old_key = look(connection, "s", settings)

    assert (abandoned.due, after.due, too_old.due) == (True, False, True)
    assert (small.due, large.due, soon_over.due, old_key.due) == (True, False, True, True)


def test_it_deletes_what_was_forgotten(database: Database, new_job: Callable[..., Job], tmp_path: Path) -> None:
    """A job that is too old: rows, events and files go in one round, and nothing is left to do."""
    job = new_job(status=JobStatus.DONE, finished_at_ms=1)
    blobs = BlobStore(tmp_path.as_uri())
    _write(blobs, input_key(job.id), preview_key(job.id, 0))
    with database.write() as connection:
        transitions.submit(connection, job)
        sweep(connection, "s", Settings())

    _clean(database, blobs)

    assert (blobs.names("inputs"), blobs.names("previews")) == ([], [])
    assert _count(database, events) == _count(database, forgotten_jobs) == 0


def test_what_the_storage_does_not_delete_is_tried_again(
    database: Database, new_job: Callable[..., Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at once, but after a while; what else there is to do goes on."""
    jobs = [new_job(status=JobStatus.DONE, finished_at_ms=number) for number in (1, 2)]
    blobs = Stubborn(tmp_path.as_uri())
    _write(blobs, *(input_key(job.id) for job in jobs))
    with database.write() as connection:
        for job in jobs:
            transitions.submit(connection, job)
        sweep(connection, "s", Settings())

    blobs.refused = input_key(jobs[0].id)
    _clean(database, blobs)
    after_failing = blobs.names("inputs")
    blobs.refused = ""
    _clean(database, blobs)
    at_once = blobs.names("inputs")
    later = now_ms() + retention.AGAIN_MS
    monkeypatch.setattr(retention, "now_ms", lambda: later)
    _clean(database, blobs)

    assert after_failing == at_once == [jobs[0].id]
    assert blobs.names("inputs") == []


def test_a_sweep_by_size(database: Database, new_job: Callable[..., Job], tmp_path: Path) -> None:
    """What jobs take is found out when they have ended, previews too, and then those that ended first make room."""
    blobs = BlobStore(tmp_path.as_uri())
    ended = [new_job(status=JobStatus.DONE, finished_at_ms=now_ms() + n, input_bytes=1000) for n in range(3)]
    with blobs.open_write(preview_key(ended[2].id, 0)) as file:
        file.write(b"x" * 100_000)
    with database.write() as connection:
        for job in ended:
            transitions.submit(connection, job)
    settings = Settings(retention_bytes=103_000)

    for _ in range(2):
        with database.write() as connection:
            sweep(connection, "s", settings)
        _clean(database, blobs)

    with database.read() as connection:
        left = store.page(connection, "default", store.JobQuery(oldest_first=True)).jobs
        assert 100_000 < usage.total(connection) <= 103_000
    assert ended[2].id in {job.id for job in left}
    assert ended[0].id not in {job.id for job in left}


def test_keys_of_yesterday_go_in_steps(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, a round takes a bounded number of them."""
    monkeypatch.setattr("tasks.sweep.KEYS_A_ROUND", 10)
    rows = [
        {"tenant": "default", "key": str(n), "fingerprint": "x", "created_at_ms": n if n < 25 else now_ms()}
        for n in range(30)
    ]
    left = []
    with database.write() as connection:
        connection.execute(sa.insert(idempotency_keys), rows)
        for _ in range(3):
            sweep(connection, "s", Settings())
            left.append(connection.execute(sa.select(sa.func.count()).select_from(idempotency_keys)).scalar_one())

    assert left == [19, 8, 5]


class Stubborn(BlobStore):
    """A storage that refuses to delete one blob."""

    refused = ""

    def delete(self, prefix: str) -> None:
        """As ever, but for that one."""
        if prefix == self.refused:
            raise PermissionError("The storage refuses")
        super().delete(prefix)


def _write(blobs: BlobStore, *keys: str) -> None:
    for key in keys:
        with blobs.open_write(key) as file:
            file.write(b"content")


def test_an_upload_past_its_time_is_deleted(database: Database, tmp_path: Path) -> None:
    """Its bytes too; one that still has time, and one that is being added to, stay."""
    blobs = BlobStore(tmp_path.as_uri())
    past, held, young = (
        Upload(id=new_id(), tenant="default", length=9, received=0, about="", expires_at_ms=now_ms() + 60_000)
        for _ in range(3)
    )
    with database.write() as connection:
        for upload in (past, held, young):
            uploads.create(connection, upload, max_waiting_bytes=100)
            growing = blobs.grow(upload_key(upload.id), 0)
            growing.write(b"begun")
            growing.close()
        uploads.hold(connection, "default", held.id, 0, keep_ms=60_000)
        gone = sa.update(uploads_table).where(uploads_table.c.id.in_([past.id, held.id]))
        connection.execute(gone.values(expires_at_ms=now_ms() - 1))

    _clean(database, blobs)

    with database.read() as connection:
        assert uploads.ids_among(connection, [past.id, held.id, young.id]) == {held.id, young.id}
    assert set(blobs.names("uploads")) == {held.id, young.id}


def _clean(database: Database, blobs: BlobStore) -> None:
    transactions = Transactions(database)
    asyncio.run(
        Cleaning(settings=Settings(), transactions=transactions, blobs=blobs, tell=lambda epoch, events: None).round()
    )
    transactions.close()


def _count(database: Database, table: sa.Table) -> int:
    with database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


@pytest.mark.only_over("postgres")
def test_two_scribes_that_find_no_holder(database: Database) -> None:
    """Of two scribes that look while nobody sweeps, one does, and the other goes on without an error."""
    answers: list[str | BaseException] = []

    def other() -> None:
        try:
            with database.write() as connection:
                answers.append(sweep(connection, "b", Settings()).epoch)
        except BaseException as error:  # noqa: BLE001 - it is what the test asks for
            answers.append(error)

    thread = threading.Thread(target=other)
    with database.write() as connection:
        assert sweep(connection, "a", Settings()).epoch
        thread.start()
        # The other one waits for this transaction to end: now it is in the middle of its own.
        _wait_for_a_lock(database)
    thread.join()

    assert answers == [""]


def _wait_for_a_lock(database: Database) -> None:
    for _ in range(1000):
        with database.autocommit() as connection:
            waiting = connection.exec_driver_sql(
                "SELECT pg_sleep(0.01), count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ).one()
        if waiting[1]:
            return
    raise AssertionError("nobody waits for a lock")
