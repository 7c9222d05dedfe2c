"""Reads the log for connections that catch up, and sees where a cursor can't be continued."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import sqlalchemy as sa

from app.database.engine import Database
from app.errors import DatabaseUnavailable
from app.realtime import event_log
from app.realtime.connection import Read
from app.realtime.cursor import Cursor
from app.realtime.subscription import LogPage, LogUnavailable

logger = logging.getLogger(__name__)


class LogPages:
    """Pages of the log for connections.

    `compare` makes the hub compare itself with the log; `seen` is told how far the log reached.
    """

    def __init__(
        self,
        database: Database,
        *,
        compare: Callable[[], Awaitable[None]],
        seen: Callable[[str, str, int], None],
    ) -> None:
        self._database = database
        self._compare = compare
        self._seen = seen

    async def read(self, tenant: str, epoch: str, read: Read) -> LogPage:
        """One page of the log in the epoch that the hub is in; raises `LogUnavailable`."""
        try:
            return await self._read(tenant, epoch, read)
        except (DatabaseUnavailable, sa.exc.SQLAlchemyError, OSError) as error:
            # In one line: a thousand connections may say so at once, and the relay says it in full.
            logger.warning("The log can't be read: %s", error.__cause__ or error, extra={"action": "log_unavailable"})
            raise LogUnavailable from error

    async def _read(self, tenant: str, epoch: str, read: Read) -> LogPage:
        if read.skips and read.through is not None:
            counted = await self._database.run_read(
                event_log.count_by_type, tenant, read.after, read.through, wanted=read.wanted
            )
            return LogPage([], read.through, skipped=counted)
        page = await self._database.run_read(
            event_log.read_since, tenant, read.after, wanted=read.wanted, through=read.through, limit=read.limit
        )
        reason = page.state.reset_reason(tenant, Cursor(epoch, read.after))
        if reason is None:
            self._seen(epoch, tenant, page.state.head(tenant))
            return LogPage(page.events, page.scanned_to)
        if reason == "trimmed":
            return LogPage([], page.state.head(tenant), reset=reason)
        # Another epoch, or a log that is shorter than it was: not this connection's matter but the hub's.
        await self._compare()
        return LogPage([], read.after, stale=True)
