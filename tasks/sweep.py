"""The sweep: expired leases, silent workers, old jobs, and the bell. One scribe at a time, under a database lease."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from app.database.insertion import insert_unless_there
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
    # Nobody has it yet, or the last holder has given it up: several may see that at once.
    values = {"name": LEASE_NAME, "tenant": EVERYONE, "holder": holder, "until_ms": now + LEASE_MS}
    return insert_unless_there(connection, leases, values)


def _bells(connection: sa.Connection) -> dict[str, int]:
    """A bell for each waiting job, but no more than processes of the fleet are free for that queue.

    A bell that nobody can answer would wait in the broker before those that somebody can.
    """
    running = store.running_by_worker(connection)
    free: dict[str, int] = {}
    for worker in fleet.workers(connection):
        for queue in worker.queues:
            free[queue] = free.get(queue, 0) + max(0, worker.processes - running.get(worker.id, 0))
    waiting = store.waiting_by_queue(connection)
    return {queue: min(count, free[queue]) for queue, count in waiting.items() if free.get(queue)}
