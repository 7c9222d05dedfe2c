"""The log: append with the next numbers, read since a cursor, trim. The product's one source of truth.

Every function works inside the caller's transaction. Whoever appends has changed its job's row before: the order
"job row, then the log's head" is the same everywhere, so two writers can't wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from app.database.direct import HotConnection
from app.database.insertion import insert_unless_there
from app.database.schema import events, log_epoch, logs
from app.realtime.cursor import Cursor, new_epoch
from app.realtime.events import EVERYTHING, Draft, Filter, LogEvent
from app.realtime.message_types import MessageType

#: Events a page; a page of frames of a few KB each stays well under a megabyte.
PAGE_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class LogState:
    """The log at one moment: its epoch, and each tenant's head and floor."""

    epoch: str
    heads: dict[str, int]
    floors: dict[str, int]

    def head(self, tenant: str) -> int:
        """The highest seq given out; 0 before the first."""
        return self.heads.get(tenant, 0)

    def reset_reason(self, tenant: str, cursor: Cursor) -> str | None:
        """Why this cursor can't be continued, or None where it can."""
        if cursor.epoch != self.epoch:
            return "epoch_changed"
        if cursor.seq > self.head(tenant):
            return "ahead_of_log"
        if cursor.seq < self.floors.get(tenant, 0):
            return "trimmed"
        return None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the log: the matching events, and how far the log was looked through for them."""

    events: list[LogEvent]
    scanned_to: int
    state: LogState


# These run with every commit, and building a statement takes longer than running it: they are built once.
_RAISE_HEAD: Final = (
    sa.update(logs)
    .where(logs.c.tenant == sa.bindparam("b_tenant"))
    .values(head=logs.c.head + sa.bindparam("b_count"))
    .returning(logs.c.head)
)
_INSERT: Final = sa.insert(events)
_EPOCH: Final = sa.select(log_epoch.c.epoch)


def append(connection: HotConnection, tenant: str, drafts: Sequence[Draft]) -> list[LogEvent]:
    """Give the drafts the next numbers of the tenant's log; numbers are dense, and commit order is their order.

    The head's row stays locked until the transaction ends, so no later number commits before an earlier one.
    """
    if not drafts:
        return []
    raised = {"b_tenant": tenant, "b_count": len(drafts)}
    head = connection.execute(_RAISE_HEAD, raised).scalar_one_or_none()
    if head is None:
        insert_unless_there(connection, logs, {"tenant": tenant, "head": 0, "floor": 0})
        head = connection.execute(_RAISE_HEAD, raised).scalar_one()
    first = int(head) - len(drafts) + 1
    appended = [
        LogEvent(tenant, seq, d.type, d.payload, d.timestamp, d.job_id, d.attempt, d.batch_id)
        for seq, d in enumerate(drafts, first)
    ]
    connection.execute(_INSERT, [_row(event) for event in appended])
    return appended


def epoch_of(connection: HotConnection) -> str:
    """This life of the log."""
    return str(connection.execute(_EPOCH).scalar_one())


def state(connection: sa.Connection) -> LogState:
    """The epoch, heads and floors as they are now."""
    epoch = epoch_of(connection)
    rows = connection.execute(sa.select(logs.c.tenant, logs.c.head, logs.c.floor)).all()
    return LogState(epoch, {row.tenant: row.head for row in rows}, {row.tenant: row.floor for row in rows})


def read_since(
    connection: sa.Connection,
    tenant: str,
    after: int,
    *,
    wanted: Filter = EVERYTHING,
    through: int | None = None,
    limit: int = PAGE_LIMIT,
) -> Page:
    """The matching events after `after`, in order, at most `limit`.

    `scanned_to` is where the next page begins: the last event of a full page, else the head (or `through`).
    The state is read first: whatever commits meanwhile lies above its head and is left for the next page.
    """
    now = state(connection)
    head = now.head(tenant) if through is None else min(through, now.head(tenant))
    query = (
        sa.select(events)
        .where(events.c.tenant == tenant, events.c.seq > after, events.c.seq <= head, *_conditions(wanted))
        .order_by(events.c.seq)
        .limit(limit)
    )
    found = [_event(row) for row in connection.execute(query)]
    scanned_to = found[-1].seq if len(found) == limit else max(after, head)
    return Page(found, scanned_to, now)


def count_by_type(
    connection: sa.Connection, tenant: str, after: int, through: int, *, wanted: Filter
) -> dict[str, int]:
    """How many matching events of each type there are after `after`, up to `through`."""
    query = (
        sa.select(events.c.type, sa.func.count())
        .where(events.c.tenant == tenant, events.c.seq > after, events.c.seq <= through, *_conditions(wanted))
        .group_by(events.c.type)
        .order_by(events.c.type)
    )
    return {str(kind): int(count) for kind, count in connection.execute(query)}


def last_matching(connection: sa.Connection, tenant: str, wanted: Filter, *, after: int = 0) -> int:
    """The seq of the last event that matches; `after` where none above it does."""
    query = (
        sa.select(events.c.seq)
        .where(events.c.tenant == tenant, events.c.seq > after, *_conditions(wanted))
        .order_by(events.c.seq.desc())
        .limit(1)
    )
    found = connection.execute(query).scalar_one_or_none()
    return after if found is None else int(found)


def change_epoch(connection: sa.Connection, expected: str) -> str:
    """Begin a new life of the log, unless another process has; returns the epoch that holds."""
    connection.execute(sa.update(log_epoch).where(log_epoch.c.epoch == expected).values(epoch=new_epoch()))
    return epoch_of(connection)


def _conditions(wanted: Filter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    named: list[sa.ColumnElement[bool]] = []
    if wanted.job_ids is not None:
        named.append(events.c.job_id.in_(sorted(wanted.job_ids)))
    if wanted.batch_ids is not None:
        named.append(events.c.batch_id.in_(sorted(wanted.batch_ids)))
    if named:
        # Naming a job and a batch means both of them, not what they share.
        conditions.append(sa.or_(*named))
    if wanted.types is not None:
        conditions.append(events.c.type.in_(sorted(wanted.types)))
    if wanted.attempt is not None:
        conditions.append(events.c.attempt == wanted.attempt)
    return conditions


def _row(event: LogEvent) -> dict[str, Any]:
    return {
        "tenant": event.tenant,
        "seq": event.seq,
        "job_id": event.job_id,
        "batch_id": event.batch_id,
        "attempt": event.attempt,
        "type": str(event.type),
        "timestamp": event.timestamp,
        "payload": event.payload,
    }


def _event(row: sa.Row[Any]) -> LogEvent:
    return LogEvent(
        tenant=row.tenant,
        seq=row.seq,
        type=MessageType(row.type),
        payload=row.payload,
        timestamp=row.timestamp,
        job_id=row.job_id,
        attempt=row.attempt,
        batch_id=row.batch_id,
    )
