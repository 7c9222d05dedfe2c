"""Makes the items of batches jobs, in the background and in steps: each needs its input at hand first.

One web process at a time, under a lease; whatever it was at when it died the next one does. An item whose input can't
be used says why, and keeps no other from its turn.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import replace
from typing import Final, TypeVar
from uuid import uuid4

import sqlalchemy as sa

from app.api.fetching import fetch
from app.api.fleet import FleetPlugins
from app.api.multipart import Form
from app.api.placement import place
from app.api.submissions import Plan, plan_of
from app.api.taking import known_id
from app.api.uploads import StoredFile
from app.batches import store
from app.batches.batch import Batch
from app.batches.clerk import Clerk
from app.batches.far_items import URL, FarItems, host_of
from app.batches.roots import Roots
from app.batches.store import Outcome, WaitingItem
from app.database import lease
from app.database.engine import Database
from app.errors import (
    BlobNotFound,
    DatabaseUnavailable,
    InputNotFound,
    PluginNotFound,
    TooBusy,
    TooLarge,
    ToolNotFound,
    TransomError,
    UploadNotFound,
    UrlInputDisabled,
    UrlTimeout,
    UrlUnreachable,
)
from app.jobs import fleet
from app.jobs.ids import new_id
from app.jobs.job import Job
from app.jobs.queue import JobQueue
from app.jobs.store import get as get_job
from app.jobs.store import ids_among
from app.outbound.client import Outbound
from app.realtime.event_bus import EventPublisher, batch_of
from app.realtime.event_log import epoch_of
from app.realtime.events import LogEvent
from app.rounds import Rounds
from app.settings import Settings
from app.storage.blobs import BlobStore, input_key, upload_key
from app.storage.media_types import HEAD_BYTES
from app.uploads import store as uploads

logger = logging.getLogger(__name__)

LEASE_NAME: Final = "expand"
LEASE_MS: Final = 10_000
#: How long it sleeps where nothing is to be done, unless it is woken.
IDLE_SECONDS: Final = 2.0
#: Bells a step: as many as a large fleet has processes; the sweep rings for the rest.
MAX_BELLS: Final = 64
COPY_BYTES: Final = 1024 * 1024

Outcomes = TypeVar("Outcomes")


class _LaterError(Exception):
    """What the batch was accepted for is not there at present: its items wait."""


class Expander:
    """One a web process. All methods belong to the event loop's thread."""

    def __init__(
        self,
        *,
        settings: Settings,
        database: Database,
        blobs: BlobStore,
        publisher: EventPublisher,
        queue: JobQueue,
        clerk: Clerk,
        input_urls: Outbound | None = None,
    ) -> None:
        self.settings = settings
        self.database = self._database = database
        self.blobs = blobs
        self.roots = Roots(settings.input_folders)
        self.input_urls = input_urls
        #: Inputs that come from elsewhere are fetched beside all this: each is a task, and a step of its own.
        self.far = FarItems()
        self._fetching: dict[asyncio.Task[None], str] = {}
        self._publisher = publisher
        self._queue = queue
        self._clerk = clerk
        self._holder = uuid4().hex
        self._rounds = Rounds(self._whole_round, idle_seconds=IDLE_SECONDS, name="Batches", action="expand")
        self._task: asyncio.Task[None] | None = None
        self._held_at = 0.0
        self._closing = False

    def start(self) -> None:
        """Begin; returns at once."""
        self._task = asyncio.create_task(self._rounds.run(), name="expander")

    def wake(self) -> None:
        """A batch has come."""
        self._rounds.wake()

    async def close(self) -> None:
        """Stop after the step that is under way, and let another process go on at once."""
        self._closing = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._give_up(self._fetching)
        try:
            await self._database.run_write(lease.give_up, LEASE_NAME, self._holder)
        except DatabaseUnavailable:
            logger.debug("The lease ends by itself", extra={"action": "lease_kept"})

    async def _whole_round(self) -> bool:
        # A step that has begun comes to its end: what it has stored is to be a job's, or deleted.
        return await _to_the_end(self._round())

    async def _round(self) -> bool:
        """One step of each batch that waits; whether there may be more to do at once."""
        database = self._database
        batch = await database.run_read(store.next_pending)
        moved = False
        seen: set[str] = set()
        while batch is not None and not self._closing and await self.hold():
            seen.add(batch.id)
            try:
                moved = await self._step(batch) or moved
            except DatabaseUnavailable:
                raise
            except Exception:
                # Whatever one batch's inputs or their storage come to, the others have their turn.
                logger.exception(
                    "A batch could not be gone on with", extra={"action": "expand_failed", "batch_id": batch.id}
                )
            batch = await database.run_read(store.next_pending, batch.id)
        if batch is None:
            # Of batches that were cancelled meanwhile.
            await self._give_up([task for task, batch_id in self._fetching.items() if batch_id not in seen])
        return moved and not self._closing

    async def hold(self) -> bool:
        """Take or renew the lease; False where another process has it."""
        self._held_at = asyncio.get_running_loop().time()
        return await self.database.run_write(lease.hold, LEASE_NAME, self._holder, LEASE_MS)

    async def keep_holding(self) -> None:
        """Renew the lease where it is time to: a step's inputs may be large. Who has lost it loses nothing else."""
        if asyncio.get_running_loop().time() - self._held_at > LEASE_MS / 3000:
            await self.hold()

    async def _step(self, batch: Batch) -> bool:
        """Make some items of a batch jobs, and begin to fetch others; False where there is neither."""
        under_way = self.far.of_batch(batch.id)
        items = await self._database.run_read(store.waiting_items, batch.id, store.JOBS_A_STEP + len(under_way))
        plugins = FleetPlugins(await self._database.run_read(fleet.workers))
        try:
            step = _Step(self, batch, plugins)
        except _LaterError:
            return False
        begun = self.far.choose(
            batch.id, [item for item in items if item.source["kind"] == URL and item.n not in under_way]
        )
        for item in begun:
            task = asyncio.create_task(self._make_far(_Step(self, batch, plugins), item), name=f"fetch {item.n}")
            self._fetching[task] = batch.id
            task.add_done_callback(self._fetching.pop)
        near = [item for item in items if item.source["kind"] != URL]
        # One whose items are all gone is looked at too: it waits no longer.
        if near or not items:
            await self._make(step, near)
        return bool(near or begun)

    async def _make_far(self, step: _Step, item: WaitingItem) -> None:
        """Fetch an item's input, and make it a job; it waits where that could not be found out."""
        try:
            await self._make(step, [item])
        except Exception as error:
            if isinstance(error, _LaterError):
                logger.debug("An input waits: too much is being fetched", extra={"action": "expand_waits"})
            elif isinstance(error, DatabaseUnavailable):
                logger.warning("An input waits for the database: %s", error.__cause__, extra={"action": "expand_waits"})
            else:
                logger.exception(
                    "An input could not be fetched", extra={"action": "expand_failed", "batch_id": step.batch.id}
                )
                if self.far.breaks(step.batch.id, item.n):
                    await self._end_broken(step, item)
                    return
            await asyncio.sleep(IDLE_SECONDS)
        finally:
            self.far.end(step.batch.id, item.n)
            self.wake()

    async def _end_broken(self, step: _Step, item: WaitingItem) -> None:
        """End an item that would break off for ever, such as where the disk is full."""
        error = TransomError("This server could not fetch and store the input; its log says why")
        step.outcomes[:] = [Outcome(item.n, None, {"code": error.code, "detail": error.detail})]
        try:
            await _to_the_end(self._commit(step))
        except Exception:
            # It is fetched again, and told then.
            logger.exception("An item could not be ended", extra={"action": "expand_failed", "batch_id": step.batch.id})
            await asyncio.sleep(IDLE_SECONDS)

    async def _give_up(self, fetching: Iterable[asyncio.Task[None]]) -> None:
        tasks = list(fetching)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _make(self, step: _Step, items: Sequence[WaitingItem]) -> None:
        """Find out what items come to, and commit that."""
        try:
            for item in items:
                await step.prepare(item)
                await self.keep_holding()
            # A commit that nobody waits for is made all the same: what was stored for it must not be deleted.
            made = await _to_the_end(self._commit(step))
        except BaseException:
            known = await self._known(step)
            if known is not None:
                await step.discard(known)
            raise
        await step.discard(made)

    async def _commit(self, step: _Step) -> frozenset[str]:
        """Commit what the items came to; the ids of the jobs that were made."""
        made: list[Job] = []

        def change(connection: sa.Connection) -> tuple[list[LogEvent], str]:
            events, made[:] = store.make_jobs(connection, step.batch, step.outcomes, step.take_upload)
            return events, epoch_of(connection)

        events, epoch = await self._database.run_write(change)
        if events:
            self._publisher.publish(batch_of(epoch, events))
        for queue in {job.queue for job in made}:
            self._queue.ring(queue, min(MAX_BELLS, sum(job.queue == queue for job in made)))
        self._clerk.note_batch(step.batch.tenant, step.batch.id)
        return frozenset(job.id for job in made)

    async def _known(self, step: _Step) -> frozenset[str] | None:
        """The jobs of a step that are there after all, of a commit whose answer was lost; None where nobody knows.

        Then nothing may be deleted: what nothing leads to the sweep finds.
        """
        try:
            return await self._database.run_read(ids_among, [job.id for job in step.jobs])
        except DatabaseUnavailable:
            return None


