"""renderings: how an input can be watched, and the videos that are made of it on request."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    # Of what has ended nobody has looked; whoever asks for its playback has it looked at.
    op.add_column("jobs", sa.Column("playable", sa.String(length=8), nullable=True))
    op.create_table(
        "renderings",
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("progress", sa.SmallInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("crashes", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=128), nullable=True),
        sa.Column("held_until_ms", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("wanted_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "kind", name=op.f("pk_renderings")),
    )
    unmade = sa.text("status IN ('wanted', 'making')")
    op.create_index(
        "ix_renderings_unmade", "renderings", ["wanted_at_ms"], sqlite_where=unmade, postgresql_where=unmade
    )
