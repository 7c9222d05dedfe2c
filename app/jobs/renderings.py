"""Videos that workers make of a job's input on request: for browsers that do not play it, and as exports.

A rendering is wanted, then one worker at a time makes it under a lease, then it is ready or has failed. Each move is a
compare-and-set on its row. The file of each attempt has a name of its own, so what a worker that was taken for dead
still writes is nobody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from app.database.schema import renderings


class Kind(StrEnum):
    """What is made."""

    PLAYBACK = "playback"  # the input, for browsers that do not play it
    ANNOTATED = "annotated"  # the input with what was found in it


class State(StrEnum):
    """Where a rendering stands."""

    WANTED = "wanted"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """One row of `renderings`."""

    job_id: str
    kind: Kind
    tenant: str
    status: State
    progress: int
    attempt: int
    error: str | None = None


def find(connection: sa.Connection, tenant: str, job_id: str, kind: Kind) -> Rendering | None:
    """The rendering; None where nobody has asked for it."""
    row = connection.execute(
        sa.select(renderings).where(
            renderings.c.job_id == job_id, renderings.c.kind == kind, renderings.c.tenant == tenant
        )
    ).one_or_none()
    return None if row is None else _rendering(row)


def _rendering(row: sa.Row[tuple[object, ...]]) -> Rendering:
    return Rendering(
        job_id=row.job_id,
        kind=Kind(row.kind),
        tenant=row.tenant,
        status=State(row.status),
        progress=row.progress,
        attempt=row.attempt,
        error=row.error,
    )
