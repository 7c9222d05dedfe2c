"""Bringing the database to the present schema before anything uses it.

This file and `app/database/` are the ones that know what the database library raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic.util import CommandError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from app.database.engine import Database
from app.database.migrations import migrate
from app.errors import ConfigurationError
from app.settings import Settings


def prepare_database(settings: Settings) -> None:
    """Upgrade the database; raises `ConfigurationError` where it can't be opened or is of a later version."""
    url = settings.resolved_database_url
    if url.startswith("sqlite"):
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        migrate(url)
    except (SQLAlchemyError, CommandError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        shown = make_url(url).render_as_string(hide_password=True)
        raise ConfigurationError(f"TRANSOM_DATABASE_URL={shown!r}: the database can't be used: {reason}") from None


@contextmanager
def opened_database(settings: Settings) -> Iterator[Database]:
    """The database at the present schema, for a command that ends; raises `ConfigurationError`."""
    prepare_database(settings)
    database = Database(settings.resolved_database_url)
    try:
        yield database
    finally:
        database.close()
