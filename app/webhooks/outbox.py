"""Rows of the outbox: of the transaction that ends a job or a batch, so that one is not there without the other.

Nothing here waits for anybody: the rows are sent by the deliverer of a web process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from app.batches.batch import Batch
from app.database.direct import HotConnection
from app.database.schema import webhooks
from app.errors import UrlInvalid
from app.jobs.ids import new_id, now_ms
from app.jobs.job import Job
from app.outbound.guard import read_url
from app.webhooks.payloads import BatchWebhook, JobWebhook, batch_body, job_body

PREFIX: Final = "msg_"


class WebhookStatus(StrEnum):
    """Where a webhook stands."""

    PENDING = "pending"  # is sent, or waits to be
    DELIVERED = "delivered"  # its receiver took it
    DEAD = "dead"  # was tried often enough, or its receiver wants no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One row of `webhooks`; times are milliseconds since 1970, UTC."""

    #: Sent along with each try: by it a receiver knows one that it has had.
    id: str
    tenant: str
    job_id: str | None
    batch_id: str | None
    url: str
    #: Name and port of its receiver, in their one spelling: what has a limit of its own.
    host: str
    type: str
    body: str
    created_at_ms: int
    status: WebhookStatus = WebhookStatus.PENDING
    #: Tries, since it was made or last replayed.
    attempts: int = 0
    #: When it is due; of one that is being sent, when it is due again unless that is told. None: no more.
    next_at_ms: int | None = None
    tried_at_ms: int | None = None
    response_status: int | None = None
    error: str | None = None
    #: When it was delivered or given up.
    ended_at_ms: int | None = None

    def row(self) -> dict[str, Any]:
        """The webhook as column values."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


_INSERT: Final = sa.insert(webhooks)
_FIELDS: Final = tuple(item.name for item in fields(Webhook))


def webhook_from_row(row: sa.Row[Any]) -> Webhook:
    """Read one row of `webhooks`."""
    values = {name: row._mapping[name] for name in _FIELDS}  # noqa: SLF001 - SQLAlchemy's public name for it
    return Webhook(**{**values, "status": WebhookStatus(values["status"])})


def of_job(job: Job) -> Webhook | None:
    """What tells of this job, which has ended; None where nobody wants to hear of it."""
    if job.webhook_url is None:
        return None
    return _made(job.tenant, job.webhook_url, job_body(job), job_id=job.id)


def of_batch(batch: Batch) -> Webhook | None:
    """The same of a batch."""
    if batch.webhook_url is None:
        return None
    return _made(batch.tenant, batch.webhook_url, batch_body(batch), batch_id=batch.id)


def add(connection: HotConnection, new: Sequence[Webhook | None]) -> None:
    """Put these into the outbox, inside the caller's transaction: the one that has ended what they tell of."""
    rows = [webhook.row() for webhook in new if webhook is not None]
    if rows:
        connection.execute(_INSERT, rows)


def is_webhook_id(text: str) -> bool:
    """Whether this is an id in the form that answers have."""
    try:
        return text == f"{PREFIX}{UUID(text.removeprefix(PREFIX)).hex}"
    except ValueError:
        return False


def _made(
    tenant: str, url: str, body: JobWebhook | BatchWebhook, *, job_id: str | None = None, batch_id: str | None = None
) -> Webhook:
    now = now_ms()
    return Webhook(
        # Sorts by the time it was made.
        id=f"{PREFIX}{UUID(new_id()).hex}",
        tenant=tenant,
        job_id=job_id,
        batch_id=batch_id,
        url=url,
        host=_host_of(url),
        type=body.type,
        body=body.model_dump_json(),
        created_at_ms=now,
        next_at_ms=now,
    )


def _host_of(url: str) -> str:
    try:
        return read_url(url).place
    except UrlInvalid:
        # It was read when it was taken. Whatever reads it otherwise now, the job ends; the deliverer tells.
        return ""
