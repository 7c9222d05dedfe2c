"""The one door to the database: a read is one consistent snapshot, a write has its lock from its first statement.

Owns the engines, SQLite's pragmas and the threads on which the event loop's transactions run. SQL itself is
written for a plain synchronous `Connection`, so that the web and the worker share every statement; the web
hands whole transactions to a thread, which costs one hop each, where an async driver hops at every statement.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Concatenate, Final, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from app.database.direct import DirectConnection
from app.errors import DatabaseFull, DatabaseUnavailable

P = ParamSpec("P")
R = TypeVar("R")

#: How long a writer waits for another process's write on SQLite. Writes take about a millisecond.
BUSY_TIMEOUT_MS: Final = 30_000
#: How long one waits that must not be kept: somebody else's write is over by then, or takes its time.
HASTY_TIMEOUT_MS: Final = 5
#: Pages of the write-ahead log (4 KB) beyond which a commit first moves them into the database file, with an fsync of
#: some milliseconds: SQLite's own bound, and that of commits that must not be kept. Every few seconds leases are
#: renewed by the ordinary way, and large batches take it too, which keeps what is hasty from its own bound.
CHECKPOINT_PAGES: Final = 1_000
HASTY_CHECKPOINT_PAGES: Final = 25_000
READ_THREADS: Final = 4


class NotAtOnce(Exception):
    """The database would keep its caller waiting; nothing was done."""


class Database:
    """A database by URL, opened for reading and writing from any thread."""

    def __init__(self, url: str, *, read_threads: int = READ_THREADS) -> None:
        self.url = url
        self._sqlite = url.startswith("sqlite")
        if self._sqlite:
            # One writer a process: SQLite has one a file, and waiting in line here is fairer than its busy loop.
            self._writer = _sqlite_engine(url, begin="BEGIN IMMEDIATE")
            self._hasty = _sqlite_engine(
                url,
                begin="BEGIN IMMEDIATE",
                busy_timeout_ms=HASTY_TIMEOUT_MS,
                checkpoint_pages=HASTY_CHECKPOINT_PAGES,
            )
            self._direct: DirectConnection | None = None
            self._direct_held: sa.PoolProxiedConnection | None = None
            self._direct_lock = threading.Lock()
            self._reader = _sqlite_engine(url, begin="BEGIN", pool_size=read_threads, read_only=True)
        else:
            self._writer = sa.create_engine(url, pool_size=2, max_overflow=2, pool_pre_ping=True, hide_parameters=True)
            self._reader = sa.create_engine(
                url,
                pool_size=read_threads,
                max_overflow=2,
                pool_pre_ping=True,
                hide_parameters=True,
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
    def write_at_once(self) -> Iterator[DirectConnection]:
        """The same for a caller that must not be kept waiting; raises `NotAtOnce` where it might be.

        A server beyond a network always might; a file does where somebody else is writing, for longer than a moment.
        For statements that are built once, and one caller at a time.
        """
        if not self._sqlite or not self._direct_lock.acquire(blocking=False):
            raise NotAtOnce
        with _told_as_by_sqlalchemy(), ExitStack() as stack:
            stack.callback(self._direct_lock.release)
            try:
                connection = stack.enter_context(self._open_direct().transaction())
            except (sa.exc.OperationalError, sqlite3.OperationalError) as error:
                raise NotAtOnce from error
            yield connection

    def _open_direct(self) -> DirectConnection:
        if self._direct is None:
            # For good: checking it out again for each commit is part of what this way is there to avoid.
            held = self._hasty.raw_connection()
            driver = held.driver_connection
            if not isinstance(driver, sqlite3.Connection):
                raise TypeError(f"SQLite's own driver was expected, not {type(driver)}")
            self._direct_held = held
            self._direct = DirectConnection(driver, self._hasty.dialect)
        return self._direct

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
        """Run `function(connection, …)` in a writing transaction on a thread; raises `DatabaseUnavailable`."""

        def transaction() -> R:
            with _told_as_ours(), self.write() as connection:
                return function(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._write_threads, transaction)

    async def run_read(
        self, function: Callable[Concatenate[sa.Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `function(connection, …)` in a reading transaction on a thread; raises `DatabaseUnavailable`."""

        def transaction() -> R:
            with _told_as_ours(), self.read() as connection:
                return function(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._read_threads, transaction)

    def close(self) -> None:
        """Wait for what runs, then close every connection."""
        self._write_threads.shutdown()
        self._read_threads.shutdown()
        self._writer.dispose()
        if self._sqlite:
            if self._direct_held is not None:
                self._direct_held.close()
            self._hasty.dispose()
        self._reader.dispose()


@contextmanager
def _told_as_by_sqlalchemy() -> Iterator[None]:
    """What the driver says when it is used without SQLAlchemy; a caller has one kind of error to know."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise sa.exc.OperationalError(None, None, error) from error


@contextmanager
def _told_as_ours() -> Iterator[None]:
    """Away, locked for too long, without room: nothing that the caller did, and nothing that stays so."""
    try:
        yield
    except sa.exc.OperationalError as error:
        # SQLite says also of a wrong statement that it is the operation that failed.
        if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            raise
        if _is_full(error):
            raise DatabaseFull from error
        raise DatabaseUnavailable from error


def _is_full(error: sa.exc.OperationalError) -> bool:
    # PostgreSQL's disk_full, https://www.postgresql.org/docs/current/errcodes-appendix.html
    return (
        getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        or getattr(error.orig, "sqlstate", None) == "53100"
    )


def _sqlite_engine(
    url: str,
    *,
    begin: str,
    pool_size: int = 1,
    read_only: bool = False,
    busy_timeout_ms: int = BUSY_TIMEOUT_MS,
    checkpoint_pages: int = CHECKPOINT_PAGES,
) -> sa.Engine:
    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=BUSY_TIMEOUT_MS / 1000,
        connect_args={"timeout": 30},
        # An error's text goes into the log; what users sent does not.
        hide_parameters=True,
    )

    def on_connect(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        # The driver must not open transactions by itself: it would read first and ask for the write lock later,
        # which fails with "database is locked" under concurrent writers.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {busy_timeout_ms}")
        cursor.execute("PRAGMA journal_mode = WAL")
        # Commits survive a killed process; those of the last moments may not survive a power cut: lifecycle.py.
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute(f"PRAGMA wal_autocheckpoint = {checkpoint_pages}")
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
