"""indexes of what is forgotten: a round of the sweep holds the write lock, and must not look through whole tables."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_index(op.f("ix_tool_runs_tenant_job_id"), "tool_runs", ["tenant", "job_id"], unique=False)
    op.create_index(op.f("ix_idempotency_keys_created_at_ms"), "idempotency_keys", ["created_at_ms"], unique=False)
