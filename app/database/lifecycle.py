"""When a life of the log begins and ends.

SQLite in WAL mode with `synchronous = NORMAL` keeps every commit when a process is killed, but may lose the last
ones when the machine goes down: their numbers would then be given out again. So the first to open the log
after an unclean reboot names a new epoch, and every cursor of the old one gets `reset`. PostgreSQL loses no commit.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

import psutil
import sqlalchemy as sa

from app.database.engine import Database
from app.database.insertion import insert_unless_there
from app.database.schema import EVERYONE, log_epoch
from app.realtime.cursor import new_epoch
from app.realtime.event_log import epoch_of

logger = logging.getLogger(__name__)

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """A name for the time since the machine last started."""
    if _BOOT_ID.exists():
        return _BOOT_ID.read_text().strip()
    return str(int(psutil.boot_time()))


def open_log(url: str) -> str:
    """Say that the log is in use from now on; returns its epoch, a new one after an unclean reboot."""
    database = Database(url)
    try:
        with database.write() as connection:
            return ensure_epoch(connection)
    finally:
        database.close()


def ensure_epoch(connection: sa.Connection) -> str:
    """The same in the caller's transaction: every process that may write to the log says so before it does."""
    values = {"boot_id": boot_id(), "clean": False}
    if insert_unless_there(connection, log_epoch, {"tenant": EVERYONE, "epoch": new_epoch(), **values}):
        return epoch_of(connection)
    row = connection.execute(sa.select(log_epoch)).one()
    lost = connection.dialect.name == "sqlite" and not row.clean and row.boot_id != boot_id()
    epoch = new_epoch() if lost else str(row.epoch)
    connection.execute(sa.update(log_epoch).values(epoch=epoch, **values))
    if lost:
        logger.warning(
            "The machine went down while the log was open: clients will be told to read anew",
            extra={"action": "epoch_changed", "epoch": epoch},
        )
    return epoch


def begin_new_life(connection: sa.Connection) -> str:
    """Say that the log is another one from now on; returns its epoch. Every cursor of before gets `reset`."""
    ensure_epoch(connection)
    epoch = new_epoch()
    connection.execute(sa.update(log_epoch).values(epoch=epoch))
    logger.warning(
        "The log begins a new life: clients will be told to read anew",
        extra={"action": "epoch_changed", "epoch": epoch},
    )
    return epoch


def mark_clean(url: str) -> None:
    """Say that everything is on disk; call it when the last process has stopped."""
    database = Database(url)
    try:
        with database.write() as connection:
            connection.execute(sa.update(log_epoch).values(clean=True))
        if url.startswith("sqlite"):
            with database.autocommit() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        database.close()
