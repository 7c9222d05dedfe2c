"""What is asked and changed of uploads' rows.

A row says how many bytes are stored, and who is adding more: one request at a time, which holds the row by a token and
says again and again that bytes still arrive. One that stops saying so, for its process died or its client has left, is
taken for dead a few seconds later. It can't move the row then, so bytes that it still writes count for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import sqlalchemy as sa

from app.database.schema import uploads as table
from app.errors import (
    TooManyUploads,
    UploadExpired,
    UploadIncomplete,
    UploadLocked,
    UploadNotFound,
    UploadOffsetConflict,
    UploadUsed,
)
from app.jobs.ids import now_ms
from app.uploads.upload import Upload, upload_from_row

#: How long a hold lasts unless it is renewed. A killed process leaves its holds, and clients wait for their end.
HOLD_MS: Final = 10_000
#: Uploads of a tenant that no job has taken yet.
MAX_WAITING: Final = 10_000


@dataclass(frozen=True, slots=True)
class Hold:
    """The right to add to an upload; `token` tells it from that of a later request."""

    upload: Upload
    token: str


def create(connection: sa.Connection, upload: Upload, *, max_waiting_bytes: int) -> None:
    """Insert it; raises `TooManyUploads` where the tenant has too many that no job has taken, or too large ones."""
    count, size = connection.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(table.c.length), 0)).where(
            table.c.tenant == upload.tenant, table.c.job_id.is_(None), table.c.expires_at_ms > now_ms()
        )
    ).one()
    if count >= MAX_WAITING or int(size) + upload.length > max_waiting_bytes:
        raise TooManyUploads(
            f"{count} uploads with {size} bytes are under way or wait for a job; {MAX_WAITING} with "
            f"{max_waiting_bytes} may. Hand them in as jobs, or delete them"
        )
    connection.execute(
        sa.insert(table).values(
            id=upload.id,
            tenant=upload.tenant,
            length=upload.length,
            received=upload.received,
            about=upload.about,
            expires_at_ms=upload.expires_at_ms,
        )
    )


def get(connection: sa.Connection, tenant: str, upload_id: str) -> Upload:
    """One upload; raises `UploadNotFound`, also for another tenant's, and `UploadExpired`."""
    row = connection.execute(sa.select(table).where(*_is(tenant, upload_id))).one_or_none()
    if row is None:
        raise UploadNotFound(f"There is no upload {upload_id}")
    if row.expires_at_ms <= now_ms():
        raise UploadExpired
    return upload_from_row(row)


def hold(connection: sa.Connection, tenant: str, upload_id: str, offset: int, *, keep_ms: int) -> Hold:
    """Hold it for a piece that begins at `offset`, and keep it for so long from now.

    Raises what `get` raises, `UploadUsed`, `UploadLocked` while another request holds it, and `UploadOffsetConflict`.
    """
    upload = get(connection, tenant, upload_id)
    require_unused(upload)
    now = now_ms()
    values = {"holder": uuid4().hex, "held_until_ms": now + HOLD_MS, "expires_at_ms": now + keep_ms}
    row = connection.execute(
        sa.update(table)
        .where(
            *_is(tenant, upload_id),
            table.c.received == offset,
            table.c.job_id.is_(None),
            sa.or_(table.c.holder.is_(None), table.c.held_until_ms < now),
        )
        .values(values)
        .returning(table)
    ).one_or_none()
    if row is not None:
        return Hold(upload_from_row(row), str(values["holder"]))
    if upload.received != offset:
        raise UploadOffsetConflict(
            f"The upload has {upload.received} bytes, and the piece begins at {offset}", offset=upload.received
        )
    raise UploadLocked("Another request is adding to this upload: ask how far it is in a moment")


def record(connection: sa.Connection, held: Hold, received: int) -> None:
    """Note how many bytes are stored, and that more arrive; raises `UploadLocked` where the hold was lost."""
    _move(connection, held, received=received, held_until_ms=now_ms() + HOLD_MS)


def release(connection: sa.Connection, held: Hold, received: int) -> None:
    """Note how many bytes are stored, and let go; raises `UploadLocked` where the hold was lost."""
    _move(connection, held, received=received, holder=None, held_until_ms=None)


def claim(connection: sa.Connection, tenant: str, upload_id: str, job_id: str) -> None:
    """Give it to a job, in the transaction that makes the job.

    Raises `UploadUsed` where another was faster, and `UploadNotFound` where it was deleted.
    """
    claimed = connection.execute(
        sa.update(table)
        .where(*_is(tenant, upload_id), table.c.job_id.is_(None), table.c.received == table.c.length)
        .values(job_id=job_id)
    )
    if claimed.rowcount != 1:
        require_unused(get(connection, tenant, upload_id))
        raise UploadNotFound(f"There is no upload {upload_id}")


def delete(connection: sa.Connection, tenant: str, upload_id: str) -> None:
    """Delete its row; raises what `get` raises, and `UploadUsed`. Whoever is adding to it loses the hold."""
    require_unused(get(connection, tenant, upload_id))
    connection.execute(sa.delete(table).where(*_is(tenant, upload_id), table.c.job_id.is_(None)))


def expired(connection: sa.Connection, limit: int) -> Sequence[str]:
    """The uploads whose time is over, and to which nobody is adding."""
    now = now_ms()
    return (
        connection.execute(
            sa.select(table.c.id)
            .where(table.c.expires_at_ms <= now, sa.or_(table.c.holder.is_(None), table.c.held_until_ms < now))
            .order_by(table.c.expires_at_ms)
            .limit(limit)
        )
        .scalars()
        .all()
    )


def forget(connection: sa.Connection, upload_id: str) -> None:
    """Nothing is left of it: its row goes too."""
    connection.execute(sa.delete(table).where(table.c.id == upload_id))


def ids_among(connection: sa.Connection, ids: list[str]) -> frozenset[str]:
    """Of these ids those of uploads that are there."""
    return frozenset(connection.execute(sa.select(table.c.id).where(table.c.id.in_(ids))).scalars())


def require_unused(upload: Upload) -> None:
    """Raise `UploadUsed` where a job has taken it."""
    if upload.job_id is not None:
        raise UploadUsed(f"The upload belongs to the job {upload.job_id}: upload the file again", job_id=upload.job_id)


def require_complete(upload: Upload) -> None:
    """Raise `UploadIncomplete` where bytes are missing."""
    if not upload.complete:
        raise UploadIncomplete(
            f"The upload has {upload.received} of its {upload.length} bytes: send the rest first",
            offset=upload.received,
            length=upload.length,
        )


def _move(connection: sa.Connection, held: Hold, **values: Any) -> None:
    moved = connection.execute(
        sa.update(table)
        .where(*_is(held.upload.tenant, held.upload.id), table.c.holder == held.token, table.c.job_id.is_(None))
        .values(values)
    )
    if moved.rowcount != 1:
        raise UploadLocked("Another request took over, or the upload was deleted: ask how far it is")


def _is(tenant: str, upload_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return table.c.id == upload_id, table.c.tenant == tenant
