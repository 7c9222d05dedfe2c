"""The scribe's transactions: one after the other, on a thread, again and again while the database is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, Final, ParamSpec, TypeVar

import sqlalchemy as sa

from app.database.engine import Database

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

    async def run(self, function: Callable[Concatenate[sa.Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run it, and answer once it is committed; waits for a database that is away, however long."""

        def transaction() -> R:
            with self._database.write() as connection:
                return function(connection, *args, **kwargs)

        tries = 0
        while True:
            try:
                return await asyncio.get_running_loop().run_in_executor(self._thread, transaction)
            except sa.exc.OperationalError as error:
                pause = RETRY_SECONDS[min(tries, len(RETRY_SECONDS) - 1)]
                tries += 1
                logger.warning(
                    "The database can't be written to; trying again in %s s: %s",
                    pause,
                    error.orig,
                    extra={"action": "database_retry", "tries": tries},
                )
                await asyncio.sleep(pause)

    def close(self) -> None:
        """Wait for what runs."""
        self._thread.shutdown()
