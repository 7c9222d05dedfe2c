"""What is asked and changed of webhooks that are there: which are due, what became of a try, lists, replays."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from app.database.schema import webhooks
from app.errors import WebhookNotFound
from app.jobs.ids import now_ms
from app.webhooks.outbox import Webhook, WebhookStatus, webhook_from_row
from app.webhooks.schedule import pause_ms

#: Characters of a reason that are kept.
MAX_ERROR_CHARACTERS: Final = 200
#: Webhooks that one transaction replays or forgets.
WEBHOOKS_A_STEP: Final = 500
#: No status is counted beyond this: so many means "at least so many".
MAX_COUNTED: Final = 100_000
#: Tenants whose dead webhooks are counted.
MAX_TENANTS: Final = 200
_OVER: Final = (WebhookStatus.DELIVERED.value, WebhookStatus.DEAD.value)


@dataclass(frozen=True, slots=True)
class Due:
    """A webhook whose time has come, as it was seen."""

    id: str
    host: str
    next_at_ms: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a try."""

    delivered: bool
    #: The status of the answer, where there was one.
    response_status: int | None = None
    #: Why it was not delivered.
    error: str | None = None
    #: The receiver wants no more of it.
    gone: bool = False
    #: `Retry-After`, in seconds.
    asked_seconds: float | None = None


def due(connection: sa.Connection, now: int, *, full: Collection[str], limit: int) -> list[Due]:
    """Webhooks whose time has come, the longest due first, but none of the hosts that are `full`.

    The index that it goes along has the host too: those that are passed over cost no look at their rows.
    """
    statement = sa.select(webhooks.c.next_at_ms, webhooks.c.host, webhooks.c.id).where(webhooks.c.next_at_ms <= now)
    if full:
        statement = statement.where(webhooks.c.host.not_in(sorted(full)))
    rows = connection.execute(statement.order_by(webhooks.c.next_at_ms, webhooks.c.host).limit(limit))
    return [Due(row.id, row.host, row.next_at_ms) for row in rows]


def claim(connection: sa.Connection, seen: Sequence[Due], until_ms: int) -> list[Webhook]:
    """Take these for a try that is over by `until_ms`; those that somebody else has taken meanwhile are left out.

    Whoever takes them and dies leaves them due again then.
    """
    taken: list[Webhook] = []
    for each in seen:
        row = connection.execute(
            sa.update(webhooks)
            .where(webhooks.c.id == each.id, webhooks.c.next_at_ms == each.next_at_ms)
            .values(next_at_ms=until_ms)
            .returning(*webhooks.c)
        ).one_or_none()
        if row is not None:
            taken.append(webhook_from_row(row))
    return taken


def settle(connection: sa.Connection, claimed: Webhook, tried: Tried) -> WebhookStatus | None:
    """Note what came of a try; its status from then on, or None where it was replayed or taken again meanwhile."""
    now = now_ms()
    # All before this one have failed.
    attempts = claimed.attempts + 1
    pause = None if tried.delivered or tried.gone else pause_ms(attempts, asked_seconds=tried.asked_seconds)
    if tried.delivered:
        status = WebhookStatus.DELIVERED
    else:
        status = WebhookStatus.DEAD if pause is None else WebhookStatus.PENDING
    changed = connection.execute(
        sa.update(webhooks)
        .where(webhooks.c.id == claimed.id, webhooks.c.next_at_ms == claimed.next_at_ms)
        .values(
            status=status.value,
            attempts=attempts,
            next_at_ms=None if pause is None else now + pause,
            tried_at_ms=now,
            response_status=tried.response_status,
            error=None if tried.error is None else tried.error[:MAX_ERROR_CHARACTERS],
            ended_at_ms=now if pause is None else None,
        )
    )
    return status if changed.rowcount == 1 else None


def give_back(connection: sa.Connection, claimed: Sequence[Webhook]) -> None:
    """These tries were broken off: they are due again at once."""
    now = now_ms()
    for webhook in claimed:
        connection.execute(
            sa.update(webhooks)
            .where(webhooks.c.id == webhook.id, webhooks.c.next_at_ms == webhook.next_at_ms)
            .values(next_at_ms=now)
        )


def get(connection: sa.Connection, tenant: str, webhook_id: str) -> Webhook:
    """One webhook; raises `WebhookNotFound`, also for another tenant's."""
    row = connection.execute(
        sa.select(webhooks).where(webhooks.c.id == webhook_id, webhooks.c.tenant == tenant)
    ).one_or_none()
    if row is None:
        raise WebhookNotFound(f"There is no webhook {webhook_id[:64]}")
    return webhook_from_row(row)


