"""What is forgotten: ended jobs, with their events and files, once they are older than they are kept."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from app.database.schema import events, jobs, tool_runs
from app.jobs.ids import first_id_at
from app.storage.blobs import BlobStore, input_key, preview_prefix

#: Jobs a round: a round holds the write lock, and the next one comes a second later.
JOBS_A_ROUND: Final = 20


def purge_expired(connection: sa.Connection, cutoff_ms: int) -> list[str]:
    """Delete the rows of jobs that ended before `cutoff_ms`; returns their ids, whose files are to go once it commits.

    The numbers of their events stay used: a seq at or below the head that is not there was deleted.
    """
    found = connection.execute(
        sa.select(jobs.c.id, jobs.c.tenant)
        # Ids sort by time, so the oldest come first, from the primary key. Only a job that has ended has an end;
        # naming the statuses too would lead databases to sort all ended jobs at every round.
        .where(jobs.c.id < first_id_at(cutoff_ms), jobs.c.finished_at_ms < cutoff_ms)
        .order_by(jobs.c.id)
        .limit(JOBS_A_ROUND)
    ).all()
    for row in found:
        connection.execute(sa.delete(jobs).where(jobs.c.id == row.id))
        connection.execute(sa.delete(tool_runs).where(tool_runs.c.tenant == row.tenant, tool_runs.c.job_id == row.id))
        connection.execute(sa.delete(events).where(events.c.tenant == row.tenant, events.c.job_id == row.id))
    return [row.id for row in found]


def delete_files(blobs: BlobStore, job_id: str) -> None:
    """Delete a job's input and previews."""
    blobs.delete(input_key(job_id))
    blobs.delete(preview_prefix(job_id))
