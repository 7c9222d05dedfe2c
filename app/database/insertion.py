"""Inserting a row that somebody else may be inserting at this moment."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.database.direct import HotConnection


def insert_unless_there(connection: HotConnection, table: sa.Table, values: dict[str, Any]) -> bool:
    """Insert a row; False where one of its primary key is there, also by a transaction that commits meanwhile."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).values(values).on_conflict_do_nothing().returning(sa.literal(True))
    return connection.execute(statement).one_or_none() is not None
