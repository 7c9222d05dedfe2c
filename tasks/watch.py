"""What the scribe does by the clock: leases, cancelled jobs, children that do not stop, draining, the sweep."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import sqlalchemy as sa

from app.jobs import fleet, retention, store, transitions
from app.jobs.ids import now_ms
from app.jobs.job import Job
from app.realtime.event_log import epoch_of
from app.realtime.events import LogEvent
from tasks import sweep
from tasks.child import Child
from tasks.hearing import DEAF_AFTER_SECONDS, Hearing
from tasks.resources import ScribeResources
from tasks.run import Run
from tasks.transactions import Transactions

logger = logging.getLogger(__name__)

LEASE_RENEWAL_SECONDS: Final = 5.0
#: How often the scribe looks whether a job of its children was cancelled.
LOOK_SECONDS: Final = 0.5
#: How often the scribe looks whether its worker still hears the bell.
HEARING_SECONDS: Final = 2.0
#: A child that was told to stop and has not after this long is killed: a cancelled tool is gone within 2 s.
KILL_AFTER_SECONDS: Final = 1.2

Publish = Callable[[str, list[LogEvent]], None]


class Watch:
    """The scribe's timers, over the children that are connected."""

    def __init__(
        self, resources: ScribeResources, transactions: Transactions, children: set[Child], publish: Publish
    ) -> None:
        self._resources = resources
        self._settings = resources.settings
        self._worker_id = resources.settings.worker_id
        self._transactions = transactions
        self._children = children
        self._publish = publish
        self._fleet: dict[str, Any] | None = None
        self._started_at_ms = now_ms()
        self._drain_task: asyncio.Task[None] | None = None
        self._hearing = Hearing(now=_now())

    @property
    def draining(self) -> bool:
        """Whether no more jobs are claimed."""
        return self._drain_task is not None

    def start(self) -> list[asyncio.Task[None]]:
        """Start the timers; one that ends has crashed."""
        renewal = min(LEASE_RENEWAL_SECONDS, self._settings.lease_seconds / 3)
        return [
            asyncio.create_task(_every(renewal, self._renew), name="leases"),
            asyncio.create_task(_every(LOOK_SECONDS, self._look), name="look"),
            asyncio.create_task(_every(self._settings.sweep_seconds, self._sweep), name="sweep"),
            asyncio.create_task(_every(HEARING_SECONDS, self._test_hearing), name="hearing"),
        ]

    async def announce(self, announced: dict[str, Any]) -> None:
        """The worker's main process is there: tell the fleet what this worker has, and claim again."""
        self._fleet = announced
        self._drain_task = None
        self._hearing = Hearing(now=_now())
        await self._renew()

    async def main_process_gone(self) -> None:
        """The worker's main process has ended: nobody answers the bell here until another is there.

        Its row stays until it is too old: one that crashed is started again within seconds, and what it can do has not
        changed. One that drained has left the fleet.
        """
        self._fleet = None
        if self.draining:
            await self._transactions.run(fleet.forget, self._worker_id)

    def begin_drain(self) -> None:
        """Claim no more; after a grace, hand back what still runs."""
        if self._drain_task is None:
            logger.info("The worker drains", extra={"action": "drain"})
            self._drain_task = asyncio.create_task(self._drain(), name="drain")

    async def drain(self) -> None:
        """Drain, and answer once no child runs a job any more."""
        self.begin_drain()
        if self._drain_task is not None:
            await self._drain_task

    async def leave(self) -> None:
        """Take this worker out of the fleet."""
        await self._transactions.run(_leave, self._worker_id)

    def asked(self) -> None:
        """A child asked for a job, so the worker hears the bell."""
        self._hearing.asked(_now())

    async def hand_back(self, run: Run, *, crashed: bool) -> None:
        """Put a job back into its queue as the next attempt, or end it when it has killed too many children."""
        moved, epoch = await self._transactions.run(
            _hand_back, run.job, crashed=crashed, max_crashes=self._settings.max_crashes
        )
        run.fence_off()
        if moved is not None:
            self._publish(epoch, moved.events)
            self._resources.queue.ring(moved.job.queue)

    async def _drain(self) -> None:
        await self._until_idle(self._settings.drain_seconds)
        for child in self._busy():
            run = child.run
            # The row is given back first: whatever the child still says is fenced off.
            if run is not None and not run.ending:
                await self.hand_back(run, crashed=False)
                child.lose(run, "drain")
        # `_look` kills the deaf ones; this bound holds where even that does not help.
        await self._until_idle(2 * KILL_AFTER_SECONDS + 2)

    async def _until_idle(self, seconds: float) -> None:
        deadline = _now() + seconds
        while self._busy() and _now() < deadline:  # noqa: ASYNC110 - a few times a stop
            await asyncio.sleep(0.05)

    def _busy(self) -> list[Child]:
        return [child for child in self._children if child.run is not None]

    async def _renew(self) -> None:
        running = [child.run.job.id for child in self._busy() if child.run is not None]
        until = now_ms() + int(self._settings.lease_seconds * 1000)
        announced = None
        if self._fleet is not None:
            announced = fleet.Worker(
                id=self._worker_id,
                host=socket.gethostname(),
                pid=os.getpid(),
                started_at_ms=self._started_at_ms,
                heartbeat_at_ms=now_ms(),
                **self._fleet,
            )
        await self._transactions.run(_renew, self._worker_id, running, until, announced)

    async def _look(self) -> None:
        """Stop the children whose job is not theirs any more; end those that were told to and do not."""
        looked_at = [(child, child.run) for child in self._busy() if child.run is not None and not child.run.ending]
        if not looked_at:
            return
        running = await self._transactions.run(store.still_running, [run.job.id for _, run in looked_at])
        now = _now()
        for child, run in looked_at:
            # Meanwhile it may have ended, and another may have begun.
            if child.run is not run or run.ending:
                continue
            if running.get(run.job.id) != run.job.attempt:
                child.lose(run, "claim_lost")
            if run.stop_at is not None and now - run.stop_at > KILL_AFTER_SECONDS:
                child.kill()

    async def _test_hearing(self) -> None:
        """End the worker's main process when it does not hear the bell any more: its supervisor starts another."""
        announced = self._fleet
        if announced is None or self.draining:
            return
        waiting = await self._transactions.run(store.waiting_by_queue)
        if self._hearing.deaf(
            _now(),
            jobs_wait=any(waiting.get(queue) for queue in announced["queues"]),
            processes_free=len(self._busy()) < announced["processes"],
        ):
            self._hearing = Hearing(now=_now())
            for child in list(self._children):
                if child.main:
                    child.end_deaf()
                    # One that hears no signal either is not waited for.
                    patience = self._settings.drain_seconds + DEAF_AFTER_SECONDS
                    asyncio.get_running_loop().call_later(patience, self._kill_if_there, child)

    def _kill_if_there(self, child: Child) -> None:
        if child in self._children:
            child.kill()

    async def _sweep(self) -> None:
        swept = await self._transactions.run(sweep.sweep, self._worker_id, self._settings)
        self._publish(swept.epoch, swept.events)
        for queue, times in swept.bells.items():
            self._resources.queue.ring(queue, times)
        for job_id in swept.purged:
            # After the commit: a file without a row is litter, a row without its file is a broken promise.
            try:
                await asyncio.to_thread(retention.delete_files, self._resources.blobs, job_id)
            except Exception:
                # Each storage raises errors of its own, and none of them may end what the children talk to.
                logger.exception(
                    "The files of a job that was forgotten could not be deleted",
                    extra={"action": "purge_failed", "job_id": job_id},
                )


def _now() -> float:
    return time.monotonic()


async def _every(seconds: float, function: Callable[[], Awaitable[None]]) -> None:
    while True:
        await function()
        await asyncio.sleep(seconds)


def _renew(
    connection: sa.Connection, worker_id: str, running: list[str], until_ms: int, announced: fleet.Worker | None
) -> None:
    if running:
        store.renew(connection, worker_id, running, until_ms)
    if announced is not None:
        fleet.announce(connection, announced)


def _hand_back(
    connection: sa.Connection, job: Job, *, crashed: bool, max_crashes: int
) -> tuple[transitions.Moved | None, str]:
    moved = transitions.hand_back(connection, job.tenant, job.id, job.attempt, crashed=crashed, max_crashes=max_crashes)
    return moved, epoch_of(connection)


def _leave(connection: sa.Connection, worker_id: str) -> None:
    fleet.forget(connection, worker_id)
    sweep.give_up(connection, worker_id)
