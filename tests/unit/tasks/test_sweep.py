"""The sweep: one scribe at a time, and no bell that nobody can answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from uuid import uuid4

import psycopg
import pytest

from app.database.engine import Database
from app.database.lifecycle import open_log
from app.database.migrations import migrate
from app.jobs import fleet, transitions
from app.jobs.ids import now_ms
from app.jobs.job import Job
from app.settings import Settings
from tasks.sweep import sweep

POSTGRES = "postgresql://postgres@127.0.0.1:5432"


@pytest.fixture
def postgres() -> Iterator[Database]:
    """A migrated database of this test's own, dropped afterwards."""
    name = f"transom_test_{uuid4().hex[:12]}"
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = Settings(database_url=f"{POSTGRES}/{name}").resolved_database_url
    migrate(url)
    open_log(url)
    opened = Database(url)
    yield opened
    opened.close()
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


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
        transitions.claim(connection, queues=["cpu"], worker_id="w", lease_until_ms=now_ms() + 20_000)
        second = sweep(connection, "s", Settings())
        transitions.claim(connection, queues=["cpu"], worker_id="w", lease_until_ms=now_ms() + 20_000)
        third = sweep(connection, "s", Settings())

    assert [swept.bells for swept in (first, second, third)] == [{"cpu": 2}, {"cpu": 1}, {}]


@pytest.mark.service("postgres")
def test_two_scribes_that_find_no_holder(postgres: Database) -> None:
    """Of two scribes that look while nobody sweeps, one does, and the other goes on without an error."""
    answers: list[str | BaseException] = []

    def other() -> None:
        try:
            with postgres.write() as connection:
                answers.append(sweep(connection, "b", Settings()).epoch)
        except BaseException as error:  # noqa: BLE001 - it is what the test asks for
            answers.append(error)

    thread = threading.Thread(target=other)
    with postgres.write() as connection:
        assert sweep(connection, "a", Settings()).epoch
        thread.start()
        # The other one waits for this transaction to end: now it is in the middle of its own.
        _wait_for_a_lock(postgres)
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
