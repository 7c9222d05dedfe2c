"""The scribe's promises to its children: whoever asks is answered, and no trouble of one is another's."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.database.engine import Database
from app.database.schema import jobs, logs
from app.jobs import retention, store, transitions
from app.jobs.ids import now_ms
from app.jobs.job import Job, JobStatus
from app.jobs.queue import JobQueue
from app.realtime.event_bus import EventPublisher
from app.settings import Settings
from app.storage.blobs import BlobStore, preview_key
from tasks.link import PREFIX_BYTES, Link, ScribeLost, body_length, decode, encode
from tasks.resources import ScribeResources
from tasks.scribe import Scribe

PATIENCE_SECONDS = 60.0


class Caller:
    """A process at the scribe's door."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def tell(self, *message: Any) -> None:
        """Say something."""
        self._writer.write(encode(list(message)))

    async def hear(self, name: str) -> Any:
        """The next thing of that name that the scribe says: its first word."""
        return (await self.hear_all(name))[0]

    async def hear_all(self, name: str) -> list[Any]:
        """The next thing of that name, whole."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                prefix = await self._reader.readexactly(PREFIX_BYTES)
                message = decode(await self._reader.readexactly(body_length(prefix)))
                if message[0] == name:
                    return message[1:]

    async def claim(self) -> Any:
        """The next job, or None."""
        self.tell("claim", "cpu")
        return await self.hear("job")

    async def leave(self) -> None:
        """Hang up."""
        self._writer.close()
        await asyncio.gather(self._writer.wait_closed(), return_exceptions=True)


class Served:
    """A scribe in this loop, over a real database; its broker is away."""

    def __init__(self, database: Database, folder: Path, **settings: Any) -> None:
        values = {"sweep_seconds": 60, "storage_url": str(folder / "blobs"), **settings}
        self.settings = Settings(
            database_url=database.url,
            broker_url="redis://127.0.0.1:1",
            scribe_socket=str(folder / "scribe.sock"),
            worker_id="worker-1",
            **values,
        )
        self.scribe = Scribe(
            ScribeResources(
                settings=self.settings,
                database=database,
                publisher=EventPublisher(self.settings.broker_url, namespace=self.settings.namespace),
                queue=JobQueue(self.settings.broker_url, namespace=self.settings.namespace),
                blobs=BlobStore(self.settings.resolved_storage_url),
            )
        )
        self.callers: list[Caller] = []

    async def caller(self) -> Caller:
        """One more process."""
        await until(Path(self.settings.scribe_socket).exists)
        caller = Caller(*await asyncio.open_unix_connection(self.settings.scribe_socket))
        self.callers.append(caller)
        return caller


async def until(condition: Callable[[], bool]) -> None:
    """Wait for it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 - what is waited for lies in a file or a database
            await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(database: Database, folder: Path, **settings: Any) -> AsyncIterator[Served]:
    """A scribe for the block; then it is stopped as a supervisor stops it."""
    served = Served(database, folder, **settings)
    running = asyncio.create_task(served.scribe.run())
    try:
        yield served
    finally:
        for caller in served.callers:
            await caller.leave()
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await running


def linked(path: str) -> Link:
    """A process's own connection, once the scribe lets it in: its socket is there a moment before it listens."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return Link(path)
        except ScribeLost:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def submit(database: Database, *jobs: Job) -> None:
    """Put them into their queue."""
    with database.write() as connection:
        for job in jobs:
            transitions.submit(connection, job)


def in_their_turn(*jobs: Job) -> list[Job]:
    """As they are claimed: ids of one millisecond are in no order of their making."""
    return sorted(jobs, key=lambda job: job.id)


def cancel(database: Database, job: Job) -> None:
    """End it on request."""
    with database.write() as connection:
        transitions.cancel(connection, job.tenant, job.id)


def now_of(database: Database, job: Job) -> Job:
    """The job as its row has it."""
    with database.read() as connection:
        return store.get(connection, job.tenant, job.id)


def test_end_of_a_cancelled_job_is_answered(database: Database, new_job: Callable[..., Job], tmp_path: Path) -> None:
    """A child that says that a job is done which was cancelled hears that it is not, and claims the next."""
    first, second = new_job(), new_job()
    submit(database, first)

    async def body() -> None:
        async with serving(database, tmp_path) as served:
            child = await served.caller()
            assert (await child.claim())["id"] == first.id
            cancel(database, first)
            submit(database, second)
            child.tell("end", 1, "done", {"progress": 100}, [], None)
            assert await child.hear("ended") is False
            assert (await child.claim())["id"] == second.id

    asyncio.run(body())
    assert now_of(database, first).status is JobStatus.CANCELLED


def test_end_after_a_stop_is_answered(database: Database, new_job: Callable[..., Job], tmp_path: Path) -> None:
    """A child that was told to stop and comes to its job's end instead lives on, and claims the next."""
    first, second = new_job(), new_job()
    submit(database, first)

    async def body() -> None:
        async with serving(database, tmp_path) as served:
            child = await served.caller()
            assert (await child.claim())["id"] == first.id
            cancel(database, first)
            submit(database, second)
            assert await child.hear("stop") == "claim_lost"
            child.tell("end", 1, "done", {"progress": 100}, [], None)
            assert await child.hear("ended") is False
            assert (await child.claim())["id"] == second.id

    asyncio.run(body())