class _Step:
    """Items of one batch on their way to be jobs."""

    def __init__(self, expander: Expander, batch: Batch, plugins: FleetPlugins) -> None:
        self.batch = batch
        self.outcomes: list[Outcome] = []
        self._database = expander.database
        self._blobs = expander.blobs
        self._settings = expander.settings
        self._roots = expander.roots
        self._input_urls = expander.input_urls
        self._far = expander.far
        self._plugins = plugins
        try:
            self._plan: Plan | TransomError = plan_of(Form(batch.fields), plugins)
            # Before any input is touched: where no worker has the device now, all of them wait.
            place(
                plugins,
                self._plan.plugin,
                self._plan.tools,
                self._plan.device,
                fallback_allowed=self._plan.fallback_allowed,
            )
        except TransomError as error:
            self._plan = _unless_later(error)
        #: The uploads that jobs take.
        self._uploads: dict[str, str] = {}
        #: Inputs that were stored here.
        self._stored: set[str] = set()

    @property
    def jobs(self) -> list[Job]:
        """The jobs that are to be made."""
        return [outcome.job for outcome in self.outcomes if outcome.job is not None]

    async def prepare(self, item: WaitingItem) -> None:
        """Find out what an item comes to; raises `DatabaseUnavailable`."""
        job_id = item.input_id or new_id()
        if item.input_id is None:
            self._stored.add(job_id)
        try:
            if isinstance(self._plan, TransomError):
                raise self._plan
            file = await self._input(item, job_id)
            job = self._plan.job(
                replace(file, name=item.name or file.name),
                self._plugins,
                job_id=job_id,
                tenant=self.batch.tenant,
                request_id=self.batch.request_id,
                batch_id=self.batch.id,
                retry_of=item.source["job_id"] if item.source["kind"] == "job" else None,
            )
        except DatabaseUnavailable:
            raise
        except TransomError as error:
            # A file that came with the batch stays with its item, which may be tried again.
            self.outcomes.append(Outcome(item.n, None, {"code": error.code, "detail": error.detail}))
        else:
            self.outcomes.append(Outcome(item.n, job))

    def take_upload(self, connection: sa.Connection, job: Job) -> None:
        """Give a job the upload that it is made of, in the transaction that makes it; raises what is wrong with it."""
        upload_id = self._uploads.get(job.id)
        if upload_id is not None:
            uploads.claim(connection, self.batch.tenant, upload_id, job.id)

    async def discard(self, made: frozenset[str]) -> None:
        """Delete inputs that no job has, and uploads that one has taken."""
        useless = [input_key(job_id) for job_id in sorted(self._stored - made)]
        useless += [upload_key(upload_id) for job_id, upload_id in self._uploads.items() if job_id in made]
        for key in useless:
            try:
                await asyncio.to_thread(self._blobs.delete, key)
            except Exception:
                # Each storage raises errors of its own; the sweep deletes what nothing leads to.
                logger.exception("A file that is not needed could not be deleted", extra={"action": "discard_failed"})

    async def _input(self, item: WaitingItem, job_id: str) -> StoredFile:
        """Its input, stored under the job's key; raises what is wrong with it."""
        key, source = input_key(job_id), item.source
        match source["kind"]:
            case "file":
                return await asyncio.to_thread(self._look, key, item.name)
            case "upload":
                upload = await self._database.run_read(uploads.get, self.batch.tenant, known_id(source["at"]))
                uploads.require_unused(upload)
                uploads.require_complete(upload)
                self._uploads[job_id] = upload.id
                try:
                    await asyncio.to_thread(self._blobs.gather, upload_key(upload.id), upload.length, key)
                except BlobNotFound:
                    uploads.require_unused(await self._database.run_read(uploads.get, self.batch.tenant, upload.id))
                    raise UploadNotFound("What was uploaded is gone: upload the file again") from None
                return await asyncio.to_thread(self._look, key, upload.name)
            case "path":
                return await asyncio.to_thread(self._copy, source["at"], key)
            case "job":
                old = await self._database.run_read(get_job, self.batch.tenant, source["job_id"])
                await asyncio.to_thread(self._blobs.share, old.input_key, key)
                return await asyncio.to_thread(self._look, key, old.input_name)
            case _:
                return await self._fetched(item, key)

    async def _fetched(self, item: WaitingItem, key: str) -> StoredFile:
        if self._input_urls is None:
            raise UrlInputDisabled
        host, now = host_of(item), asyncio.get_running_loop().time
        if self._far.is_away(host, now()):
            raise UrlUnreachable(f"{host} could not be reached again and again, and is not asked for a moment")
        try:
            file = await fetch(self._input_urls, self._blobs, key, item.source["at"], settings=self._settings)
        except TooBusy as error:
            raise _LaterError from error
        except (UrlUnreachable, UrlTimeout):
            self._far.note(host, now(), answered=False)
            raise
        except TransomError:
            self._far.note(host, now(), answered=True)
            raise
        self._far.note(host, now(), answered=True)
        return file

    def _look(self, key: str, name: str | None) -> StoredFile:
        with self._blobs.open_read(key) as file:
            return StoredFile(name=name, size=self._blobs.size(key), head=file.read(HEAD_BYTES))

    def _copy(self, path: str, key: str) -> StoredFile:
        """Whoever owns the file may change it while the job waits: so the job has a copy of its own."""
        found = self._roots.find(path)
        most = self._settings.max_upload_bytes
        copied = StoredFile(name=found.name)
        try:
            with found.open("rb") as source, self._blobs.open_write(key) as target:
                while chunk := source.read(COPY_BYTES):
                    copied.head = copied.head or chunk[:HEAD_BYTES]
                    copied.size += len(chunk)
                    if copied.size > most:
                        raise TooLarge(f"The file is larger than {most} bytes", limit_bytes=most)
                    target.write(chunk)
        except (FileNotFoundError, IsADirectoryError, PermissionError):
            raise InputNotFound(f"The file {path[:255]!r} can't be read") from None
        return copied


def _unless_later(error: TransomError) -> TransomError:
    """The error of an item; raises `_LaterError` where that only says that workers are away."""
    if error.retryable or isinstance(error, PluginNotFound | ToolNotFound):
        raise _LaterError from error
    return error


async def _to_the_end(work: Coroutine[None, None, Outcomes]) -> Outcomes:
    """What the work gives, which is not broken off half-way where the caller is."""
    working = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait([working])
        raise
