"""`transom backup` and `transom restore`, over databases of both kinds and in between."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa
import typer

from app.cli.backup import BackupRefused, make, restore
from app.cli.commands.restore import restore as restore_command
from app.database import dump
from app.database.engine import Database
from app.database.lifecycle import open_log
from app.database.migrations import migrate
from app.database.schema import jobs, tool_runs
from app.jobs import claims, retention, store, transitions, usage
from app.jobs.job import Job, JobStatus
from app.realtime import event_log
from app.realtime.events import Draft
from app.realtime.message_types import MessageType
from app.settings import Settings
from app.storage.blobs import BlobStore, input_key, preview_key, thumbnail_key

POSTGRES = "postgresql://postgres@127.0.0.1:5432"


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    """The storage beside the database."""
    return BlobStore((tmp_path / "blobs").as_uri())


@pytest.fixture
def postgres() -> Iterator[Database]:
    """An empty database of this test's own, dropped afterwards."""
    name = f"transom_test_{uuid4().hex[:12]}"
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    opened = opened_at(Settings(database_url=f"{POSTGRES}/{name}").resolved_database_url)
    yield opened
    opened.close()
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Database]:
    """An empty database to restore into."""
    opened = opened_at(f"sqlite:///{tmp_path / 'other.db'}")
    yield opened
    opened.close()


def opened_at(url: str) -> Database:
    """A migrated database whose log is open."""
    migrate(url)
    open_log(url)
    return Database(url)


def fill(database: Database, blobs: BlobStore, new_job: Callable[..., Job], *, name: str = "Harbour.mp4") -> Job:
    """A job that has ended, with all that one has."""
    job = new_job(
        status=JobStatus.DONE,
        finished_at_ms=1,
        input_name=name,
        result={"text": "Grüße", "none": None},
        warnings=["careful"],
    )
    job = type(job)(**{**job.row(), "input_key": input_key(job.id)})
    for key in (job.input_key, preview_key(job.id, 3), thumbnail_key(job.id)):
        with blobs.open_write(key) as file:
            file.write(key.encode())
    with database.write() as connection:
        transitions.submit(connection, job)
        event_log.append(connection, "default", [Draft(MessageType.FRAME, '{"a":"ü"}', "t", job.id, 1)])
        row = {"tenant": "default", "job_id": job.id, "plugin": "motion", "tool": "detect", "failed": False}
        connection.execute(sa.insert(tool_runs).values(**row, timing_ms=1.5, frames=1, at_ms=1))
        usage.put_in(connection, job.id, 100)
    return job