def test_next_job_comes_with_the_end_of_the_one_before(
    database: Database, new_job: Callable[..., Job], tmp_path: Path
) -> None:
    """A child that asks for it hears both in one answer, down to the last, after which nothing waits."""
    first, second = in_their_turn(new_job(), new_job())
    submit(database, first, second)

    async def body() -> None:
        async with serving(database, tmp_path) as served:
            child = await served.caller()
            assert (await child.claim())["id"] == first.id
            child.tell("end", 1, "done", {"progress": 100}, [], "cpu")
            confirmed, following = await child.hear_all("ended")
            assert (confirmed, following["id"], following["status"]) == (True, second.id, "running")
            child.tell("end", 1, "done", {"progress": 100}, [], "cpu")
            assert await child.hear_all("ended") == [True, None]

    asyncio.run(body())
    assert [now_of(database, job).status for job in (first, second)] == [JobStatus.DONE, JobStatus.DONE]


def test_next_job_that_came_with_an_end_can_be_stopped(
    database: Database, new_job: Callable[..., Job], tmp_path: Path
) -> None:
    """Its child is told so as of any other."""
    first, second = in_their_turn(new_job(), new_job())
    submit(database, first, second)

    async def body() -> None:
        async with serving(database, tmp_path) as served:
            child = await served.caller()
            await child.claim()
            child.tell("end", 1, "done", {"progress": 100}, [], "cpu")
            await child.hear_all("ended")
            cancel(database, second)
            assert await child.hear("stop") == "claim_lost"
            child.tell("stopped")
            assert await child.hear_all("ended") == [False]

    asyncio.run(body())


def test_next_job_of_a_child_that_died_with_its_last_word_waits_again(
    database: Database, new_job: Callable[..., Job], tmp_path: Path
) -> None:
    """Whether it was claimed before the death was seen or not: it is there for the next child."""
    first, second = in_their_turn(new_job(), new_job())
    submit(database, first, second)

    async def body() -> None:
        async with serving(database, tmp_path) as served:
            child, other = await served.caller(), await served.caller()
            await child.claim()
            child.tell("end", 1, "done", {"progress": 100}, [], "cpu")
            await child.leave()
            await until(lambda: now_of(database, first).status is JobStatus.DONE)
            await until(lambda: now_of(database, second).status is JobStatus.QUEUED)
            assert (await other.claim())["id"] == second.id

    asyncio.run(body())


@pytest.mark.parametrize("last_word", ["stopped", "end", "none"])
def test_nothing_is_left_of_a_job_purged_while_it_ran(
    database: Database, new_job: Callable[..., Job], tmp_path: Path, last_word: str
) -> None:
    """A picture that a child writes after its job was cancelled and purged goes too, however the child then stops."""
    job = new_job()
    submit(database, job)

    async def body() -> None:
        async with serving(database, tmp_path) as served:
            blobs = BlobStore(served.settings.resolved_storage_url)
            child = await served.caller()
            await child.claim()
            cancel(database, job)
            with database.write() as connection:
                retention.purge(connection, job.tenant, job.id)
            with blobs.open_write(preview_key(job.id, 7)) as file:
                file.write(b"picture")
            match last_word:
                case "stopped":
                    child.tell("stopped")
                case "end":
                    child.tell("end", 1, "done", {"progress": 100}, [], None)
                case _:
                    assert await child.hear("stop") == "claim_lost"
                    await child.leave()
            await until(lambda: not blobs.exists(preview_key(job.id, 7)))

    asyncio.run(body())


@pytest.mark.timeout(60)
def test_crash_of_the_ledger_ends_the_scribe(database: Database, new_job: Callable[..., Job], tmp_path: Path) -> None:
    """Where nothing can be committed any more the scribe ends, so that another is started; nobody waits for ever."""
    job = new_job()
    submit(database, job)

    served = Served(database, tmp_path)
    child: list[Link] = []

    def break_it() -> None:
        child.append(linked(served.settings.scribe_socket))
        assert child[0].ask(["claim", "cpu"])[1]["id"] == job.id
        # No database holds such a number, and no tool can make one: it stands for whatever crashes a commit.
        child[0].send(["emit", 1, "progress", "2026-03-14T09:26:53.000Z", "{}", {"progress": 10**30}])

    breaking = threading.Thread(target=break_it)
    breaking.start()
    # Refused by SQLite's driver, or by PostgreSQL itself.
    with pytest.raises((OverflowError, sa.exc.DataError)):
        asyncio.run(served.scribe.run())
    breaking.join()
    child[0].close()


