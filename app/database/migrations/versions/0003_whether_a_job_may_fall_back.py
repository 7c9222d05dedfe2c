"""whether a job may fall back: a retry asks for what was asked for, and the answer alone does not say it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    # Those that are there get what a form gets that does not say.
    op.add_column("jobs", sa.Column("fallback_allowed", sa.Boolean(), nullable=False, server_default=sa.true()))
