"""`Idempotency-Key`: the same key and body within a day get the same answer, and one job.

The answer is stored in the transaction that made the job. While the first request is under way its key is
taken; a process that dies in between leaves a key that may be taken over after `STALE_MS`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from starlette.responses import Response

from app.api.caller import tenant_of
from app.api.multipart import Form
from app.database.engine import Database
from app.database.schema import idempotency_keys as table
from app.errors import IdempotencyMismatch, InvalidQuery, RequestInProgress
from app.jobs.ids import now_ms
from app.state import ApiRequest

HEADER: Final = "idempotency-key"
MAX_KEY_CHARACTERS: Final = 255
#: An upload may take long; a key that was taken longer ago belongs to a process that died.
STALE_MS: Final = 3600 * 1000


@dataclass(frozen=True, slots=True)
class Stored:
    """The answer that was given before."""

    fingerprint: str
    status: int
    headers: dict[str, str]
    body: str

    def replay(self, fingerprint: str) -> Response:
        """The same answer again; raises `IdempotencyMismatch` for another body."""
        if fingerprint != self.fingerprint:
            raise IdempotencyMismatch
        headers = {**self.headers, "Idempotency-Replayed": "true"}
        return Response(self.body, self.status, headers=headers, media_type="application/json")


@dataclass(frozen=True, slots=True)
class TakenKey:
    """A key that this request has taken; `finish` or `give_up` ends that."""

    tenant: str
    key: str

    def finish(self, connection: sa.Connection, fingerprint: str, response: Response) -> None:
        """Store the answer, in the transaction of what it tells of."""
        headers = {"Location": response.headers["location"]} if "location" in response.headers else {}
        connection.execute(
            sa.update(table)
            .where(table.c.tenant == self.tenant, table.c.key == self.key)
            .values(
                fingerprint=fingerprint,
                status=response.status_code,
                headers=headers,
                body=bytes(response.body).decode(),
            )
        )

    async def give_up(self, database: Database) -> None:
        """The request failed: the same key may be used for another try."""
        await database.run_write(_delete, self)


async def take_key(request: ApiRequest) -> TakenKey | Stored | None:
    """Take the request's key; what was stored under it, where it was used before; None without a key.

    Raises `RequestInProgress` while the first request with it is under way.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not 0 < len(key) <= MAX_KEY_CHARACTERS:
        raise InvalidQuery(f"An Idempotency-Key has 1 to {MAX_KEY_CHARACTERS} characters")
    return await request.state["database"].run_write(_take, TakenKey(tenant_of(request), key))


def fingerprint_of(form: Form) -> str:
    """What makes two bodies the same: their fields and their file's content, not how they were wrapped."""
    content = [sorted(form.fields.items()), form.file.sha256 if form.file else None]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _take(connection: sa.Connection, wanted: TakenKey) -> TakenKey | Stored:
    where = (table.c.tenant == wanted.tenant, table.c.key == wanted.key)
    row = connection.execute(sa.select(table).where(*where)).one_or_none()
    now = now_ms()
    if row is None:
        connection.execute(
            sa.insert(table).values(tenant=wanted.tenant, key=wanted.key, fingerprint="", created_at_ms=now)
        )
        return wanted
    if row.status is not None:
        return Stored(row.fingerprint, row.status, row.headers, row.body)
    if now - row.created_at_ms < STALE_MS:
        raise RequestInProgress
    connection.execute(sa.update(table).where(*where).values(created_at_ms=now))
    return wanted


def _delete(connection: sa.Connection, taken: TakenKey) -> None:
    connection.execute(
        sa.delete(table).where(table.c.tenant == taken.tenant, table.c.key == taken.key, table.c.status.is_(None))
    )
