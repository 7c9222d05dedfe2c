"""The scribe's transactions: made once, however often the database must be asked, and without holding up the loop."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.database import engine
from app.database.direct import HotConnection
from app.database.engine import Database
from tasks.transactions import Transactions


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database with one counter, which gives up soon where somebody else holds the lock."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 1)
    database = Database(f"sqlite:///{tmp_path / 'counted.db'}")
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE counter (n INTEGER)")
        connection.exec_driver_sql("INSERT INTO counter VALUES (0)")
    yield database
    database.close()


RAISE = sa.text("UPDATE counter SET n = n + 1 RETURNING n")


def raise_counter(connection: HotConnection) -> tuple[int, str]:
    """Count one more; the counter, and the thread that counted."""
    return int(connection.execute(RAISE).scalar_one()), threading.current_thread().name


def read_counter(connection: sa.Connection) -> int:
    """The counter."""
    return int(connection.exec_driver_sql("SELECT n FROM counter").scalar_one())


def test_a_file_is_written_to_without_a_hand_over(counted: Database) -> None:
    """A commit to a file needs no thread but the loop's; one that may take its time has a thread."""

    async def both() -> list[tuple[int, str]]:
        transactions = Transactions(counted)
        try:
            return [await transactions.run_at_once(raise_counter), await transactions.run(raise_counter)]
        finally:
            transactions.close()

    at_once, on_a_thread = asyncio.run(both())

    assert at_once == (1, threading.current_thread().name)
    assert on_a_thread[0] == 2
    assert on_a_thread[1] != threading.current_thread().name


def test_a_database_that_is_away_is_asked_again(counted: Database, caplog: pytest.LogCaptureFixture) -> None:
    """While another process holds the lock the loop goes on, reads are answered, and the commit is made once."""
    other = sqlite3.connect(counted.url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def wait_it_out() -> tuple[int, int]:
        transactions = Transactions(counted)
        try:
            commit = asyncio.create_task(transactions.run_at_once(raise_counter))
            while not any("does not answer" in record.getMessage() for record in caplog.records):  # noqa: ASYNC110
                await asyncio.sleep(0.001)
            read = await transactions.read(read_counter)
            assert not commit.done()
            other.execute("COMMIT")
            return read, (await commit)[0]
        finally:
            transactions.close()

    read, committed = asyncio.run(wait_it_out())
    other.close()

    assert (read, committed) == (0, 1)
    with counted.read() as connection:
        assert read_counter(connection) == 1
