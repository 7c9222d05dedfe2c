"""webhooks: who is told of the end of a job or a batch, and the outbox of what is to be told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    for table in ("jobs", "batches"):
        op.add_column(table, sa.Column("webhook_url", sa.Text(), nullable=True))
        op.add_column(table, sa.Column("webhook_base", sa.Text(), nullable=True))
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=True),
        sa.Column("batch_id", sa.String(length=36), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("host", sa.String(length=300), nullable=False),
        sa.Column("type", sa.String(length=24), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("tried_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("response_status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    due = sa.text("next_at_ms IS NOT NULL")
    op.create_index(op.f("ix_webhooks_tenant_id"), "webhooks", ["tenant", "id"], unique=False)
    op.create_index(op.f("ix_webhooks_tenant_status_id"), "webhooks", ["tenant", "status", "id"], unique=False)
    op.create_index("ix_webhooks_due", "webhooks", ["next_at_ms", "host"], sqlite_where=due, postgresql_where=due)
    op.create_index(op.f("ix_webhooks_job_id"), "webhooks", ["job_id"], unique=False)
    op.create_index(op.f("ix_webhooks_batch_id"), "webhooks", ["batch_id"], unique=False)
    op.create_index(op.f("ix_webhooks_ended_at_ms"), "webhooks", ["ended_at_ms"], unique=False)
