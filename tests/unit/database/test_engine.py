"""The door to the database: what must not be kept waiting is not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.database.engine import CHECKPOINT_PAGES, Database, NotAtOnce

PAGE_BYTES = 4096


@pytest.fixture
def blobs(tmp_path: Path) -> Iterator[Database]:
    """A database with one empty table."""
    opened = Database(f"sqlite:///{tmp_path / 'blobs.db'}")
    with opened.write() as connection:
        connection.exec_driver_sql("CREATE TABLE blobs (bytes BLOB)")
    yield opened
    opened.close()


def test_hasty_commits_leave_the_file_to_others(blobs: Database) -> None:
    """A hasty commit appends to the write-ahead log only; an ordinary one moves what lies there into the file."""
    file = Path(blobs.url.removeprefix("sqlite:///"))
    written = 2 * CHECKPOINT_PAGES * PAGE_BYTES
    for _ in range(8):
        with blobs.write_at_once() as connection:
            connection.execute(sa.text("INSERT INTO blobs VALUES (zeroblob(:size))"), {"size": written // 8})
    after_hasty = file.stat().st_size

    with blobs.write() as connection:
        connection.exec_driver_sql("INSERT INTO blobs VALUES (x'00')")

    assert after_hasty < written
    assert file.stat().st_size >= written


def test_what_can_not_be_written_at_once_is_said(blobs: Database) -> None:
    """While somebody else writes, a hasty transaction is refused before it began; afterwards it is taken."""
    with closing(sqlite3.connect(blobs.url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotAtOnce), blobs.write_at_once():
            raise AssertionError("a refused transaction has begun")
        other.execute("ROLLBACK")

    with blobs.write_at_once() as connection:
        connection.execute(sa.text("INSERT INTO blobs VALUES (x'00')"))

    with blobs.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM blobs").scalar_one() == 1
