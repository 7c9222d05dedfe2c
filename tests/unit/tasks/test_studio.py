"""What becomes of a video by what the process that makes it says, and by what it never says."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from typing import cast

import pytest

from app.database.engine import Database
from app.jobs import renderings, transitions
from app.jobs.job import Job, JobStatus
from app.jobs.queue import JobQueue
from app.jobs.renderings import Kind, Rendering, State
from app.realtime.event_bus import EventPublisher
from app.settings import Settings
from app.storage.blobs import BlobStore
from tasks.resources import ScribeResources
from tasks.studio import Studio
from tasks.transactions import Transactions

Make = Callable[..., Rendering]


class Played(Studio):
    """Its process is a few lines of Python instead of the one that makes videos."""

    program = ""

    async def _start(self, rendering: Rendering) -> Process:
        return await asyncio.create_subprocess_exec(sys.executable, "-c", self.program, stdin=PIPE, stdout=PIPE)


@pytest.fixture
def make(database: Database, new_job: Callable[..., Job], tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Has a video made by a program; how it stands then."""

    def run(program: str, **settings: float) -> Rendering:
        job = new_job(status=JobStatus.DONE)
        with database.write() as connection:
            transitions.submit(connection, job)
            renderings.want(connection, job.tenant, job.id, Kind.ANNOTATED)
        blobs = BlobStore(tmp_path_factory.mktemp("blobs").as_uri())
        resources = ScribeResources(
            settings=Settings.model_validate({"worker_id": "w", **settings}),
            database=database,
            # Neither bus nor bell has a part in it.
            publisher=cast("EventPublisher", None),
            queue=cast("JobQueue", None),
            blobs=blobs,
        )

        async def one_round() -> None:
            transactions = Transactions(database)
            try:
                studio = Played(resources, transactions, lambda: False)
                studio.program = program
                await studio.round()
            finally:
                transactions.close()

        asyncio.run(one_round())
        with database.read() as connection:
            found = renderings.find(connection, job.tenant, job.id, Kind.ANNOTATED)
        assert found is not None
        return found

    return run


def test_what_takes_too_long_is_ended(make: Make) -> None:
    """Also where it says all the time that it goes on: the limit is named, and it is not begun again."""
    chatter = "import time\nwhile True: print('{\"progress\": 1}', flush=True); time.sleep(0.1)"

    made = make(chatter, time_limit_seconds=1)

    assert made.status is State.FAILED
    assert made.error is not None
    assert "longer than the 1 s" in made.error
    assert "TRANSOM_TIME_LIMIT_SECONDS" in made.error


def test_a_full_disk_is_no_crash(make: Make) -> None:
    """What found no room is left for later, and counts for nothing."""
    made = make("print('{\"no_room\": true}', flush=True)", max_crashes=1)

    assert (made.status, made.crashes, made.error) == (State.MAKING, 0, None)
