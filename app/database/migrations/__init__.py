"""Alembic, called from Python: `migrate(url)` brings a database to the present schema."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config


def alembic_config(url: str) -> Config:
    """The configuration that an `alembic.ini` would hold."""
    config = Config()
    config.set_main_option("script_location", str(files(__name__)))
    # ConfigParser reads % as the start of a substitution.
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def migrate(url: str) -> None:
    """Bring the database to the newest schema; does nothing where it is there already."""
    command.upgrade(alembic_config(url), "head")
