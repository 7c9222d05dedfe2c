"""The one door to the database: a read is one consistent snapshot, a write has its lock from its first statement.

Owns the engines, SQLite's pragmas and the threads on which the event loop's transactions run. SQL itself is
written for a plain synchronous `Connection`, so that the web and the worker share every statement; the web
hands whole transactions to a thread, which costs one hop each, where an async driver hops at every statement.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Concatenate, Final, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

P = ParamSpec("P")
R = TypeVar("R")

#: How long a writer waits for another process's write on SQLite. Writes take about a millisecond.
BUSY_TIMEOUT_MS: Final = 30_000
READ_THREADS: Final = 4


class Database:
    """A database by URL, opened for reading and writing from any thread."""

    def __init__(self, url: str, *, read_threads: int = READ_THREADS) -> None:
        self.url = url
        self._sqlite = url.startswith("sqlite")
        if self._sqlite:
            # One writer a process: SQLite has one a file, and waiting in line here is fairer than its busy loop.
            self._writer = _sqlite_engine(url, begin="BEGIN IMMEDIATE", pool_size=1, read_only=False)
            self._reader = _sqlite_engine(url, begin="BEGIN", pool_size=read_threads, read_only=True)
        else:
            self._writer = sa.create_engine(url, pool_size=2, max_overflow=2, pool_pre_ping=True)
            self._reader = sa.create_engine(
                url,
                pool_size=read_threads,
                max_overflow=2,
                pool_pre_ping=True,
                execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
            )
        self._write_threads = ThreadPoolExecutor(1 if self._sqlite else 2, "database-write")
        self._read_threads = ThreadPoolExecutor(read_threads, "database-read")

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that may write; it commits at the end of the block, or rolls back on an exception."""
        with self._writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A transaction that sees one moment of the database, and may not write."""
        with self._reader.begin() as connection:
            yield connection

    @contextmanager
    def autocommit(self) -> Iterator[sa.Connection]:
        """A connection without a transaction, for statements that refuse to run in one."""
        with self._writer.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    async def run_write(
        self, function: Callable[Concatenate[sa.Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `function(connection, …)` in a writing transaction on a thread."""

        def transaction() -> R:
            with self.write() as connection:
                return function(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._write_threads, transaction)

    async def run_read(
        self, function: Callable[Concatenate[sa.Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `function(connection, …)` in a reading transaction on a thread."""

        def transaction() -> R:
            with self.read() as connection:
                return function(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._read_threads, transaction)

    def close(self) -> None:
        """Wait for what runs, then close every connection."""
        self._write_threads.shutdown()
        self._read_threads.shutdown()
        self._writer.dispose()
        self._reader.dispose()


def _sqlite_engine(url: str, *, begin: str, pool_size: int, read_only: bool) -> sa.Engine:
    engine = sa.create_engine(
        url, pool_size=pool_size, max_overflow=0, pool_timeout=BUSY_TIMEOUT_MS / 1000, connect_args={"timeout": 30}
    )

    def on_connect(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        # The driver must not open transactions by itself: it would read first and ask for the write lock later,
        # which fails with "database is locked" under concurrent writers.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        # Commits survive a killed process; those of the last moments may not survive a power cut: lifecycle.py.
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA cache_size = -16000")
        if read_only:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    def on_begin(connection: sa.Connection) -> None:
        # SQLAlchemy tells of a beginning under AUTOCOMMIT too, where there is to be no transaction.
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql(begin)

    sa.event.listen(engine, "connect", on_connect)
    sa.event.listen(engine, "begin", on_begin)
    return engine
