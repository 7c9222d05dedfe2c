"""The scribe's part of making videos: one process at a time that makes one, started, listened to and ended here.

Which videos are wanted is in the database (`app/jobs/renderings.py`). This claims the one that was asked for first,
under a lease that it renews as long as the process says that it goes on; `render.py` is that process. Nothing here
waits but for it, and no vision library is loaded.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from typing import Any, Final

import psutil

from app.jobs import renderings
from app.jobs.job import Playable
from app.jobs.renderings import Rendering, State
from app.storage.blobs import BlobStore
from tasks.process_tree import ProcessTree
from tasks.resources import ScribeResources
from tasks.transactions import Transactions

logger = logging.getLogger(__name__)

#: How often the scribe looks whether a video is wanted: seldom, for each look may keep a commit waiting a moment.
LOOK_SECONDS: Final = 3.0
#: How long the process may say nothing: it says every second how far it is, but may have to open a large input first,
#: and to store a large video in the end.
SILENT_SECONDS: Final = 300.0
#: When one that found a disk full is begun anew.
NO_ROOM_MS: Final = 300_000
#: How often the lease is renewed, and progress noted.
NOTE_SECONDS: Final = 1.0


class Studio:
    """Makes the videos that are wanted, one after the other."""

    def __init__(self, resources: ScribeResources, transactions: Transactions, draining: Callable[[], bool]) -> None:
        """`draining` says whether nothing new is begun."""
        self._settings = resources.settings
        self._blobs = resources.blobs
        self._transactions = transactions
        self._draining = draining
        self._lease_ms = int(resources.settings.lease_seconds * 1000)

    async def round(self) -> None:
        """Make one video, where one is wanted."""
        if self._draining() or not await self._transactions.read(renderings.waits):
            return
        claimed = await self._transactions.run(renderings.claim, self._settings.worker_id, self._lease_ms)
        if claimed is not None:
            await self._make(claimed)

    async def _make(self, rendering: Rendering) -> None:
        facts = {"job_id": rendering.job_id, "kind": rendering.kind.value, "attempt": rendering.attempt}
        logger.info("A video is made", extra={"action": "rendering_begins", **facts})
        try:
            process = await self._start(rendering)
        except OSError:
            logger.exception("No process for a video could be started", extra={"action": "rendering_died", **facts})
            await self._hand_back(rendering, crashed=True)
            return
        try:
            ended = await self._follow(process, rendering)
        except asyncio.CancelledError:
            # The scribe stops: another one begins anew.
            await _end(process)
            await self._hand_back(rendering, crashed=False)
            raise
        finally:
            await _end(process)
        if not ended:
            logger.warning("The process that made a video died", extra={"action": "rendering_died", **facts})
            await self._hand_back(rendering, crashed=True)
        await self._leave_nothing(rendering)

    async def _start(self, rendering: Rendering) -> Process:
        named = (rendering.tenant, rendering.job_id, rendering.kind.value, rendering.key)
        return await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "tasks.render", *named, stdin=PIPE, stdout=PIPE
        )

    async def _follow(self, process: Process, rendering: Rendering) -> bool:
        """Do what the process says, and hold the lease; False where it died, or said nothing for too long."""
        progress, loop = 0, asyncio.get_running_loop()
        heard_at = renewed_at = began_at = loop.time()
        while loop.time() - heard_at < SILENT_SECONDS:
            if loop.time() - renewed_at >= NOTE_SECONDS:
                renewed_at = loop.time()
                if not await self._goes_on(process, rendering, progress, loop.time() - began_at):
                    return True
            try:
                told = await asyncio.wait_for(_told(process), NOTE_SECONDS)
            except TimeoutError:
                continue
            heard_at = loop.time()
            match told:
                case {"progress": int(progress)}:
                    continue
                case {"playable": str(playable)}:
                    if not await self._transactions.run(renderings.found_out, rendering, Playable(playable)):
                        return True
                case {"ready": True}:
                    await self._transactions.run(renderings.finish, rendering)
                    logger.info("A video is ready", extra={"action": "rendering_ready", "job_id": rendering.job_id})
                    return True
                case {"no_room": True}:
                    facts = {"action": "rendering_waits", "job_id": rendering.job_id}
                    logger.warning("A video waits for room on a disk", extra=facts)
                    # Nobody takes it up before that; meanwhile the others have their turn.
                    await self._transactions.run(renderings.renew, rendering, 0, NO_ROOM_MS)
                    return True
                case {"failed": str(reason)}:
                    await self._fail(rendering, reason)
                    return True
                case _:
                    break
        return False

    async def _goes_on(self, process: Process, rendering: Rendering, progress: int, seconds: float) -> bool:
        """Hold the lease, and say how far it is; False where nothing more is to come of it."""
        if not await self._transactions.run(renderings.renew, rendering, progress, self._lease_ms):
            # It was purged, or somebody else took this worker for dead.
            return False
        limit = self._settings.time_limit_seconds
        if seconds > limit:
            # One that says how far it is may go on for ever all the same, and the others wait for it.
            await self._fail(
                rendering,
                f"Making the video took longer than the {limit:g} s that it may take. "
                "It is the operator's limit (TRANSOM_TIME_LIMIT_SECONDS).",
            )
            return False
        if not await self._uses_too_much(process):
            return True
        await self._fail(rendering, "The video needed more memory than a process may have.")
        return False

    async def _fail(self, rendering: Rendering, reason: str) -> None:
        facts = {"action": "rendering_failed", "job_id": rendering.job_id, "kind": rendering.kind.value}
        logger.warning("A video can't be made: %s", reason, extra=facts)
        await self._transactions.run(renderings.fail, rendering, reason)

    async def _hand_back(self, rendering: Rendering, *, crashed: bool) -> None:
        await self._transactions.run(
            renderings.hand_back, rendering, crashed=crashed, max_crashes=self._settings.max_crashes
        )

    async def _uses_too_much(self, process: Process) -> bool:
        limit = self._settings.memory_limit_bytes
        if not limit:
            return False
        try:
            return await asyncio.to_thread(ProcessTree(process.pid).memory_bytes, limit) > limit
        except psutil.NoSuchProcess:
            return False

    async def _leave_nothing(self, rendering: Rendering) -> None:
        """What was stored, and is nobody's: of a job that was purged meanwhile, or of a process that died."""
        now = await self._transactions.read(renderings.find, rendering.tenant, rendering.job_id, rendering.kind)
        if now is not None and now.status is State.READY and now.attempt == rendering.attempt:
            return
        try:
            await asyncio.to_thread(_delete, self._blobs, rendering)
        except Exception:
            # Each storage raises errors of its own, and none of them may end what the children talk to.
            logger.exception(
                "What was made of a video could not be deleted",
                extra={"action": "rendering_left", "job_id": rendering.job_id},
            )


async def _told(process: Process) -> Any:
    """What the process says next; None where it has ended, or can't be understood."""
    if process.stdout is None:
        raise TypeError("the process has no output")
    try:
        return json.loads(await process.stdout.readline())
    except ValueError:
        return None


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


def _delete(blobs: BlobStore, rendering: Rendering) -> None:
    prefix, _, file = rendering.key.rpartition("/")
    for name in blobs.names(prefix):
        # Also what is not whole.
        if name.startswith(file):
            blobs.delete(f"{prefix}/{name}")
