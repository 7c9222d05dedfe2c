"""What the scribe does by the clock: leases, cancelled jobs, children that do not stop, draining, the sweep."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

import sqlalchemy as sa

from app.database import lease
from app.errors import JobNotFound
from app.jobs import fleet, retention, store, transitions
from app.jobs.ids import now_ms
from app.jobs.job import Job
from app.realtime.event_log import epoch_of
from app.realtime.events import LogEvent
from app.settings import Settings
from tasks import studio, sweep
from tasks.child import KILL_AFTER_SECONDS, Child
from tasks.hearing import DEAF_AFTER_SECONDS, Hearing
from tasks.limits import Limits
from tasks.orphans import orphans_of
from tasks.process_tree import ProcessTree
from tasks.resources import ScribeResources
from tasks.run import Breach, Run
from tasks.transactions import Transactions

logger = logging.getLogger(__name__)

LEASE_RENEWAL_SECONDS: Final = 5.0
#: How often the scribe looks whether a job of its children was cancelled.
LOOK_SECONDS: Final = 0.5
#: How often the scribe looks whether its worker still hears the bell.
HEARING_SECONDS: Final = 2.0
#: How often the scribe looks at how much memory its children use: a tool takes a gigabyte in less than a second.
MEMORY_SECONDS: Final = 0.25
#: How long what is due waits for the next commit, to come right after it: on a steady stream none is expected then.
LULL_SECONDS: Final = 0.1
#: How long after a child's death what it left in sessions of its own is looked for.
BEREAVED_SECONDS: Final = 3.0
#: How much shorter, at most, a pause between two rounds of the sweep is. A worker's poll of a Redis broker lasts a
#: second too: bells at an even pace would find the same worker first in line every time, and were seen to for 36 s.
SWEEP_JITTER: Final = 0.5

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
        self._cleaning = sweep.Cleaning(
            settings=resources.settings, transactions=transactions, blobs=resources.blobs, tell=publish
        )
        self._studio = studio.Studio(resources, transactions, lambda: self.draining)
        #: Whether this scribe is the one that sweeps.
        self._sweeps = False
        self._fleet: dict[str, Any] | None = None
        #: By queue, plugins that only other workers have.
        self._elsewhere: dict[str, frozenset[str]] = {}
        #: It had announced itself, and has not been replaced yet.
        self._main_gone = False
        self._started_at_ms = now_ms()
        self._drain_task: asyncio.Task[None] | None = None
        self._hearing = Hearing(now=_now())
        self._limits = Limits(resources.settings)
        self._looked_at = _now()
        #: A commit was made, and nothing waits for the next one.
        self._lull = asyncio.Event()
        #: A child has just died, and may have left something behind.
        self._bereaved_until = 0.0

    @property
    def draining(self) -> bool:
        """Whether no more jobs are claimed."""
        return self._drain_task is not None

    @property
    def main_process_died(self) -> bool:
        """Whether the worker's main process has died, and its children with it."""
        # Both ends may come in one turn of the loop, the child's first.
        return self._main_gone or any(child.main and child.ended for child in self._children)

    def start(self) -> list[asyncio.Task[None]]:
        """Start the timers; one that ends has crashed."""
        renewal = min(LEASE_RENEWAL_SECONDS, self._settings.lease_seconds / 3)
        sweep_seconds = self._settings.sweep_seconds
        return [
            asyncio.create_task(self._every(renewal, self._renew), name="leases"),
            asyncio.create_task(self._every(LOOK_SECONDS, self._look), name="look"),
            asyncio.create_task(self._every(MEMORY_SECONDS, self._look_at_memory), name="memory"),
            asyncio.create_task(self._every(sweep_seconds, self._sweep, jitter=SWEEP_JITTER), name="sweep"),
            asyncio.create_task(self._every(sweep_seconds, self._clean), name="cleaning"),
            asyncio.create_task(self._every(studio.LOOK_SECONDS, self._studio.round), name="studio"),
            asyncio.create_task(self._every(HEARING_SECONDS, self._test_hearing), name="hearing"),
        ]

    def lull(self) -> None:
        """All that had come was committed: what is due is done now, rather than when the next message comes."""
        self._lull.set()
        self._lull.clear()

    async def announce(self, main: Child, announced: dict[str, Any], up_seconds: float) -> None:
        """The worker's main process is there, since so long: tell the fleet what this worker has, and claim again."""
        self._fleet = announced
        self._main_gone = False
        self._drain_task = None
        # Those that are left of a worker before this one are not its own.
        own = [child for child in self._children if child.tree is not None and child.tree.parent == main.pid]
        ready = sum(child.is_ready for child in own)
        self._hearing = Hearing(now=_now(), processes=announced["processes"] - ready, up_seconds=up_seconds)
        await self._renew()

    async def main_process_gone(self) -> None:
        """The worker's main process has ended: nobody answers the bell here until another is there.

        Its row stays until it is too old: one that crashed is started again within seconds, and what it can do has not
        changed. One that drained has left the fleet.
        """
        self._fleet = None
        self._main_gone = True
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

    def left_to_others(self, queue: str) -> frozenset[str]:
        """The plugins of this queue's jobs that another worker has, and this one has not."""
        return self._elsewhere.get(queue, frozenset())

    def ready(self, child: Child) -> None:
        """A child has imported what it needs: it could run a job."""
        if not child.is_ready:
            child.is_ready = True
            self._hearing.there()

    def asked(self, child: Child) -> None:
        """A child asked for a job, so the worker hears the bell."""
        self.ready(child)
        self._hearing.asked(_now())

    def child_gone(self, child: Child) -> None:
        """A child's connection has ended, and with it the child, most likely."""
        if child.is_ready:
            self._hearing.lost(_now())

    def bereaved(self) -> None:
        """A child has died: what it left in other sessions is found in the next moments."""
        self._bereaved_until = _now() + BEREAVED_SECONDS

    async def hand_back(self, run: Run, *, crashed: bool) -> None:
        """Put a job back into its queue as the next attempt.

        Or end it, where it is over a limit or has killed too many children.
        """
        moved, epoch = await self._transactions.run(
            _hand_back, run.job, breach=run.breach, crashed=crashed, max_crashes=self._settings.max_crashes
        )
        run.fence_off()
        if moved is not None:
            self._publish(epoch, moved.events)
            if not moved.job.status.terminal:
                self._resources.queue.ring(moved.job.queue)

    async def leave_nothing(self, job: Job) -> None:
        """A job that was cancelled has stopped at last: what it wrote after it was purged goes too."""
        try:
            await self._transactions.read(store.get, job.tenant, job.id)
        except JobNotFound:
            await self._delete_files(job.id)

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
        self._elsewhere = await self._transactions.run(
            _renew, self._worker_id, self._running, self._settings, announced
        )

    def _running(self) -> list[str]:
        """What this worker's children run; asked for within a transaction, on whatever thread that is."""
        return [run.job.id for child in list(self._children) if (run := child.run) is not None]

    async def _look(self) -> None:
        """Stop the children whose job is not theirs any more, and those that are over a limit of time."""
        for child in list(self._children):
            child.end_rest_if_ended()
        if _now() < self._bereaved_until:
            self._end_orphans()
        looked_at = self._at_work()
        if not looked_at:
            self._looked_at = _now()
            return
        running = await self._transactions.read(store.still_running, [run.job.id for _, run in looked_at])
        now = _now()
        stood_still = now - self._looked_at - LOOK_SECONDS
        self._looked_at = now
        for child, run in looked_at:
            # Meanwhile it may have ended, and another may have begun.
            if child.run is not run or run.ending:
                continue
            if running.get(run.job.id) != run.job.attempt:
                child.lose(run, "claim_lost")
                continue
            if stood_still > LOOK_SECONDS:
                # A scribe that was held up has heard nothing, and what it did not hear is not the tool's silence.
                run.heard_at += stood_still
            breach = self._limits.time(run, now)
            if breach is not None:
                await self._enforce(child, run, breach)

    async def _look_at_memory(self) -> None:
        """End the children whose tool uses more memory than it may."""
        limit = self._settings.memory_limit_bytes
        looked_at = [(child, run, child.tree) for child, run in self._at_work() if child.tree is not None]
        if not limit or not looked_at:
            return
        used = await asyncio.to_thread(_memory, [tree for _, _, tree in looked_at], limit)
        for (child, run, _), bytes_used in zip(looked_at, used, strict=True):
            breach = self._limits.memory(bytes_used)
            if breach is not None and child.run is run and not run.ending:
                await self._enforce(child, run, breach)

    def _end_orphans(self) -> None:
        for pid in [child.pid for child in self._children if child.main and child.pid is not None]:
            for orphan in orphans_of(pid):
                logger.warning("What a tool left running is ended", extra={"action": "orphan_ended", "pid": orphan.pid})
                ProcessTree(orphan.pid).kill()

    def _at_work(self) -> list[tuple[Child, Run]]:
        return [(child, run) for child in self._children if (run := child.run) is not None and not run.ending]

    async def _enforce(self, child: Child, run: Run, breach: Breach) -> None:
        """End a job that is over a limit; its child is killed, but after the row was changed."""
        if run.fenced:
            return
        logger.warning(
            "A job is over a limit",
            extra={"action": "limit", "limit": breach.limit, "job_id": run.job.id, "pid": child.pid},
        )
        run.breach = breach
        if breach.soft:
            child.stop(breach.limit, patient=True)
            return
        # It takes no more of anything while the database is away, and says no more.
        child.freeze()
        await self.hand_back(run, crashed=False)
        child.kill()

    async def _test_hearing(self) -> None:
        """End the worker's main process when it does not hear the bell any more: its supervisor starts another."""
        announced = self._fleet
        if announced is None or self.draining:
            return
        waiting = await self._transactions.read(store.waiting_by_queue)
        if self._hearing.deaf(
            _now(),
            # What can't be rung for is not heard by the best of ears.
            jobs_wait=self._resources.queue.reached and any(waiting.get(queue) for queue in announced["queues"]),
            processes_free=announced["processes"] - len(self._busy()),
        ):
            # The next one has as many, and imports first.
            self._hearing = Hearing(now=_now(), processes=announced["processes"])
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
        seen = await self._transactions.read(sweep.look, self._worker_id, self._settings)
        self._sweeps, bells = seen.holds, seen.bells
        if seen.due:
            swept = await self._transactions.run(_sweep, self._worker_id, self._running, self._settings)
            self._publish(swept.epoch, swept.events)
            self._sweeps, bells = bool(swept.epoch), swept.bells
        for queue, times in bells.items():
            self._resources.queue.ring(queue, times)

    async def _clean(self) -> None:
        """Beside the sweep, whose bells and leases wait for no storage."""
        if self._sweeps:
            await self._cleaning.round()

    async def _every(self, seconds: float, function: Callable[[], Awaitable[None]], *, jitter: float = 0.0) -> None:
        while True:
            await function()
            await asyncio.sleep(seconds * (1 - jitter * random.random()))  # noqa: S311 - nobody gains by guessing it
            await self._until_lull()

    async def _until_lull(self) -> None:
        """Wait for the next commit while a job runs, for a moment at most."""
        if not self._at_work():
            return
        try:
            async with asyncio.timeout(LULL_SECONDS):
                await self._lull.wait()
        except TimeoutError:
            return

    async def _delete_files(self, job_id: str) -> None:
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


