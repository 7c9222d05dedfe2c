"""The scribe: one process a worker that writes down what the worker's children tell.

It claims jobs for the children, takes all that waits into one transaction, publishes what was committed, and
notices at once when a child dies. `watch.py` renews leases and ends what does not stop. It is a process of its own
because a thread beside the tool would wait for the tool's interpreter lock. Run it with `python -m tasks.scribe`.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from app.batches.clerk import Clerk
from app.database.direct import HotConnection
from app.database.lifecycle import ensure_epoch
from app.jobs.claims import Claim, claim
from app.jobs.ids import now_ms
from app.jobs.job import Job, JobStatus
from app.jobs.transitions import Moved
from app.log_context import about, follow
from app.logs import configure_logging
from app.realtime.event_bus import batch_of
from app.realtime.event_log import epoch_of
from app.realtime.events import LogEvent
from app.settings import load_settings
from tasks import sweep
from tasks.child import Child
from tasks.ledger import Committed, Entry, Outcome, commit, rehearse
from tasks.link import PREFIX_BYTES, body_length, decode
from tasks.resources import ScribeResources, open_scribe_resources
from tasks.run import Run
from tasks.transactions import Transactions
from tasks.watch import Watch

logger = logging.getLogger(__name__)

#: Rows a transaction: beyond it a commit gets slower for those who wait behind it, and gains nothing.
MAX_ROWS: Final = 500
#: Rows of a commit that the loop makes itself. Under a load that brings more at once the loop has better to do, and
#: the thread's commits keep SQLite's log short.
ROWS_AT_ONCE: Final = 50
#: How long a scribe that stops waits for its connections to end.
HANG_UP_SECONDS: Final = 2.0
#: How long one thread keeps the interpreter while another waits for it.
SWITCH_SECONDS: Final = 0.0001


class Scribe:
    """Serves the children of one worker over one Unix socket."""

    def __init__(self, resources: ScribeResources) -> None:
        self._resources = resources
        self._settings = resources.settings
        self._transactions = Transactions(resources.database)
        self._children: set[Child] = set()
        self._turn = 0
        self._serving: set[asyncio.Task[None]] = set()
        self._clerk = Clerk(self._count_batch)
        self._watch = Watch(resources, self._transactions, self._children, self.publish)
        self._work = asyncio.Event()
        self._settled = asyncio.Condition()
        #: Nothing will be committed any more.
        self._over = False

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT, then hand back what still runs.

        A part that crashes ends the scribe, with its exception: a supervisor starts another.
        """
        stopping = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        await self._transactions.run(ensure_epoch)
        await self._transactions.run_at_once(rehearse)
        server = await asyncio.start_unix_server(self._serve, self._settings.scribe_socket)
        logger.info("The scribe is ready", extra={"action": "scribe_ready"})
        ledger = asyncio.create_task(self._write_down(), name="ledger")
        parts = [ledger, *self._watch.start()]
        asked = asyncio.create_task(stopping.wait())
        await asyncio.wait([asked, *parts], return_when=asyncio.FIRST_COMPLETED)
        if asked.done():
            await self._watch.drain()
        server.close()
        for task in (asked, *parts):
            task.cancel()
        results = await asyncio.gather(*parts, return_exceptions=True)
        if stopping.is_set():
            await self._watch.leave()
        await self._hang_up()
        await self._clerk.close()
        self._transactions.close()
        for result in results:
            if isinstance(result, Exception):
                raise result

    def publish(self, epoch: str, events: list[LogEvent]) -> None:
        """Tell the web processes of what was committed."""
        if events:
            self._resources.publisher.publish(batch_of(epoch, events))
            self._clerk.note(events)

    async def _count_batch(self, tenant: str, batch_id: str) -> None:
        self.publish(*await self._transactions.run(sweep.rolled_up, tenant, batch_id))

    async def _hang_up(self) -> None:
        """Let every process go: whoever waits for a commit would wait for ever."""
        self._over = True
        async with self._settled:
            self._settled.notify_all()
        for child in list(self._children):
            child.hang_up()
        if self._serving:
            # Each ends when its connection does; one that were cancelled instead would be told of as an error.
            await asyncio.wait(self._serving, timeout=HANG_UP_SECONDS)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        child = Child(writer)
        self._children.add(child)
        if (task := asyncio.current_task()) is not None:
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        try:
            while True:
                prefix = await reader.readexactly(PREFIX_BYTES)
                message = decode(await reader.readexactly(body_length(prefix)))
                self._follow(child)
                await self._hear(child, message)
        except (asyncio.IncompleteReadError, ConnectionError):
            logger.debug("A process hung up", extra={"action": "child_gone", "pid": child.pid})
        except (ValueError, TypeError):
            logger.exception("A child said what can't be understood", extra={"action": "child_garbled"})
            child.kill()
        finally:
            child.hang_up()
            await self._gone(child)
            self._children.discard(child)

    async def _hear(self, child: Child, message: list[Any]) -> None:
        match message:
            case ["emit", int(n), str(kind), str(timestamp), str(payload), dict(row)]:
                await self._take(child, lambda run: run.emit(n, kind, timestamp, payload, row))
            case ["end", int(n), str(status), dict(row), list(tool_runs), (str() | None) as wants]:
                if wants is not None:
                    self._watch.asked(child)
                run = child.run
                await self._take(child, lambda run: run.end(n, {**row, **_ended(status)}, tool_runs, wants))
                # Meanwhile the next one may have begun.
                if run is not None and run is child.run and run.fenced:
                    # The job was taken away before its end came; what the child said of it is nobody's.
                    child.release(confirmed=False)
                    await self._watch.leave_nothing(run.job)
            case ["claim", str(queue)]:
                await self._claim(child, queue)
            case ["stopped"]:
                await self._stopped(child)
            case ["hello", int(pid)]:
                child.greet(pid)
            case ["ready"]:
                self._watch.ready(child)
            case ["announce", dict(fleet), float(up_seconds)]:
                child.main = True
                await self._watch.announce(child, fleet, up_seconds)
            case ["drain"]:
                self._watch.begin_drain()
            case _:
                raise ValueError(f"unknown message {message[0]!r}")

    async def _claim(self, child: Child, queue: str) -> None:
        self._watch.asked(child)
        moved = None
        if not self._watch.draining:
            moved, epoch = await self._transactions.run_at_once(_claim, self._wanted(queue))
        if moved is None:
            child.send(["job", None])
            return
        self.publish(epoch, moved.events)
        run = self._begun(child, moved.job)
        if run is None:
            await self._watch.hand_back(Run(moved.job), crashed=False)
        child.run = run
        self._follow(child)
        child.send(["job", None if run is None else run.for_its_process()])

    def _wanted(self, queue: str) -> Claim:
        return Claim(
            queues=(queue,),
            worker_id=self._settings.worker_id,
            lease_ms=int(self._settings.lease_seconds * 1000),
            left_to_others=self._watch.left_to_others(queue),
        )

    def _begun(self, child: Child, job: Job) -> Run | None:
        """The run of a job that was claimed for a child; None where it is to be handed back at once."""
        if self._watch.draining or child.gone:
            # Meanwhile: a worker that drains waits for no child that runs nothing.
            return None
        # At every small job, where its end says how long it ran.
        logger.debug("A job begins", extra={"action": "job_claimed", **about(job)})
        return Run(job)

    def _follow(self, child: Child) -> None:
        """All that this child says is of its job from now on, its death too."""
        job = None if child.run is None else child.run.job
        if child.followed is not child.run:
            child.followed = child.run
            follow(job)

    async def _take(self, child: Child, take: Callable[[Run], None]) -> None:
        run = child.run
        if run is None or run.fenced:
            # It has been told to stop; what it says until it does is nobody's.
            return
        take(run)
        self._work.set()
        if run.full:
            await self._until(lambda: not run.full or run.fenced)

    async def _stopped(self, child: Child) -> None:
        """A child has stopped as it was told to: for a cancelled job nothing is left to do."""
        run = child.run
        if run is not None:
            await self._until_written(run)
            if not run.fenced and not self._over:
                await self._watch.hand_back(run, crashed=False)
        child.release(confirmed=False)
        if run is not None and not self._over:
            await self._watch.leave_nothing(run.job)

    async def _gone(self, child: Child) -> None:
        if self._over:
            # What runs is handed back by its lease.
            return
        self._watch.child_gone(child)
        if child.main:
            await self._watch.main_process_gone()
            return
        self._watch.bereaved()
        self._follow(child)
        run = child.run
        if run is None:
            await child.end_rest()
            return
        # Whatever ends a process of a worker that stops or has died, it is not the job.
        crashed = run.stop_at is None and not self._watch.draining and not self._watch.main_process_died
        # It is dead, or can't be told to stop any more; what it started goes with it.
        child.end()
        # What it said before it died is part of the log of its attempt.
        await self._until_written(run)
        if not run.fenced and not run.ended and not self._over:
            logger.warning(
                "The process that ran a job died",
                extra={"action": "child_died", "job_id": run.job.id, "pid": child.pid},
            )
            await self._watch.hand_back(run, crashed=crashed)
        child.run = None
        if run.fenced and not self._over:
            await self._watch.leave_nothing(run.job)

    async def _until_written(self, run: Run) -> None:
        await self._until(lambda: not run.waiting or run.fenced)

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with self._settled:
            await self._settled.wait_for(lambda: self._over or condition())

    async def _write_down(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            taken: list[tuple[Child, Run, Entry]] = []
            room = MAX_ROWS
            # Another one first each time: who always has something to say leaves room for the others.
            self._turn += 1
            children = list(self._children)
            first = self._turn % max(1, len(children))
            for child in children[first:] + children[:first]:
                entry = child.run.take(room) if child.run is not None and room > 0 else None
                if child.run is not None and entry is not None:
                    if entry.ends and child.run.may_go_on and not self._watch.draining:
                        entry = replace(entry, wanted=self._wanted(child.run.wants or ""))
                    taken.append((child, child.run, entry))
                    room -= len(entry.drafts)
            if not taken:
                continue
            # As everybody who locks several jobs.
            taken.sort(key=lambda one: one[2].job_id)
            few = MAX_ROWS - room <= ROWS_AT_ONCE
            entries = [entry for _, _, entry in taken]
            committed = await (
                self._transactions.run_at_once(commit, entries) if few else self._transactions.run(commit, entries)
            )
            self.publish(committed.epoch, committed.events)
            nobodys = self._settle(taken, committed)
            async with self._settled:
                self._settled.notify_all()
            if not self._work.is_set():
                self._watch.lull()
            for job in nobodys:
                await self._watch.hand_back(Run(job), crashed=False)
            for (_, run, _), outcome in zip(taken, committed.outcomes, strict=True):
                if outcome is Outcome.FENCED and run.ending:
                    await self._watch.leave_nothing(run.job)

    def _settle(self, taken: list[tuple[Child, Run, Entry]], committed: Committed) -> list[Job]:
        """Tell every child what became of what it said; gives the jobs that were claimed for one that is gone."""
        nobodys: list[Job] = []
        for (child, run, entry), outcome, (asked, job) in zip(taken, committed.outcomes, committed.given, strict=True):
            if outcome is Outcome.FENCED:
                child.lose(run, "claim_lost")
                continue
            run.settle(entry)
            following = self._begun(child, job) if job is not None and run.ended else None
            if run.ended:
                child.release(confirmed=True, following=following, asked=asked)
            if job is not None and following is None:
                nobodys.append(job)
        if any(child.run is not None and child.run.waiting for child in self._children):
            self._work.set()
        return nobodys


def _claim(connection: HotConnection, wanted: Claim) -> tuple[Moved | None, str]:
    return claim(connection, wanted), epoch_of(connection)


def _ended(status: str) -> dict[str, Any]:
    return {
        "status": JobStatus(status),
        "finished_at_ms": now_ms(),
        "worker_id": None,
        "lease_until_ms": None,
    }


def spare_the_collector() -> None:
    """Have the garbage collector pass over what is there by now, which stays for good.

    Looking through it again and again (101,000 objects, 25 ms on an idle core) would halt every thread, and with them
    the commits that somebody waits for.
    """
    gc.collect()
    gc.freeze()


def main() -> None:
    """Run the scribe of the worker that the environment names."""
    settings = load_settings()
    configure_logging(settings)
    # Its threads each work for a fraction of a millisecond. At the interpreter's own 5 ms one of them could hold up
    # the others for longer than a whole commit takes.
    sys.setswitchinterval(SWITCH_SECONDS)
    with open_scribe_resources(settings) as resources:
        spare_the_collector()
        asyncio.run(Scribe(resources).run())


if __name__ == "__main__":
    main()
