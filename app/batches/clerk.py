"""Keeps batches' counts: whoever moves one of their jobs notes it, and it is told a few times a second at most."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from app.realtime.events import LogEvent
from app.realtime.message_types import MessageType

logger = logging.getLogger(__name__)

#: Between two counts of one batch.
PAUSE_SECONDS: Final = 0.5
#: And so many times what a count takes: a large batch is counted less often.
SPREAD: Final = 20

#: Counts a batch of a tenant, and tells of it; may raise what a database raises.
RollUp = Callable[[str, str], Awaitable[None]]


class Clerk:
    """One a process. What it misses because its process dies the sweep finds: see `unfinished`."""

    def __init__(self, roll_up: RollUp) -> None:
        self._roll_up = roll_up
        self._due: set[tuple[str, str]] = set()
        self._counting: dict[tuple[str, str], asyncio.Task[None]] = {}

    def note(self, events: Iterable[LogEvent]) -> None:
        """These were committed: the batches whose jobs they are of are counted soon. On the loop's thread."""
        for event in events:
            if event.batch_id is not None and event.type is MessageType.JOB_STATUS:
                self.note_batch(event.tenant, event.batch_id)

    def note_batch(self, tenant: str, batch_id: str) -> None:
        """The batch is counted soon."""
        key = (tenant, batch_id)
        self._due.add(key)
        if key not in self._counting:
            task = asyncio.create_task(self._count(key), name=f"count-{batch_id}")
            self._counting[key] = task
            # Also of one that is cancelled before it begins.
            task.add_done_callback(lambda _: self._counting.pop(key, None))

    async def close(self) -> None:
        """Count what is due, and end."""
        tasks = list(self._counting.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for tenant, batch_id in sorted(self._due):
            try:
                await self._roll_up(tenant, batch_id)
            except Exception:
                logger.exception("A batch could not be counted; the sweep will", extra=_about(batch_id))
        self._due.clear()

    async def _count(self, key: tuple[str, str]) -> None:
        loop = asyncio.get_running_loop()
        while key in self._due:
            self._due.discard(key)
            began = loop.time()
            try:
                await self._roll_up(*key)
            except Exception:
                # Whatever a database raises: the sweep looks after batches that are not over.
                logger.exception("A batch could not be counted; the sweep will", extra=_about(key[1]))
            await asyncio.sleep(max(PAUSE_SECONDS, SPREAD * (loop.time() - began)))


def _about(batch_id: str) -> dict[str, str]:
    return {"action": "batch_count_failed", "batch_id": batch_id}
