"""Videos that workers make of a job's input on request: for browsers that do not play it, and as exports.

A rendering is wanted, then one worker at a time makes it under a lease, then it is ready or has failed. Each move is a
compare-and-set on its row. The file of each attempt has a name of its own, so what a worker that was taken for dead
still writes is nobody's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import sqlalchemy as sa

from app.database.insertion import insert_unless_there
from app.database.schema import jobs, renderings
from app.errors import JobNotFound
from app.jobs import usage
from app.jobs.ids import now_ms
from app.jobs.job import Playable
from app.storage.blobs import rendering_prefix


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
    crashes: int
    wanted_at_ms: int
    error: str | None = None

    @property
    def key(self) -> str:
        """Where the file of this attempt lies."""
        return f"{rendering_prefix(self.job_id)}/{self.kind}-{self.attempt}.webm"

    @property
    def etag(self) -> str:
        """What names its content: one that was forgotten and made again is another."""
        return f'"{self.key}.{self.wanted_at_ms}"'


def find(connection: sa.Connection, tenant: str, job_id: str, kind: Kind) -> Rendering | None:
    """The rendering; None where nobody has asked for it."""
    row = connection.execute(
        sa.select(renderings).where(
            renderings.c.job_id == job_id, renderings.c.kind == kind, renderings.c.tenant == tenant
        )
    ).one_or_none()
    return None if row is None else _rendering(row)


def want(connection: sa.Connection, tenant: str, job_id: str, kind: Kind) -> Rendering:
    """Ask for it, as whoever came first did; it is as it stands. Raises `JobNotFound`."""
    # The job's row first, as everybody does: who forgets the job takes this with it, or comes before.
    locked = sa.update(jobs).where(jobs.c.id == job_id, jobs.c.tenant == tenant).values(tenant=tenant)
    if not connection.execute(locked).rowcount:
        raise JobNotFound(f"There is no job {job_id}")
    values = {
        "job_id": job_id,
        "kind": kind,
        "tenant": tenant,
        "status": State.WANTED,
        "progress": 0,
        "attempt": 0,
        "crashes": 0,
        "wanted_at_ms": now_ms(),
    }
    insert_unless_there(connection, renderings, values)
    return _rendering(
        connection.execute(sa.select(renderings).where(renderings.c.job_id == job_id, renderings.c.kind == kind)).one()
    )


def waits(connection: sa.Connection) -> bool:
    """Whether there is one to make."""
    return connection.execute(_open(now_ms())).first() is not None


def claim(connection: sa.Connection, holder: str, lease_ms: int) -> Rendering | None:
    """Give the one that was asked for first to a worker, as its next attempt; None where none waits."""
    now = now_ms()
    row = connection.execute(_open(now).with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    values = {
        "status": State.MAKING,
        "progress": 0,
        "attempt": row.attempt + 1,
        "holder": holder,
        "held_until_ms": now + lease_ms,
    }
    found = _rendering(row)
    changed = connection.execute(sa.update(renderings).where(*_is(found)).values(values))
    return replace(found, status=State.MAKING, progress=0, attempt=found.attempt + 1) if changed.rowcount else None


def renew(connection: sa.Connection, rendering: Rendering, progress: int, lease_ms: int) -> bool:
    """Hold it for longer, and say how far it is; False where it is somebody else's by now, or gone."""
    return _change(connection, rendering, progress=progress, held_until_ms=now_ms() + lease_ms)


def finish(connection: sa.Connection, rendering: Rendering) -> bool:
    """Its file is there; False where it is nobody's. The job is measured again."""
    # The job's row first, as everybody does.
    usage.measure_again(connection, rendering.job_id)
    return _change(connection, rendering, status=State.READY, progress=100, holder=None, held_until_ms=None)


def fail(connection: sa.Connection, rendering: Rendering, error: str) -> None:
    """It can't be made, for a reason that stays."""
    _change(connection, rendering, status=State.FAILED, error=error, holder=None, held_until_ms=None)


def hand_back(connection: sa.Connection, rendering: Rendering, *, crashed: bool, max_crashes: int) -> None:
    """Let another one try; whatever ends so many processes that make it is not tried for ever."""
    crashes = rendering.crashes + crashed
    if crashes >= max_crashes:
        fail(connection, rendering, f"The process that made the video died {crashes} times; the workers' log says why.")
        return
    _change(connection, rendering, status=State.WANTED, progress=0, crashes=crashes, holder=None, held_until_ms=None)


def found_out(connection: sa.Connection, rendering: Rendering, playable: Playable) -> bool:
    """Whoever opened the input says how it can be watched; False where nothing is to be made of it then.

    That is so of jobs which ended before a worker opened their input, or before workers said so.
    """
    connection.execute(sa.update(jobs).where(jobs.c.id == rendering.job_id).values(playable=playable))
    needless = {Playable.STILL: True, Playable.INPUT: rendering.kind is Kind.PLAYBACK}.get(playable, False)
    if needless:
        connection.execute(sa.delete(renderings).where(*_is(rendering)))
    return not needless


def lose(connection: sa.Connection, rendering: Rendering) -> None:
    """Its file is gone: it is wanted again."""
    _change(connection, rendering, status=State.WANTED, progress=0, wanted_at_ms=now_ms())


def forget(connection: sa.Connection, job_id: str) -> None:
    """The job goes, and all that was made of it."""
    connection.execute(sa.delete(renderings).where(renderings.c.job_id == job_id))


def _open(now: int) -> sa.Select[tuple[object, ...]]:
    due = sa.or_(
        renderings.c.status == State.WANTED,
        sa.and_(renderings.c.status == State.MAKING, renderings.c.held_until_ms < now),
    )
    # Both statuses are named as the index names them.
    unmade = sa.text("status IN ('wanted', 'making')")
    return sa.select(renderings).where(unmade, due).order_by(renderings.c.wanted_at_ms).limit(1)


def _is(rendering: Rendering) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        renderings.c.job_id == rendering.job_id,
        renderings.c.kind == rendering.kind,
        renderings.c.attempt == rendering.attempt,
        renderings.c.status == rendering.status,
    )


def _change(connection: sa.Connection, rendering: Rendering, **values: object) -> bool:
    """The fence: only the attempt that is under way changes its row."""
    return connection.execute(sa.update(renderings).where(*_is(rendering)).values(values)).rowcount == 1


def _rendering(row: sa.Row[tuple[object, ...]]) -> Rendering:
    return Rendering(
        job_id=row.job_id,
        kind=Kind(row.kind),
        tenant=row.tenant,
        status=State(row.status),
        progress=row.progress,
        attempt=row.attempt,
        crashes=row.crashes,
        wanted_at_ms=row.wanted_at_ms,
        error=row.error,
    )
