"""Brings what was committed from the bus to the hub, in order, and heals from the log what the bus lost.

The bus is a hint. Batches at or below the hub's head are passed over, early ones wait a moment for the hole before
them. Every second, and after each subscription to the bus, the log's heads are compared with the hub's, and what is
owed is read. So without a broker the stream is a second late and never wrong.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final, Protocol

from app.database.engine import Database
from app.realtime import event_log
from app.realtime.connection_manager import ConnectionManager
from app.realtime.event_bus import BusBatch, EventConsumer, Segment, merged
from app.realtime.inbox import Inbox
from app.realtime.log_pages import LogPages
from app.settings import Settings

logger = logging.getLogger(__name__)

#: Time between two comparisons with the log: how late a message is that the bus lost.
COMPARE_SECONDS: Final = 1.0
#: How old the last comparison may be.
HEALTHY_SECONDS: Final = 10.0
#: How long an early batch waits for the one before it, until the log is read instead.
HOLE_SECONDS: Final = 0.05
#: Early batches kept a tenant.
MAX_EARLY: Final = 100
#: Epochs of others that are remembered, so that their batches cost nothing.
MAX_FOREIGN: Final = 100


class Consumer(Protocol):
    """Whoever receives batches, on a thread of its own or not."""

    @property
    def running(self) -> bool:
        """Whether it lives."""

    @property
    def subscribed(self) -> bool:
        """Whether batches arrive at present."""

    def start(self) -> None:
        """Begin; returns at once."""

    def close(self) -> None:
        """End; may block for seconds."""


class ConsumerFactory(Protocol):
    """Makes the consumer; the callbacks may be called on any thread."""

    def __call__(self, *, on_batch: Callable[[BusBatch], None], on_subscribed: Callable[[], None]) -> Consumer:
        """One consumer, not yet started."""


class Relay:
    """One a web process. All methods belong to the event loop's thread."""

    def __init__(
        self,
        *,
        settings: Settings,
        database: Database,
        manager: ConnectionManager,
        consumer: ConsumerFactory | None = None,
    ) -> None:
        self._database = database
        self._manager = manager
        self._inbox = Inbox(self._receive)
        self._early: dict[str, dict[int, Segment]] = {}
        #: Epochs that came over the bus and are not known; those that a comparison has shown not to be this log's.
        self._strange: set[str] = set()
        self._foreign: set[str] = set()
        self._readers: dict[str, asyncio.Task[None]] = {}
        self._read_again: set[str] = set()
        self._comparing = asyncio.Lock()
        self._due = asyncio.Event()
        self._compared_at: float | None = None
        self._failure: str | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watch: asyncio.Task[None] | None = None
        self._closing = False
        if consumer is None:
            self._consumer: Consumer = EventConsumer(
                settings.resolved_broker_url,
                namespace=settings.namespace,
                node_id=settings.resolved_node_id,
                on_batch=self._inbox.put,
                on_subscribed=self._on_subscribed,
            )
        else:
            self._consumer = consumer(on_batch=self._inbox.put, on_subscribed=self._on_subscribed)

    @property
    def healthy(self) -> bool:
        """Whether the stream is complete, at most a few seconds late: listening, and comparing with success."""
        age = self._seconds_since_comparison()
        return self._consumer.running and age is not None and age < HEALTHY_SECONDS

    @property
    def subscribed(self) -> bool:
        """Whether the bus delivers; without it the stream is a second late."""
        return self._consumer.subscribed

    def describe(self) -> dict[str, object]:
        """What `/readyz` shows; `failure` is what went wrong last, until a comparison succeeds again."""
        return {
            "consumer_running": self._consumer.running,
            "subscribed": self._consumer.subscribed,
            "seconds_since_comparison": self._seconds_since_comparison(),
            "failure": self._failure,
        }

    async def start(self) -> None:
        """Take the log's state for the hub's, then listen; raises what the database raises."""
        self._loop = asyncio.get_running_loop()
        self._inbox.open()
        state = await self._database.run_read(event_log.state)
        self._manager.begin(state.epoch, state.heads)
        self._manager.use_pages(LogPages(self._database, compare=self.compare, seen=self._manager.log_seen))
        self._compared_at = time.monotonic()
        self._watch = asyncio.create_task(self._compare_for_ever(), name="relay")
        self._consumer.start()

    async def close(self) -> None:
        """Stop listening; connections stay as they are."""
        self._closing = True
        self._inbox.close()
        await asyncio.to_thread(self._consumer.close)
        tasks = [*self._readers.values(), *([self._watch] if self._watch else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def compare(self) -> None:
        """Compare the hub's heads and epoch with the log's, and have read what is owed."""
        async with self._comparing:
            # What was seen before the read: the log can't be behind these, unless it is another one.
            known, epoch = self._manager.log_heads_seen(), self._manager.epoch
            strange, self._strange = self._strange, set()
            state = await self._database.run_read(event_log.state)
            if state.epoch == epoch and any(state.head(tenant) < head for tenant, head in known.items()):
                logger.warning(
                    "The log is shorter than it was, as after a restore: it begins a new epoch",
                    extra={"action": "log_went_back"},
                )
                await self._database.run_write(event_log.change_epoch, epoch)
                state = await self._database.run_read(event_log.state)
            if state.epoch != epoch:
                self._early.clear()
                self._foreign.clear()
                self._manager.reset(state.epoch, state.heads, "epoch_changed")
            self._pass_over(strange - {state.epoch, epoch})
            # What has come and waits for its turn is not owed.
            self._inbox.flush()
            for tenant, head in state.heads.items():
                self._owe(tenant, head)
            self._compared_at = time.monotonic()
            self._failure = None

    def _pass_over(self, epochs: set[str]) -> None:
        """Have no more comparisons made for batches of these epochs: whoever commits there commits elsewhere."""
        if not epochs:
            return
        if len(self._foreign) + len(epochs) > MAX_FOREIGN:
            self._foreign.clear()
        self._foreign |= epochs
        logger.warning(
            "Another Transom uses this broker under the same names; its messages are passed over. Give each its own "
            "TRANSOM_NAMESPACE: a job may wait while the other's worker hears its bell",
            extra={"action": "bus_shared"},
        )

    def _seconds_since_comparison(self) -> float | None:
        return None if self._compared_at is None else round(time.monotonic() - self._compared_at, 1)

    def _on_subscribed(self) -> None:
        """Called on the consumer's thread: what was published before is owed from the log."""
        if self._loop is not None and not self._closing:
            self._loop.call_soon_threadsafe(self._due.set)

    def _receive(self, batches: list[BusBatch]) -> None:
        segments: list[Segment] = []
        for batch in batches:
            if batch.epoch in self._foreign:
                continue
            if batch.epoch == self._manager.epoch:
                segments += batch.segments
                continue
            if len(self._strange) < MAX_FOREIGN:
                self._strange.add(batch.epoch)
            self._due.set()
        for segment in merged(segments):
            try:
                self._take(segment)
            except Exception as error:
                self._failure = type(error).__name__
                logger.exception("A batch could not be handed out", extra={"action": "relay_batch_failed"})

    def _take(self, segment: Segment) -> None:
        tenant, head = segment.tenant, self._manager.head(segment.tenant)
        if segment.last <= head:
            return
        if not self._manager.has_connections(tenant):
            self._manager.move_head(tenant, segment.last)
            self._early.pop(tenant, None)
        elif segment.first > head + 1:
            early = self._early.setdefault(tenant, {})
            if len(early) < MAX_EARLY:
                early[segment.first] = segment
            asyncio.get_running_loop().call_later(HOLE_SECONDS, self._fill_hole, tenant)
        elif segment.events is None:
            self._read(tenant, "large")
        else:
            self._manager.deliver(tenant, segment.events)
            self._take_early(tenant)

    def _take_early(self, tenant: str) -> None:
        early = self._early.pop(tenant, None)
        for first in sorted(early or ()):
            if early is not None:
                self._take(early[first])

    def _fill_hole(self, tenant: str) -> None:
        if self._early.get(tenant):
            self._read(tenant, "hole")

    def _owe(self, tenant: str, head: int) -> None:
        if head <= self._manager.head(tenant):
            return
        if self._manager.has_connections(tenant):
            self._read(tenant, "behind")
        else:
            self._manager.move_head(tenant, head)

    def _read(self, tenant: str, reason: str) -> None:
        """Have the log read for this tenant; one reader at a time, which goes round again if asked meanwhile."""
        self._manager.counts.log_reads[reason] += 1
        if tenant in self._readers:
            self._read_again.add(tenant)
        elif not self._closing:
            self._readers[tenant] = asyncio.create_task(self._read_until_told(tenant), name=f"relay-read-{tenant}")

    async def _read_until_told(self, tenant: str) -> None:
        try:
            await self._read_owed(tenant)
            while tenant in self._read_again:
                self._read_again.discard(tenant)
                await self._read_owed(tenant)
        except Exception as error:
            self._failure = type(error).__name__
            logger.exception("The log can't be read; trying again", extra={"action": "relay_read_failed"})
        finally:
            self._read_again.discard(tenant)
            del self._readers[tenant]

    async def _read_owed(self, tenant: str) -> None:
        while True:
            after = self._manager.head(tenant)
            page = await self._database.run_read(event_log.read_since, tenant, after)
            head = page.state.head(tenant)
            if page.state.epoch != self._manager.epoch or head < after:
                self._due.set()
                return
            if page.state.floors.get(tenant, 0) > after or not self._manager.has_connections(tenant):
                # Trimmed before it could be read: each connection sees that for itself, and is told.
                self._manager.move_head(tenant, head)
            else:
                self._manager.deliver(tenant, page.events, source="log")
                self._manager.move_head(tenant, page.scanned_to)
            self._take_early(tenant)
            if self._manager.head(tenant) >= head:
                return

    async def _compare_for_ever(self) -> None:
        while True:
            try:
                await self.compare()
            except Exception as error:
                if self._failure is None:
                    logger.exception("The relay failed; it goes on", extra={"action": "relay_failed"})
                self._failure = type(error).__name__
            try:
                async with asyncio.timeout(COMPARE_SECONDS):
                    await self._due.wait()
            except TimeoutError:
                continue
            self._due.clear()
