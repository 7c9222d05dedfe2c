"""Opens a subscription: are the jobs there, where does it begin, and can its cursor be continued?

The only neighbour of the log that looks at jobs too, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from starlette.requests import HTTPConnection

from app.api.caller import tenant_of
from app.jobs import store
from app.realtime import event_log
from app.realtime.courier import Sink
from app.realtime.cursor import Cursor
from app.realtime.direct import direct_writer
from app.realtime.event_log import LogState
from app.realtime.query import RealtimeQuery, Since
from app.realtime.subscription import Subscription, Transport
from app.state import AppState


async def open_subscription(
    connection: HTTPConnection[AppState], query: RealtimeQuery, transport: Transport, sink: Sink | None
) -> Subscription:
    """Connect to the hub; raises `JobNotFound`, also for another tenant's, and `TooBusy`."""
    tenant, manager = tenant_of(connection), connection.state["manager"]
    log = await look(connection, query.wanted.job_ids or ())
    since, reset = place(log, tenant, query.since)
    if isinstance(query.since, Cursor) and reset is None:
        manager.counts.resumed[transport] += 1
    return await manager.connect(
        query.session_id,
        sink,
        tenant=tenant,
        wanted=query.wanted,
        since=since,
        reset=reset,
        transport=transport,
        heartbeat=query.heartbeat,
        answers=transport == "websocket",
        probe=query.probe,
        # What is padded is padded after each write, which is the ordinary way's business.
        writer=None if query.pad else direct_writer(connection.scope),
    )


async def tail_of(connection: HTTPConnection[AppState], query: RealtimeQuery) -> tuple[int, str]:
    """The seq of the last event that matches, or that of the cursor where none is above it, and the log's epoch.

    Raises `JobNotFound`.
    """
    log = await look(connection, query.wanted.job_ids or ())
    tenant = tenant_of(connection)
    since, _ = place(log, tenant, query.since)
    after = since if isinstance(query.since, Cursor) and since is not None else 0
    tail = await connection.state["database"].run_read(event_log.last_matching, tenant, query.wanted, after=after)
    return tail, log.epoch


async def look(connection: HTTPConnection[AppState], job_ids: Iterable[str]) -> LogState:
    """The log as it is now, in the epoch that the hub is in; raises `JobNotFound`."""
    state = connection.state
    log = await state["database"].run_read(_look, tenant_of(connection), job_ids)
    if log.epoch != state["manager"].epoch:
        await state["relay"].compare()
        log = await state["database"].run_read(event_log.state)
    # A connection may begin ahead of the hub: a log that is shorter later is another one.
    state["manager"].log_seen(log.epoch, tenant_of(connection), log.head(tenant_of(connection)))
    return log


def place(log: LogState, tenant: str, since: Since) -> tuple[int | None, str | None]:
    """The seq to begin after, None for now; and why that is not where the client asked to begin, if so."""
    if since == "now":
        return None, None
    if since == "start":
        return log.floors.get(tenant, 0), None
    reason = log.reset_reason(tenant, since)
    return (since.seq, None) if reason is None else (log.head(tenant), reason)


def _look(connection: sa.Connection, tenant: str, job_ids: Iterable[str]) -> LogState:
    for job_id in job_ids:
        store.get(connection, tenant, job_id)
    return event_log.state(connection)