def page(
    connection: sa.Connection,
    tenant: str,
    *,
    status: WebhookStatus | None,
    job_id: str | None,
    batch_id: str | None,
    after: str | None,
    limit: int,
) -> list[Webhook]:
    """A page of webhooks, newest first."""
    # A job or a batch has a few, found by its own index: without statistics SQLite would as soon go through all of the
    # tenant's. What is computed has no index.
    few = job_id is not None or batch_id is not None
    conditions: list[sa.ColumnElement[bool]] = [(webhooks.c.tenant.concat("") if few else webhooks.c.tenant) == tenant]
    if status is not None:
        conditions.append((webhooks.c.status.concat("") if few else webhooks.c.status) == status.value)
    if job_id is not None:
        conditions.append(webhooks.c.job_id == job_id)
    if batch_id is not None:
        conditions.append(webhooks.c.batch_id == batch_id)
    if after is not None:
        conditions.append(webhooks.c.id < after)
    statement = sa.select(webhooks).where(*conditions).order_by(webhooks.c.id.desc()).limit(limit)
    return [webhook_from_row(row) for row in connection.execute(statement)]


def replay(connection: sa.Connection, tenant: str, webhook_id: str) -> Webhook:
    """Have it sent again, under its id, from the beginning of the schedule; raises `WebhookNotFound`.

    One that waits for its next try is tried at once.
    """
    get(connection, tenant, webhook_id)
    _begin_again(connection, [webhook_id])
    return get(connection, tenant, webhook_id)


def replay_dead(connection: sa.Connection, tenant: str) -> tuple[int, bool]:
    """The same for a step's number of those that are dead, the oldest first: how many, and whether there are more."""
    found = connection.execute(
        sa.select(webhooks.c.id)
        .where(webhooks.c.tenant == tenant, webhooks.c.status == WebhookStatus.DEAD.value)
        .order_by(webhooks.c.id)
        .limit(WEBHOOKS_A_STEP + 1)
    ).scalars()
    ids = list(found)
    _begin_again(connection, ids[:WEBHOOKS_A_STEP])
    return len(ids[:WEBHOOKS_A_STEP]), len(ids) > WEBHOOKS_A_STEP


def forget_of_job(connection: sa.Connection, job_id: str) -> None:
    """What told of a job goes with it; what has still to be sent stays until it was."""
    connection.execute(sa.delete(webhooks).where(webhooks.c.job_id == job_id, webhooks.c.status.in_(_OVER)))


def forget_of_batches(connection: sa.Connection, batch_ids: Sequence[str]) -> None:
    """The same for batches."""
    connection.execute(sa.delete(webhooks).where(webhooks.c.batch_id.in_(batch_ids), webhooks.c.status.in_(_OVER)))


def expired(connection: sa.Connection, cutoff_ms: int) -> list[str]:
    """Webhooks that were delivered or given up before `cutoff_ms`, the oldest first, at most a step's number."""
    ids = connection.execute(
        sa.select(webhooks.c.id)
        .where(webhooks.c.ended_at_ms < cutoff_ms)
        .order_by(webhooks.c.ended_at_ms)
        .limit(WEBHOOKS_A_STEP)
    )
    return list(ids.scalars())


def forget(connection: sa.Connection, ids: Sequence[str]) -> None:
    """Forget those of these that are still over."""
    connection.execute(sa.delete(webhooks).where(webhooks.c.id.in_(ids), webhooks.c.status.in_(_OVER)))


def counts(connection: sa.Connection) -> dict[str, int]:
    """How many wait to be delivered, and how many are dead, each up to `MAX_COUNTED`."""
    return {
        WebhookStatus.PENDING.value: _count(connection, webhooks.c.next_at_ms.is_not(None)),
        WebhookStatus.DEAD.value: sum(
            _count(connection, webhooks.c.tenant == tenant, webhooks.c.status == WebhookStatus.DEAD.value)
            for tenant in _tenants(connection)
        ),
    }


def _count(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> int:
    some = sa.select(sa.literal(1)).where(*conditions).limit(MAX_COUNTED).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())


def _tenants(connection: sa.Connection) -> list[str]:
    """Those with webhooks, by one look into the index each."""
    found: list[str] = []
    while len(found) < MAX_TENANTS:
        beyond = [webhooks.c.tenant > found[-1]] if found else []
        tenant = connection.execute(sa.select(sa.func.min(webhooks.c.tenant)).where(*beyond)).scalar_one()
        if tenant is None:
            break
        found.append(str(tenant))
    return found


def _begin_again(connection: sa.Connection, ids: Sequence[str]) -> None:
    values: dict[str, Any] = {
        "status": WebhookStatus.PENDING.value,
        "attempts": 0,
        "next_at_ms": now_ms(),
        "ended_at_ms": None,
    }
    if ids:
        connection.execute(sa.update(webhooks).where(webhooks.c.id.in_(ids)).values(**values))
