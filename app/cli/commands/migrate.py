"""`transom migrate`."""

from __future__ import annotations

from app.cli.output import say


def migrate() -> None:
    """Bring the database to the present schema; does nothing where it is there already."""
    from app.cli.database_setup import prepare_database
    from app.settings import load_settings

    prepare_database(load_settings())
    say("The database is up to date.")
