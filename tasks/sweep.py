"""The sweep: expired leases, silent workers, the bell, and what is forgotten. One scribe at a time, under a lease."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from app.batches import store as batches
from app.database import lease
from app.database.schema import idempotency_keys, leases
from app.jobs import fleet, retention, store, transitions, trimming, usage
from app.jobs.ids import now_ms
from app.realtime.event_log import epoch_of
from app.realtime.events import LogEvent
from app.settings import Settings
from app.storage.blobs import BlobStore, preview_prefix, rendering_prefix, upload_key
from app.storage.orphans import OrphanSearch, owner_of
from app.uploads import store as uploads
from app.webhooks import store as webhooks
from tasks.transactions import Transactions

logger = logging.getLogger(__name__)

LEASE_NAME: Final = "sweep"
LEASE_MS: Final = 10_000
DAY_MS: Final = 24 * 3600 * 1000
#: An Idempotency-Key is remembered for a day.
IDEMPOTENCY_MS: Final = DAY_MS
#: Keys a round.
KEYS_A_ROUND: Final = 1_000
#: Steps of deleting events a round: between two of them others write, and after them the bell is due again.
STEPS_A_ROUND: Final = 20
#: Jobs a round that are trimmed.
JOBS_A_ROUND: Final = 20
#: Jobs that are measured in one transaction, and how many of these a round: more than a busy worker ends meanwhile.
MEASURED_A_STEP: Final = 25
MEASURING_STEPS: Final = 20
#: Uploads a round that are over.
UPLOADS_A_ROUND: Final = 20
#: Between two looks at the batches that are not over.
BATCHES_SECONDS: Final = 5.0
#: Between two passes over the storage for what nothing leads to.
ORPHANS_SECONDS: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Swept:
    """What a round's transaction did: events to publish, and how often to ring for which queue."""

    #: Empty where another scribe holds the lease.
    epoch: str
    events: list[LogEvent]
    bells: dict[str, int]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a round finds before it writes anything: most rounds have nothing to write, and keep no commit waiting."""

    #: The lease is this scribe's.
    holds: bool
    #: A job's lease has expired, something is to be forgotten, or the sweep's own lease to be renewed or taken.
    due: bool
    #: As in `Swept`.
    bells: dict[str, int]


def look(connection: sa.Connection, holder: str, settings: Settings) -> Seen:
    """Whether a round of this scribe has something to write, and what it would ring for."""
    now = now_ms()
    held = connection.execute(sa.select(leases.c.holder, leases.c.until_ms).where(leases.c.name == LEASE_NAME)).first()
    if held is None or held.until_ms < now:
        return Seen(holds=False, due=True, bells={})
    if held.holder != holder:
        return Seen(holds=False, due=False, bells={})
    # Silent workers go when the lease is renewed: until then nobody counts them.
    due = (
        held.until_ms < now + LEASE_MS // 2
        or bool(store.expired(connection, now, limit=1))
        or retention.due(connection, now - int(settings.retention_days * DAY_MS), settings.retention_bytes)
        or _forgettable_keys(connection, now - IDEMPOTENCY_MS)
    )
    return Seen(holds=True, due=due, bells={} if due else _bells(connection))


def sweep(connection: sa.Connection, holder: str, settings: Settings) -> Swept:
    """The transaction of a round that has something to write; does nothing where another scribe holds the lease."""
    if not lease.hold(connection, LEASE_NAME, holder, LEASE_MS):
        return Swept("", [], {})
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
    _forget_keys(connection, now - IDEMPOTENCY_MS)
    retention.forget_expired(connection, now - int(settings.retention_days * DAY_MS))
    if settings.retention_bytes:
        retention.forget_over(connection, settings.retention_bytes)
    return Swept(epoch_of(connection), events, _bells(connection))


class Cleaning:
    """What follows a round's transaction, in steps that keep no commit and no bell waiting.

    Each step may be done twice, by whoever holds the lease next, and none of them is lost: what is left to do is
    in the database, and what is not there the next pass over the storage finds.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        transactions: Transactions,
        blobs: BlobStore,
        tell: Callable[[str, list[LogEvent]], None],
    ) -> None:
        """`tell` publishes events of an epoch."""
        self._settings = settings
        self._transactions = transactions
        self._blobs = blobs
        self._tell = tell
        self._batches_at = 0.0
        self._batches_after = ""
        self._search: OrphanSearch | None = None
        self._search_at = time.monotonic()

    async def round(self) -> None:
        """Go on with what is left to do; what fails is logged, and tried again by a later round."""
        parts = (
            self._forget,
            self._trim,
            self._measure,
            self._end_uploads,
            self._look_after_batches,
            self._forget_webhooks,
            self._find_orphans,
        )
        for part in parts:
            try:
                await part()
            except sa.exc.SQLAlchemyError:
                raise
            except Exception:
                # Each storage raises errors of its own, and none of them may end what the children talk to.
                logger.exception("A part of the sweep failed", extra={"action": "sweep_failed", "part": part.__name__})

    async def _forget(self) -> None:
        steps = STEPS_A_ROUND
        for job in await self._transactions.read(retention.left_over):
            while steps and not await self._transactions.run(retention.delete_events, job):
                steps -= 1
            if not steps:
                return
            steps -= 1
            try:
                await asyncio.to_thread(retention.delete_files, self._blobs, job.id)
            except Exception:
                logger.exception(
                    "The files of a job that was forgotten could not be deleted; the sweep will try again",
                    extra={"action": "purge_failed", "job_id": job.id},
                )
                await self._transactions.run(retention.try_later, job)
            else:
                await self._transactions.run(retention.finish, job)

    async def _trim(self) -> None:
        before = now_ms() - int(self._settings.progress_days * DAY_MS)
        for trim in await self._transactions.read(trimming.find, before, JOBS_A_ROUND):
            await self._transactions.run(trimming.apply, trim)

    async def _measure(self) -> None:
        for _ in range(MEASURING_STEPS):
            ended = await self._transactions.read(usage.unmeasured, MEASURED_A_STEP)
            if not ended:
                return
            measured = await asyncio.to_thread(self._with_pictures, ended)
            await self._transactions.run(usage.put_in_all, measured)

    def _with_pictures(self, ended: list[usage.Unmeasured]) -> dict[str, int]:
        return {job.id: job.known_bytes + self._pictures_bytes(job.id) for job in ended}

    def _pictures_bytes(self, job_id: str) -> int:
        try:
            return sum(self._blobs.bytes_below(prefix) for prefix in (preview_prefix(job_id), rendering_prefix(job_id)))
        except Exception:
            logger.exception(
                "What a job's previews and videos take could not be found out: they are not counted",
                extra={"action": "measure_failed", "job_id": job_id},
            )
            return 0

    async def _end_uploads(self) -> None:
        for upload_id in await self._transactions.read(uploads.expired, UPLOADS_A_ROUND):
            # In this order: where the files stay for now, their row brings the next round back to them.
            await asyncio.to_thread(self._blobs.delete, upload_key(upload_id))
            await self._transactions.run(uploads.forget, upload_id)

    async def _look_after_batches(self) -> None:
        """Count those that are not over: whoever was to may have died. And forget those whose jobs are forgotten."""
        if time.monotonic() < self._batches_at:
            return
        self._batches_at = time.monotonic() + BATCHES_SECONDS
        wrong, self._batches_after = await self._transactions.read(batches.miscounted, self._batches_after)
        for tenant, batch_id in wrong:
            self._tell(*await self._transactions.run(rolled_up, tenant, batch_id))
        before = now_ms() - int(self._settings.retention_days * DAY_MS)
        if await self._transactions.read(batches.expired, before):
            await self._transactions.run(batches.forget_expired, before)

    async def _forget_webhooks(self) -> None:
        """Those that outlived what they told of: it was forgotten while they were still to be sent."""
        before = now_ms() - int(self._settings.retention_days * DAY_MS)
        ids = await self._transactions.read(webhooks.expired, before)
        if ids:
            await self._transactions.run(webhooks.forget, ids)

    async def _find_orphans(self) -> None:
        if time.monotonic() < self._search_at:
            return
        search = self._search or OrphanSearch(self._blobs)
        # Where it fails another pass begins, when it is time for one.
        self._search, self._search_at = None, time.monotonic() + ORPHANS_SECONDS
        keys = await asyncio.to_thread(search.step)
        if keys is None:
            return
        owners = [owner_of(key) for key in keys]
        needed = await self._transactions.read(store.ids_among, owners)
        needed |= await self._transactions.read(uploads.ids_among, owners)
        needed |= await self._transactions.read(batches.ids_among, owners)
        deleted = await asyncio.to_thread(search.delete, keys, needed.__contains__)
        if deleted:
            logger.info(
                "Files that nothing leads to were deleted", extra={"action": "orphans_deleted", "count": len(deleted)}
            )
        self._search, self._search_at = search, 0.0


def rolled_up(connection: sa.Connection, tenant: str, batch_id: str) -> tuple[str, list[LogEvent]]:
    """Count a batch; the epoch and the event that tells of it, where there is something to tell."""
    events = batches.roll_up(connection, tenant, batch_id)
    return epoch_of(connection), events


def _forget_keys(connection: sa.Connection, before_ms: int) -> None:
    """Forget the Idempotency-Keys of before, at most about a round's number."""
    age = idempotency_keys.c.created_at_ms
    last = connection.execute(
        sa.select(age).where(age < before_ms).order_by(age).limit(1).offset(KEYS_A_ROUND)
    ).scalar_one_or_none()
    connection.execute(sa.delete(idempotency_keys).where(age < before_ms if last is None else age <= last))


def _forgettable_keys(connection: sa.Connection, before_ms: int) -> bool:
    return (
        connection.execute(
            sa.select(idempotency_keys.c.key).where(idempotency_keys.c.created_at_ms < before_ms).limit(1)
        ).first()
        is not None
    )


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