def _renew_leases(
    connection: sa.Connection, worker_id: str, running: Callable[[], list[str]], settings: Settings
) -> None:
    # What runs now: since this began to wait for its turn the database may have been away for longer than a lease.
    if job_ids := running():
        store.renew(connection, worker_id, job_ids, int(settings.lease_seconds * 1000))


def _sweep(
    connection: sa.Connection, worker_id: str, running: Callable[[], list[str]], settings: Settings
) -> sweep.Swept:
    """A round of the sweep, which takes nothing of what this worker's own children run for abandoned."""
    _renew_leases(connection, worker_id, running, settings)
    return sweep.sweep(connection, worker_id, settings)


def _renew(
    connection: sa.Connection,
    worker_id: str,
    running: Callable[[], list[str]],
    settings: Settings,
    announced: fleet.Worker | None,
) -> dict[str, frozenset[str]]:
    """Renew the leases and the announcement; by queue, the plugins that others have and this worker has not."""
    _renew_leases(connection, worker_id, running, settings)
    if announced is None:
        return {}
    fleet.announce(connection, replace(announced, heartbeat_at_ms=now_ms()))
    others = [worker for worker in fleet.workers(connection) if worker.id != worker_id]
    return {
        queue: frozenset().union(*(worker.plugin_names() for worker in others if queue in worker.queues))
        - announced.plugin_names()
        for queue in announced.queues
    }


def _hand_back(
    connection: sa.Connection, job: Job, *, breach: Breach | None, crashed: bool, max_crashes: int
) -> tuple[transitions.Moved | None, str]:
    key = (job.tenant, job.id, job.attempt)
    if breach is not None:
        moved = transitions.fail(connection, *key, code=breach.code, message=breach.message)
    else:
        moved = transitions.hand_back(connection, *key, crashed=crashed, max_crashes=max_crashes)
    return moved, epoch_of(connection)


def _memory(trees: list[ProcessTree], limit: int) -> list[int]:
    return [tree.memory_bytes(limit) for tree in trees]


def _leave(connection: sa.Connection, worker_id: str) -> None:
    fleet.forget(connection, worker_id)
    lease.give_up(connection, sweep.LEASE_NAME, worker_id)
