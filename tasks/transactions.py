"""The scribe's transactions, again and again while the database is away: on a thread, or at once on the loop's own.

A hand-over to a thread and back costs two wake-ups, which on a busy machine is longer than a commit to SQLite takes.
So what somebody waits for message by message (`run_at_once`) does without them where the database is a file that
nobody else writes to just now. What may take its time never does so on the loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, Final, ParamSpec, TypeVar

import sqlalchemy as sa

from app.database.direct import HotConnection
from app.database.engine import Database, NotAtOnce

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

RETRY_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1.0)


class Transactions:
    """Runs functions of a writing connection; each must be safe to run again after a commit of unknown outcome."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # One thread: they follow each other, and the loop goes on reading what the next one will take.
        self._thread = ThreadPoolExecutor(1, "scribe-database")
        self._reads = ThreadPoolExecutor(1, "scribe-reads")

    async def run(self, function: Callable[Concatenate[sa.Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run it, and answer once it is committed; waits for a database that is away, however long."""

        def transaction() -> R:
            with self._database.write() as connection:
                return function(connection, *args, **kwargs)

        return await self._until_done(self._thread, transaction)

    async def run_at_once(
        self, function: Callable[Concatenate[HotConnection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """The same, without a hand-over where the database answers at once. For what takes under a millisecond."""
        try:
            with self._database.write_at_once() as connection:
                return function(connection, *args, **kwargs)
        except NotAtOnce:
            logger.debug("A commit has to wait", extra={"action": "commit_waits"})
        except sa.exc.OperationalError as error:
            await self._pause(0, error)
        return await self.run(function, *args, **kwargs)

    async def read(self, function: Callable[Concatenate[sa.Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run what only looks; no commit waits for it."""

        def transaction() -> R:
            with self._database.read() as connection:
                return function(connection, *args, **kwargs)

        return await self._until_done(self._reads, transaction)

    async def _until_done(self, threads: ThreadPoolExecutor, transaction: Callable[[], R]) -> R:
        tries = 0
        while True:
            try:
                return await asyncio.get_running_loop().run_in_executor(threads, transaction)
            except sa.exc.OperationalError as error:
                await self._pause(tries, error)
                tries += 1

    async def _pause(self, tries: int, error: sa.exc.OperationalError) -> None:
        pause = RETRY_SECONDS[min(tries, len(RETRY_SECONDS) - 1)]
        logger.warning(
            "The database does not answer; trying again in %s s: %s",
            pause,
            error.orig,
            extra={"action": "database_retry", "tries": tries + 1},
        )
        await asyncio.sleep(pause)

    def close(self) -> None:
        """Wait for what runs."""
        self._thread.shutdown()
        self._reads.shutdown()
