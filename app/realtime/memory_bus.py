"""The bus within one process: for tests, and wherever log, relay and hub run together without a broker."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from app.realtime.event_bus import BusBatch


class MemoryConsumer:
    """One subscriber. Batches wait in `waiting` until `deliver` hands them over."""

    def __init__(self, *, on_batch: Callable[[BusBatch], None], on_subscribed: Callable[[], None]) -> None:
        self.waiting: deque[BusBatch] = deque()
        self._on_batch = on_batch
        self._on_subscribed = on_subscribed
        self._running = False

    @property
    def running(self) -> bool:
        """Whether it was started and not closed."""
        return self._running

    @property
    def subscribed(self) -> bool:
        """Whether batches arrive at present."""
        return self._running

    def start(self) -> None:
        """Begin."""
        self._running = True
        self._on_subscribed()

    def close(self) -> None:
        """End; what waits is lost."""
        self._running = False
        self.waiting.clear()

    def deliver(self) -> bool:
        """Hand over the oldest batch that waits; False where none does."""
        if not self.waiting:
            return False
        self._on_batch(self.waiting.popleft())
        return True


class MemoryBus:
    """Tells each of its consumers what was committed. With `held`, batches wait until a consumer's `deliver`."""

    def __init__(self, *, held: bool = False) -> None:
        self.consumers: list[MemoryConsumer] = []
        self._held = held

    def consumer(self, *, on_batch: Callable[[BusBatch], None], on_subscribed: Callable[[], None]) -> MemoryConsumer:
        """One more subscriber."""
        consumer = MemoryConsumer(on_batch=on_batch, on_subscribed=on_subscribed)
        self.consumers.append(consumer)
        return consumer

    def publish(self, batch: BusBatch) -> None:
        """Tell every consumer that runs."""
        for consumer in self.consumers:
            if consumer.running:
                consumer.waiting.append(batch)
                if not self._held:
                    consumer.deliver()
