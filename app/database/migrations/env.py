"""What Alembic runs: each migration in one transaction, one process at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context

from app.database.schema import metadata

#: Any number: PostgreSQL's advisory lock that keeps two nodes from migrating at once.
_LOCK = 0x7472616E


def _run() -> None:
    url = context.config.get_main_option("sqlalchemy.url") or ""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.isolation_level = None  # type: ignore[attr-defined]
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            connection.exec_driver_sql("PRAGMA busy_timeout = 30000")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


_run()