def content(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables that a backup has."""
    with database.read() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)
            for table in dump.tables()
        }


def epoch_of(database: Database) -> str:
    """The log's present life."""
    with database.read() as connection:
        return event_log.epoch_of(connection)


def test_all_of_it_comes_back(
    database: Database, other: Database, blobs: BlobStore, new_job: Callable[..., Job], tmp_path: Path
) -> None:
    """Every row and every file, in another database and another storage; the log is another one then."""
    job = fill(database, blobs, new_job)
    before = epoch_of(other)
    elsewhere = BlobStore(f"memory://{tmp_path.name}")

    made = make(database, blobs, tmp_path / "backup")
    restore(other, elsewhere, tmp_path / "backup", overwrite=False)

    assert content(other) == content(database)
    assert epoch_of(other) not in {before, epoch_of(database)}
    for key in (job.input_key, preview_key(job.id, 3), thumbnail_key(job.id)):
        with elsewhere.open_read(key) as file:
            assert file.read() == key.encode()
    assert (made.rows["jobs"], made.rows["events"], made.blobs) == (1, 2, 3)


def test_who_still_runs_a_job_of_before_has_lost_it(
    database: Database, blobs: BlobStore, new_job: Callable[..., Job], tmp_path: Path
) -> None:
    """A job that was queued when the backup was made is of a new attempt: what the old one says is refused."""
    job = new_job()
    with database.write() as connection:
        transitions.submit(connection, job)
    make(database, blobs, tmp_path / "backup")
    with database.write() as connection:
        claims.claim(connection, claims.Claim(queues=("cpu",), worker_id="w", lease_ms=2**50))

    restore(database, blobs, tmp_path / "backup", overwrite=True)

    with database.read() as connection:
        restored = store.get(connection, "default", job.id)
    assert (str(restored.status), restored.attempt) == ("queued", job.attempt + 1)


@pytest.mark.service("postgres")
def test_restore_and_workers_wait_for_each_other(
    *, postgres: Database, blobs: BlobStore, new_job: Callable[..., Job], tmp_path: Path
) -> None:
    """Neither is ended by PostgreSQL for a lock that the other has, however often they meet."""
    job = new_job()
    with postgres.write() as connection:
        transitions.submit(connection, job)
    make(postgres, blobs, tmp_path / "backup")
    over, failures, commits = threading.Event(), [], []

    def work() -> None:
        # As a worker's commit: first its job's row, then the log's.
        while not over.is_set():
            try:
                with postgres.write() as connection:
                    connection.execute(sa.update(jobs).where(jobs.c.id == job.id).values(progress=1))
                    event_log.append(connection, "default", [Draft(MessageType.FRAME, "{}", "t", job.id, 1)])
                commits.append(1)
            except sa.exc.OperationalError as error:
                failures.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    for _ in range(20):
        restore(postgres, blobs, tmp_path / "backup", overwrite=True)
    over.set()
    worker.join()

    assert failures == []
    assert commits


@pytest.mark.service("postgres")
def test_from_sqlite_to_postgresql_and_back(
    *,
    database: Database,
    postgres: Database,
    other: Database,
    blobs: BlobStore,
    new_job: Callable[..., Job],
    tmp_path: Path,
) -> None:
    """Whoever has outgrown one machine takes everything along; and what is added there has numbers of its own."""
    fill(database, blobs, new_job)
    make(database, blobs, tmp_path / "first")
    restore(postgres, blobs, tmp_path / "first", overwrite=False)

    assert content(postgres) == content(database)
    fill(postgres, blobs, new_job, name="after")
    make(postgres, blobs, tmp_path / "second")
    restore(other, blobs, tmp_path / "second", overwrite=False)

    assert content(other) == content(postgres)
    with other.read() as connection:
        jobs = store.page(connection, "default", store.JobQuery()).jobs
        assert {job.input_name for job in jobs} == {"after", "Harbour.mp4"}
        assert {job.warnings == ["careful"] and job.result == {"text": "Grüße", "none": None} for job in jobs}
        assert event_log.state(connection).head("default") == 4


def test_what_is_there_is_not_overwritten_unasked(
    database: Database, other: Database, blobs: BlobStore, new_job: Callable[..., Job], tmp_path: Path
) -> None:
    """It is said how to, and with that it is all replaced."""
    fill(database, blobs, new_job)
    make(database, blobs, tmp_path / "backup")
    fill(other, blobs, new_job, name="there")
    there, epoch = content(other), epoch_of(other)

    with pytest.raises(BackupRefused, match="--overwrite"):
        restore(other, blobs, tmp_path / "backup", overwrite=False)

    assert (content(other), epoch_of(other)) == (there, epoch)
    restore(other, blobs, tmp_path / "backup", overwrite=True)
    assert content(other) == content(database)


def test_a_job_that_is_purged_meanwhile_is_left_out(
    *,
    database: Database,
    other: Database,
    blobs: BlobStore,
    new_job: Callable[..., Job],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its rows were written, its files were gone when they were to be copied: no job comes back without its input."""
    kept, purged = fill(database, blobs, new_job), fill(database, blobs, new_job)

    def write_then_purge(connection: sa.Connection, folder: Path) -> dict[str, int]:
        rows = write(connection, folder)
        with database.write() as writing:
            retention.purge(writing, "default", purged.id)
        retention.delete_files(blobs, purged.id)
        return rows

    write = dump.write
    monkeypatch.setattr(dump, "write", write_then_purge)
    make(database, blobs, tmp_path / "backup")
    restore(other, blobs, tmp_path / "backup", overwrite=False)

    with other.read() as connection:
        assert [job.id for job in store.page(connection, "default", store.JobQuery()).jobs] == [kept.id]
        assert {event.job_id for event in event_log.read_since(connection, "default", 0).events} == {kept.id}
        assert usage.total(connection) == 100


def test_only_a_whole_backup_is_restored(
    database: Database, blobs: BlobStore, new_job: Callable[..., Job], tmp_path: Path
) -> None:
    """One that was broken off has no manifest, one of another version has another schema; each is said."""
    fill(database, blobs, new_job)
    folder = tmp_path / "backup"
    make(database, blobs, folder)
    manifest = folder / "manifest.json"
    whole = manifest.read_text()

    for text, said in (
        (None, "did not come to its end"),
        ("{", "damaged"),
        (whole.replace('"format": 1', '"format": 9'), "format 9"),
        (whole.replace('"schema": "', '"schema": "x'), "transom migrate"),
    ):
        if text is None:
            manifest.unlink()
        else:
            manifest.write_text(text)
        with pytest.raises(BackupRefused, match=said):
            restore(database, blobs, folder, overwrite=True)


def test_a_folder_with_something_in_it_is_refused(database: Database, blobs: BlobStore, tmp_path: Path) -> None:
    """A backup over another would be neither."""
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "something").touch()

    with pytest.raises(BackupRefused, match="not empty"):
        make(database, blobs, tmp_path / "backup")


def test_a_database_that_was_restored_by_other_means(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """`transom restore --new-epoch` changes nothing but the log's epoch: every client is told to read anew."""
    monkeypatch.setenv("TRANSOM_DATABASE_URL", database.url.replace("+psycopg", ""))
    before, epoch = content(database), epoch_of(database)

    restore_command(None, new_epoch=True)

    assert content(database) == before
    assert epoch_of(database) != epoch


@pytest.mark.parametrize("arguments", [{}, {"folder": Path("a"), "new_epoch": True}])
def test_one_or_the_other_is_restored(arguments: dict[str, Any]) -> None:
    """A folder, or nothing but the epoch."""
    with pytest.raises(typer.BadParameter):
        restore_command(**arguments)
