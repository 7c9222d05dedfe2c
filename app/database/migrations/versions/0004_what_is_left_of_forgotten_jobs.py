"""what is left of forgotten jobs, and what ended jobs take: neither may cost a long transaction or a whole table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "forgotten_jobs",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("raises_floor", sa.Boolean(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forgotten_jobs")),
    )
    op.create_index(op.f("ix_forgotten_jobs_due_ms"), "forgotten_jobs", ["due_ms"], unique=False)
    op.create_table(
        "stored",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_stored")),
    )
    op.add_column("jobs", sa.Column("stored_bytes", sa.BigInteger(), nullable=True))
    op.add_column("jobs", sa.Column("trimmed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(op.f("ix_jobs_finished_at_ms"), "jobs", ["finished_at_ms"], unique=False)
    unmeasured = sa.text("stored_bytes IS NULL AND finished_at_ms IS NOT NULL")
    op.create_index(
        "ix_jobs_unmeasured",
        "jobs",
        ["id"],
        unique=False,
        sqlite_where=unmeasured,
        postgresql_where=unmeasured,
    )
    untrimmed = sa.text("NOT trimmed")
    op.create_index(
        "ix_jobs_untrimmed",
        "jobs",
        ["finished_at_ms"],
        unique=False,
        sqlite_where=untrimmed,
        postgresql_where=untrimmed,
    )
