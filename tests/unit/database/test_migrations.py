"""The migrations make the tables that the code works with."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from app.database.engine import Database
from app.database.schema import metadata


def test_migrations_make_the_schema(database: Database) -> None:
    """A database that was migrated from nothing has every table, column and index of the schema, and no other."""
    with database.write() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
