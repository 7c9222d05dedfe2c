"""`Idempotency-Key`: the same key and body within a day get the same answer, and one job.

The answer is stored in the transaction that made the job. While the first request is under way its key is held and
renewed; one whose process died in between is taken over `STALE_MS` later.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

import sqlalchemy as sa

from app.api.caller import tenant_of
from app.api.multipart import Form
from app.database.engine import Database
from app.database.schema import idempotency_keys as table
from app.errors import BadRequest, DatabaseUnavailable, IdempotencyMismatch, RequestInProgress
from app.jobs.ids import now_ms
from app.state import ApiRequest

logger = logging.getLogger(__name__)

HEADER: Final = "idempotency-key"
MAX_KEY_CHARACTERS: Final = 255
#: How long an answer is remembered.
REMEMBER_MS: Final = 24 * 3600 * 1000
#: A key that was not renewed for this long belongs to a process that died.
STALE_MS: Final = 20_000
RENEW_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is stored: of a call that made a job."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The answer that was given to this key before."""

    fingerprint: str
    answer: Answer

    def require_same(self, fingerprint: str) -> None:
        """Raise `IdempotencyMismatch` for another body."""
        if fingerprint != self.fingerprint:
            raise IdempotencyMismatch


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key that this request holds; `token` tells its hold from that of a later request."""

    tenant: str
    key: str
    token: str

    def finish(self, connection: sa.Connection, fingerprint: str, answer: Answer) -> None:
        """Store the answer, in the transaction of what it tells of.

        Raises `RequestInProgress` where another request took the key over: then nothing of this one may stay.
        """
        stored = connection.execute(
            sa.update(table)
            .where(*self._mine())
            .values(fingerprint=fingerprint, status=answer.status, headers=answer.headers, body=answer.body)
        )
        if stored.rowcount != 1:
            raise RequestInProgress

    def renew(self, connection: sa.Connection) -> None:
        """Say that the request is still under way."""
        connection.execute(sa.update(table).where(*self._mine()).values(created_at_ms=now_ms()))

    def give_up(self, connection: sa.Connection) -> None:
        """The request failed: its key may be used for another try."""
        connection.execute(sa.delete(table).where(*self._mine()))

    def _mine(self) -> tuple[sa.ColumnElement[bool], ...]:
        return (
            table.c.tenant == self.tenant,
            table.c.key == self.key,
            # While a request is under way its token stands where the fingerprint will.
            table.c.fingerprint == self.token,
            table.c.status.is_(None),
        )


@asynccontextmanager
async def held_key(request: ApiRequest) -> AsyncIterator[HeldKey | StoredAnswer | None]:
    """Hold the request's key during the block; gives the answer that it had before, or None without a key.

    Raises `RequestInProgress` while another request holds it. When the block raises, the key is free again.
    """
    key = request.headers.get(HEADER)
    if key is None:
        yield None
        return
    if not 0 < len(key) <= MAX_KEY_CHARACTERS:
        message = f"has 1 to {MAX_KEY_CHARACTERS} characters"
        raise BadRequest(f"An Idempotency-Key {message}", errors=[{"field": "Idempotency-Key", "message": message}])
    database = request.state["database"]
    held = await database.run_write(_take, HeldKey(tenant_of(request), key, uuid4().hex))
    if isinstance(held, StoredAnswer):
        yield held
        return
    renewing = asyncio.create_task(_renew_for_ever(database, held))
    try:
        yield held
    except BaseException:
        await database.run_write(held.give_up)
        raise
    finally:
        renewing.cancel()


def fingerprint_of(call: str, form: Form) -> str:
    """What makes two requests the same: the call, its fields and its file's content, not how they were wrapped."""
    content = [call, sorted(form.fields.items()), form.file.sha256 if form.file else None]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _take(connection: sa.Connection, wanted: HeldKey) -> HeldKey | StoredAnswer:
    where = (table.c.tenant == wanted.tenant, table.c.key == wanted.key)
    row = connection.execute(sa.select(table).where(*where)).one_or_none()
    now = now_ms()
    if row is not None:
        age = now - row.created_at_ms
        if row.status is not None and age < REMEMBER_MS:
            return StoredAnswer(row.fingerprint, Answer(row.status, row.headers, row.body))
        if row.status is None and age < STALE_MS:
            raise RequestInProgress
        connection.execute(sa.delete(table).where(*where, table.c.created_at_ms == row.created_at_ms))
    values = {"tenant": wanted.tenant, "key": wanted.key, "fingerprint": wanted.token, "created_at_ms": now}
    try:
        connection.execute(sa.insert(table).values(values))
    except sa.exc.IntegrityError:
        # Another node was faster by a moment.
        raise RequestInProgress from None
    return wanted


async def _renew_for_ever(database: Database, held: HeldKey) -> None:
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        try:
            await database.run_write(held.renew)
        except DatabaseUnavailable as error:
            # It is stale only after several of these.
            logger.warning("A key could not be renewed: %s", error.__cause__, extra={"action": "key_not_renewed"})
