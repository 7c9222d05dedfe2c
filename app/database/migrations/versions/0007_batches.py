"""batches: many inputs under one id, and whose turn it is among them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "batches",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("finished_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    pending, still_open = sa.text("pending"), sa.text("finished_at_ms IS NULL")
    op.create_index(op.f("ix_batches_tenant_id"), "batches", ["tenant", "id"], unique=False)
    op.create_index("ix_batches_pending", "batches", ["id"], sqlite_where=pending, postgresql_where=pending)
    op.create_index("ix_batches_open", "batches", ["id"], sqlite_where=still_open, postgresql_where=still_open)
    op.create_index(op.f("ix_batches_finished_at_ms"), "batches", ["finished_at_ms"], unique=False)
    op.create_table(
        "batch_items",
        sa.Column("batch_id", sa.String(length=36), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("source", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("input_id", sa.String(length=36), nullable=True),
        sa.Column("job_id", sa.String(length=36), nullable=True),
        sa.Column("error", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("ended_as", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", "n", name=op.f("pk_batch_items")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_batch_items_job_id", "batch_items", ["job_id"], unique=False)
    stored = sa.text("input_id IS NOT NULL")
    op.create_index(
        "ix_batch_items_input_id", "batch_items", ["input_id"], sqlite_where=stored, postgresql_where=stored
    )
    op.create_table(
        "turns",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("batch_id", sa.String(length=36), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "batch_id", name=op.f("pk_turns")),
    )
    of_a_batch = sa.text("batch_id IS NOT NULL")
    op.create_index(
        "ix_events_batch", "events", ["batch_id", "seq"], sqlite_where=of_a_batch, postgresql_where=of_a_batch
    )
    op.drop_index(op.f("ix_jobs_status_queue_tenant_priority_id"), "jobs")
    op.create_index(
        op.f("ix_jobs_status_queue_tenant_batch_id_priority_id"),
        "jobs",
        ["status", "queue", "tenant", "batch_id", "priority", "id"],
        unique=False,
    )
