"""lists at any size: what jobs are looked for by is an index, whose end is the newest."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_JOBS_A_STEP = 1_000
_WORD: Final = re.compile(r"[^\W_]+")


def upgrade() -> None:
    """Apply it."""
    terms = op.create_table(
        "job_terms",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("term", sa.String(length=16), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "term", "job_id", name=op.f("pk_job_terms")),
        sqlite_with_rowid=False,
    )
    op.drop_index("ix_jobs_batch_id", "jobs")
    op.create_index(op.f("ix_jobs_tenant_batch_id_id"), "jobs", ["tenant", "batch_id", "id"], unique=False)
    op.create_index(op.f("ix_jobs_tenant_plugin_id"), "jobs", ["tenant", "plugin", "id"], unique=False)
    op.create_index(op.f("ix_jobs_tenant_plugin_status_id"), "jobs", ["tenant", "plugin", "status", "id"], unique=False)
    _fill(op.get_bind(), terms)


def _rows_of(tenant: str, job_id: str, name: str | None) -> list[dict[str, Any]]:
    """As the search had them when these tables were made; what it does later is a later migration's matter."""
    plain = unicodedata.normalize("NFKC", name or "").casefold()
    words = list(dict.fromkeys(word[:16] for word in _WORD.findall(plain)))[:8]
    terms = {word[:end] for word in words for end in range(1, len(word) + 1)}
    return [{"tenant": tenant, "term": term, "job_id": job_id} for term in sorted(terms)]


def _fill(connection: sa.Connection, terms: sa.Table) -> None:
    jobs = sa.table("jobs", sa.column("id"), sa.column("tenant"), sa.column("input_name"))
    after = ""
    while True:
        step = sa.select(jobs).where(jobs.c.id > after).order_by(jobs.c.id).limit(_JOBS_A_STEP)
        found = connection.execute(step).all()
        if not found:
            return
        rows = [row for job in found for row in _rows_of(job.tenant, job.id, job.input_name)]
        if rows:
            connection.execute(sa.insert(terms), rows)
        after = found[-1].id
