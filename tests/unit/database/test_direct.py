"""Statements on SQLite's driver itself write what SQLAlchemy writes, and take back what it takes back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.database.direct import HotConnection
from app.database.engine import Database

metadata = sa.MetaData()
things = sa.Table(
    "things",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(10), nullable=False),
    sa.Column("facts", sa.JSON, nullable=True),
    sa.Column("made", sa.Boolean, nullable=True),
    sa.Column("rank", sa.Integer, nullable=False, default=7),
)
INSERT = sa.insert(things)
CHANGE = (
    sa.update(things)
    .where(things.c.id == sa.bindparam("b_id"), things.c.name == "old")
    .values(name=sa.bindparam("b_name"), facts=sa.bindparam("b_facts"))
    .returning(things.c.rank)
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty table of things."""
    opened = Database(f"sqlite:///{tmp_path / 'things.db'}")
    with opened.write() as connection:
        metadata.create_all(connection)
    yield opened
    opened.close()


def write(connection: HotConnection) -> tuple[int, object, object]:
    """Several rows in one statement, one of them changed, one that is not there left."""
    connection.execute(
        INSERT,
        [
            {"id": 1, "name": "old", "facts": {"a": [1, "ü"]}, "made": True, "rank": 3},
            {"id": 2, "name": "new", "facts": None, "made": None, "rank": 4},
        ],
    )
    changed = connection.execute(CHANGE, {"b_id": 1, "b_name": "young", "b_facts": [None, {}]}).scalar_one()
    missed = connection.execute(CHANGE, {"b_id": 2, "b_name": "young", "b_facts": None}).scalar_one_or_none()
    return connection.execute(sa.select(sa.func.count()).select_from(things)).scalar_one(), changed, missed


def rows(database: Database) -> list[tuple[object, ...]]:
    """What lies in the file, before any type of SQLAlchemy's has touched it."""
    with database.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM things ORDER BY id")]


def test_both_ways_write_the_same(database: Database) -> None:
    """Types, constants and several rows: the file is the same, and so are the answers."""
    with database.write() as connection:
        ordinary = write(connection)
    by_sqlalchemy = rows(database)
    with database.write() as connection:
        connection.execute(sa.delete(things))

    with database.write_at_once() as direct:
        at_once = write(direct)

    assert at_once == ordinary == (2, 3, None)
    assert rows(database) == by_sqlalchemy
    assert len(by_sqlalchemy) == 2


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    """Neither a row nor a lock; the next one is made."""
    thing = {"id": 1, "name": "old", "facts": None, "made": None, "rank": 1}

    def insert_twice() -> None:
        with database.write_at_once() as connection:
            connection.execute(INSERT, thing)
            connection.execute(INSERT, thing)

    with pytest.raises(sqlite3.IntegrityError):
        insert_twice()

    assert rows(database) == []
    with database.write_at_once() as connection:
        connection.execute(INSERT, thing)
    assert len(rows(database)) == 1


def test_a_part_is_taken_back(database: Database) -> None:
    """What was done in a nested part that is rolled back is gone; what came before it and after it stays."""
    thing = {"name": "old", "facts": None, "made": None, "rank": 1}
    with database.write_at_once() as connection:
        connection.execute(INSERT, {"id": 1, **thing})
        with connection.begin_nested() as part:
            connection.execute(INSERT, {"id": 2, **thing})
            part.rollback()
        connection.execute(INSERT, {"id": 3, **thing})

    assert [row[0] for row in rows(database)] == [1, 3]


def test_what_must_be_one_row_is(database: Database) -> None:
    """None and several are told apart from one, by the errors that SQLAlchemy has for them."""
    names = sa.select(things.c.name).order_by(things.c.id)
    with database.write_at_once() as connection:
        with pytest.raises(sa.exc.NoResultFound):
            connection.execute(names).scalar_one()
        write(connection)
        with pytest.raises(sa.exc.MultipleResultsFound):
            connection.execute(names).one_or_none()


def test_a_value_that_is_missing_is_no_null(database: Database) -> None:
    """A parameter that was forgotten, and a column whose value Python would make up, are errors."""
    with database.write_at_once() as connection:
        write(connection)
        with pytest.raises(sa.exc.StatementError, match="b_facts"):
            connection.execute(CHANGE, {"b_id": 1, "b_name": "young"})
        with pytest.raises(sa.exc.CompileError, match="rank"):
            connection.execute(INSERT, {"id": 3, "name": "old"})


def test_one_insert_takes_other_columns_each_time(database: Database) -> None:
    """The same statement with more columns, and with fewer, writes those it is given."""
    with database.write_at_once() as connection:
        connection.execute(INSERT, {"id": 1, "name": "old", "rank": 1})
        connection.execute(INSERT, {"id": 2, "name": "old", "rank": 1, "made": True})
        connection.execute(INSERT, {"id": 3, "name": "old", "rank": 1})

    assert [(row[0], row[3]) for row in rows(database)] == [(1, None), (2, 1), (3, None)]
