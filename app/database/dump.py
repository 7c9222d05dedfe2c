"""The tables as files: one moment of the database, written and read back, whichever database it is.

A file a table, a line a row. What belongs to the processes that run now is left out: who is in the fleet, who holds
which lease, which life of the log this is, and what is being uploaded. So are videos that were made of inputs: they
are made again when somebody asks.
"""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from app.database.lifecycle import begin_new_life
from app.database.schema import jobs, leases, log_epoch, logs, metadata, renderings, stored, uploads, workers

logger = logging.getLogger(__name__)

Row = dict[str, Any]

#: Rows that are in memory at once.
ROWS_A_STEP: Final = 1_000
#: How often a restore may lose against another transaction before it begins.
LOCK_TRIES: Final = 10
_OF_NOW: Final = (workers, leases, log_epoch, renderings, uploads)
#: Tables that have a row also where there is nothing.
_COUNTS: Final = (logs, stored)


def tables() -> list[sa.Table]:
    """What is written and read back."""
    return [table for table in metadata.sorted_tables if table not in _OF_NOW]


def write(connection: sa.Connection, folder: Path) -> dict[str, int]:
    """Write every table into the folder, in a transaction that sees one moment; returns how many rows each has."""
    return {table.name: _write(connection, table, folder) for table in tables()}


def read(folder: Path, table: str) -> Iterator[Row]:
    """The rows of a table as they were written."""
    with gzip.open(_file(folder, table), "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def is_empty(connection: sa.Connection) -> bool:
    """Whether nothing would be lost by a restore."""
    return all(
        connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is None
        for table in tables()
        if table not in _COUNTS
    )


def replace(connection: sa.Connection, folder: Path, keep: Callable[[str, Row], bool]) -> str:
    """Put what is in the folder in the place of all there is, as far as `keep` says; returns the log's new epoch.

    Whoever reads sees all of it or nothing of it. Cursors of before can't be continued: the new epoch says so.
    """
    _lock(connection)
    for table in reversed(tables()):
        connection.execute(sa.delete(table))
    # They are of the jobs of before.
    connection.execute(sa.delete(renderings))
    for table in tables():
        rows = (row for row in read(folder, table.name) if keep(table.name, row))
        while step := list(islice(rows, ROWS_A_STEP)):
            connection.execute(sa.insert(table), step)
        _go_on_counting(connection, table)
    # Whoever runs one of them since the backup was made, and has not heard yet, is of an attempt of before.
    connection.execute(sa.update(jobs).where(jobs.c.finished_at_ms.is_(None)).values(attempt=jobs.c.attempt + 1))
    return begin_new_life(connection)


def _lock(connection: sa.Connection) -> None:
    """Let nobody else write from here on; who reads goes on. SQLite has one writer anyway.

    In the order in which the sweep and the scribes take them. Where a lock of somebody else's is in another order all
    the same, PostgreSQL ends one of the two: then it is tried again.
    """
    if connection.dialect.name != "postgresql":
        return
    first = [leases.name, jobs.name]
    names = [*first, *(table.name for table in tables() if table.name not in first)]
    for tries_left in reversed(range(LOCK_TRIES)):
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE")
        except sa.exc.OperationalError as error:
            if not tries_left:
                raise
            logger.info("The tables are in use; trying again: %s", error.orig, extra={"action": "restore_waits"})
        else:
            return


def _write(connection: sa.Connection, table: sa.Table, folder: Path) -> int:
    count = 0
    with gzip.open(_file(folder, table.name), "wt", encoding="utf-8", compresslevel=3) as file:
        for row in connection.execute(sa.select(table).execution_options(yield_per=ROWS_A_STEP)).mappings():
            file.write(json.dumps(dict(row), ensure_ascii=False, separators=(",", ":")) + "\n")
            count += 1
    return count


def _file(folder: Path, table: str) -> Path:
    return folder / f"{table}.ndjson.gz"


def _go_on_counting(connection: sa.Connection, table: sa.Table) -> None:
    """PostgreSQL gives out numbers by a sequence of its own, which has to know of those that were read back."""
    column = table.autoincrement_column
    if column is None or connection.dialect.name != "postgresql":
        return
    highest = sa.select(sa.func.max(column)).scalar_subquery()
    sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
    connection.execute(sa.select(sa.func.setval(sequence, sa.func.coalesce(highest, 1))))