def test_scribe_that_stops_lets_its_processes_go_without_a_complaint(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """To be stopped while processes are connected is how a scribe ends well, and no error in its log."""
    served = Served(database, tmp_path)
    child: list[Link] = []

    def stop_it() -> None:
        child.append(linked(served.settings.scribe_socket))
        child[0].ask(["claim", "cpu"])
        os.kill(os.getpid(), signal.SIGTERM)

    stopping = threading.Thread(target=stop_it)
    stopping.start()
    asyncio.run(served.scribe.run())
    stopping.join()
    child[0].wait_until_lost()
    child[0].close()

    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_claim_that_meets_a_stop_is_given_back(database: Database, new_job: Callable[..., Job], tmp_path: Path) -> None:
    """A worker that begins to stop while a claim is under way runs that job no more: it waits for another worker."""
    job = new_job()
    submit(database, job)

    async def body() -> None:
        async with serving(database, tmp_path) as served:
            main, child = await served.caller(), await served.caller()
            # The claim waits for this lock, the wish to stop does not.
            with database.write() as connection:
                connection.execute(sa.select(logs.c.head).with_for_update())
                child.tell("claim", "cpu")
                await until(lambda: any(one.is_ready for one in served.scribe._children))
                main.tell("drain")
                await until(lambda: served.scribe._watch.draining)
            assert await child.hear("job") is None

    asyncio.run(body())
    after = now_of(database, job)
    assert (after.status, after.attempt) == (JobStatus.QUEUED, 2)


def test_death_while_the_worker_stops_is_no_crash(
    database: Database, new_job: Callable[..., Job], tmp_path: Path
) -> None:
    """A process that is killed because its worker stops does not count against its job."""
    job = new_job()
    submit(database, job)

    async def body() -> None:
        async with serving(database, tmp_path) as served:
            main, child = await served.caller(), await served.caller()
            assert (await child.claim())["id"] == job.id
            main.tell("drain")
            await until(lambda: served.scribe._watch.draining)
            await child.leave()
            await until(lambda: now_of(database, job).status is JobStatus.QUEUED)

    asyncio.run(body())
    assert now_of(database, job).crashes == 0


def test_files_that_can_not_be_deleted_end_no_scribe(
    database: Database, new_job: Callable[..., Job], tmp_path: Path
) -> None:
    """Storage that is in trouble while old jobs are forgotten does not end the jobs that run."""
    old = new_job(id="00000000-0000-7000-8000-000000000000", status=JobStatus.DONE, finished_at_ms=1)
    submit(database, old)
    storage = tmp_path / "blobs"
    (storage / "inputs").mkdir(parents=True)
    (storage / "inputs" / old.id).write_bytes(b"x")

    class Broken(BlobStore):
        """Storage whose service is away."""

        def delete(self, prefix: str) -> None:
            raise ConnectionResetError(prefix)

    async def body() -> None:
        async with serving(database, tmp_path, sweep_seconds=0.05) as served:
            object.__setattr__(served.scribe._resources, "blobs", Broken(str(storage)))
            child = await served.caller()
            await until(lambda: not _is_there(database, old))
            job = new_job()
            submit(database, job)
            assert (await child.claim())["id"] == job.id

    asyncio.run(body())


def _is_there(database: Database, job: Job) -> bool:
    with database.read() as connection:
        return bool(store.page(connection, job.tenant, store.JobQuery()).jobs)


def test_job_outlives_a_database_that_is_away_for_longer_than_a_lease(
    database: Database, new_job: Callable[..., Job], tmp_path: Path
) -> None:
    """What a scribe's own child runs is not taken for abandoned because nobody could renew its lease."""
    job = new_job()
    submit(database, job)

    def hold_until_expired() -> None:
        with database.write() as connection:
            # A row of the job for one database, everything for the other.
            connection.execute(sa.update(jobs).values(priority=jobs.c.priority))
            deadline = time.monotonic() + PATIENCE_SECONDS
            # A renewal, and a round of the sweep, are under way by then, and wait.
            while now_ms() < (now_of(database, job).lease_until_ms or 0) + 1500:
                assert time.monotonic() < deadline
                time.sleep(0.05)

    async def body() -> None:
        async with serving(database, tmp_path, lease_seconds=2, sweep_seconds=0.1) as served:
            child = await served.caller()
            assert (await child.claim())["id"] == job.id
            await asyncio.to_thread(hold_until_expired)
            await until(lambda: (now_of(database, job).lease_until_ms or 0) > now_ms())
            child.tell("end", 1, "done", {"progress": 100}, [], None)
            assert await child.hear("ended") is True

    asyncio.run(body())
    assert (now_of(database, job).status, now_of(database, job).attempt) == (JobStatus.DONE, 1)
