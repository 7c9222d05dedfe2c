"""When a life of the log begins and ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from app.database.engine import Database
from app.database.lifecycle import ensure_epoch, mark_clean, open_log
from app.database.schema import log_epoch


def _reboot(database: Database) -> None:
    with database.write() as connection:
        connection.execute(sa.update(log_epoch).values(boot_id="an earlier boot"))


def _join(database: Database) -> str:
    with database.write() as connection:
        return ensure_epoch(connection)


@pytest.mark.only_over("sqlite")
@pytest.mark.parametrize("enter", [lambda database: open_log(database.url), _join], ids=["up", "web or worker"])
def test_epoch_changes_after_an_unclean_reboot_only(database: Database, enter: Callable[[Database], str]) -> None:
    """The last commits may be lost by a machine that goes down, and only then is the log another one."""
    first = enter(database)
    again = enter(database)
    _reboot(database)
    after_unclean = enter(database)
    mark_clean(database.url)
    _reboot(database)
    after_clean = enter(database)

    assert again == first
    assert after_unclean != first
    assert after_clean == after_unclean


@pytest.mark.only_over("postgres")
def test_epoch_stays_where_no_commit_is_lost(database: Database) -> None:
    """A server that keeps every commit has one log, whatever its clients' machines do."""
    first = open_log(database.url)
    _reboot(database)

    assert open_log(database.url) == first


@pytest.mark.only_over("sqlite")
def test_process_that_joins_a_closed_log_opens_it(database: Database) -> None:
    """A log that was closed, and then used by a web process or worker alone, is another one after an unclean reboot."""
    first = open_log(database.url)
    mark_clean(database.url)
    _join(database)
    _reboot(database)

    assert open_log(database.url) != first
