"""Alembic, called from Python: `migrate(url)` brings a database to the present schema."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

#: How a database's schema stands to this version of Transom.
SchemaAge = Literal["present", "older", "newer"]


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


def schema_age(connection: sa.Connection) -> SchemaAge:
    """How the database's schema stands to this version: one that is not known here was made by a newer one."""
    known, head = _revisions()
    present = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    if present == head:
        return "present"
    return "older" if present is None or present in known else "newer"


def schema_version(connection: sa.Connection) -> str:
    """Which migration the database's schema is at."""
    return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one())


@cache
def _revisions() -> tuple[frozenset[str], str | None]:
    scripts = ScriptDirectory.from_config(alembic_config("sqlite://"))
    return frozenset(script.revision for script in scripts.walk_revisions()), scripts.get_current_head()
