"""The sweep: expired leases, silent workers, old jobs, and the bell. One scribe at a time, under a database lease."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from app.database.schema import EVERYONE, idempotency_keys, leases
from app.jobs import fleet, retention, store, transitions
from app.jobs.ids import now_ms
from app.realtime.event_log import epoch_of
from app.realtime.events import LogEvent
from app.settings import Settings

LEASE_NAME: Final = "sweep"
LEASE_MS: Final = 10_000
DAY_MS: Final = 24 * 3600 * 1000
#: An Idempotency-Key is remembered for a day.
IDEMPOTENCY_MS: Final = DAY_MS


@dataclass(frozen=True, slots=True)
class Swept:
    """What a round did: events to publish, how often to ring for which queue, and whose files are to be deleted."""

    epoch: str
    events: list[LogEvent]
    bells: dict[str, int]
    purged: list[str]


def sweep(connection: sa.Connection, holder: str, settings: Settings) -> Swept:
    """One round; does nothing where another scribe holds the lease."""
    if not _hold_lease(connection, holder):
        return Swept("", [], {}, [])
    now = now_ms()
    events: list[LogEvent] = []
    for job in store.expired(connection, now):
        # Its scribe is gone with all it had: the machine's fault, not the job's.
        moved = transitions.hand_back(
            connection, job.tenant, job.id, job.attempt, crashed=False, max_crashes=settings.max_crashes
        )
        if moved is not None:
            events.extend(moved.events)
    fleet.forget_silent(connection, now)
    connection.execute(sa.delete(idempotency_keys).where(idempotency_keys.c.created_at_ms < now - IDEMPOTENCY_MS))
    purged = retention.purge_expired(connection, now - int(settings.retention_days * DAY_MS))
    return Swept(epoch_of(connection), events, _bells(connection), purged)


def give_up(connection: sa.Connection, holder: str) -> None:
    """Let another scribe sweep at once."""
    connection.execute(sa.delete(leases).where(leases.c.name == LEASE_NAME, leases.c.holder == holder))


def _hold_lease(connection: sa.Connection, holder: str) -> bool:
    now = now_ms()
    renewed = connection.execute(
        sa.update(leases)
        .where(leases.c.name == LEASE_NAME, sa.or_(leases.c.holder == holder, leases.c.until_ms < now))
        .values(holder=holder, until_ms=now + LEASE_MS)
    )
    if renewed.rowcount == 1:
        return True
    if connection.execute(sa.select(leases.c.name).where(leases.c.name == LEASE_NAME)).one_or_none():
        return False
    connection.execute(
        sa.insert(leases).values(name=LEASE_NAME, tenant=EVERYONE, holder=holder, until_ms=now + LEASE_MS)
    )
    return True


def _bells(connection: sa.Connection) -> dict[str, int]:
    """A bell for each waiting job, but no more than the fleet has processes for that queue."""
    processes: dict[str, int] = {}
    for worker in fleet.workers(connection):
        for queue in worker.queues:
            processes[queue] = processes.get(queue, 0) + worker.processes
    waiting = store.waiting_by_queue(connection)
    return {queue: min(count, processes.get(queue, 0)) for queue, count in waiting.items() if queue in processes}
