"""The bus: tells every web process what was committed, over the broker.

The bus is a hint. Messages on it are transient and may be lost without an error; the relay compares heads with
the log and reads what it is owed. So publishing never waits, never raises, and drops the oldest while the broker
is away.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import pydantic_core

from app.realtime import broker_lines
from app.realtime.events import LogEvent
from app.realtime.message_types import MessageType

logger = logging.getLogger(__name__)

#: A larger batch is published as a range, and read from the log by whoever wants it.
MAX_BATCH_BYTES: Final = 256 * 1024
#: Batches that wait while the broker is away; older ones are dropped, the log has them.
MAX_WAITING: Final = 1000
RECONNECT_SECONDS: Final = (0.1, 0.2, 0.5, 1.0)
#: How long a consumer waits for a batch before it looks whether it is to end.
LOOK_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Segment:
    """Consecutive events of one tenant; `events` is None where they were too large to carry."""

    tenant: str
    first: int
    last: int
    events: list[LogEvent] | None


@dataclass(frozen=True, slots=True)
class BusBatch:
    """What one commit appended."""

    epoch: str
    segments: list[Segment]

    @property
    def size(self) -> int:
        """Bytes of the payloads that it carries."""
        return sum(len(event.payload) for segment in self.segments for event in segment.events or ())

    def encode(self) -> bytes:
        """The batch as bytes."""
        segments = [
            (s.tenant, s.first, s.last, None if s.events is None else [_pack(event) for event in s.events])
            for s in self.segments
        ]
        return pydantic_core.to_json((self.epoch, segments))

    @classmethod
    def decode(cls, body: bytes) -> BusBatch:
        """Read what `encode` wrote; raises `ValueError` for anything else."""
        epoch, segments = pydantic_core.from_json(body)
        return cls(
            epoch,
            [
                Segment(tenant, first, last, None if rows is None else [_unpack(tenant, row) for row in rows])
                for tenant, first, last, rows in segments
            ],
        )


def batch_of(epoch: str, events: Iterable[LogEvent]) -> BusBatch:
    """A batch of what was committed together; each tenant's events are consecutive in its log."""
    segments = []
    ordered = sorted(events, key=lambda event: (event.tenant, event.seq))
    for tenant, group in groupby(ordered, key=lambda event: event.tenant):
        rows = list(group)
        size = sum(len(event.payload) for event in rows)
        segments.append(Segment(tenant, rows[0].seq, rows[-1].seq, rows if size <= MAX_BATCH_BYTES else None))
    return BusBatch(epoch, segments)


def merged(segments: Iterable[Segment]) -> list[Segment]:
    """The segments, with those that follow one another in a tenant's log as one."""
    result: list[Segment] = []
    latest: dict[str, int] = {}
    for segment in segments:
        place = latest.get(segment.tenant)
        before = None if place is None else result[place]
        if (
            place is not None
            and before is not None
            and before.last + 1 == segment.first
            and before.events is not None
            and segment.events is not None
        ):
            result[place] = Segment(segment.tenant, before.first, segment.last, before.events + segment.events)
        else:
            latest[segment.tenant] = len(result)
            result.append(segment)
    return result


class EventPublisher:
    """Publishes batches from a thread of its own."""

    def __init__(self, broker_url: str, *, namespace: str) -> None:
        self._url = broker_url
        self._namespace = namespace
        self._waiting: deque[BusBatch] = deque(maxlen=MAX_WAITING)
        self._wake = threading.Event()
        self._closing = threading.Event()
        #: Failures since something was sent.
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name="event-publisher", daemon=True)

    def start(self) -> None:
        """Begin; returns at once, also where the broker is away."""
        self._thread.start()

    def publish(self, batch: BusBatch) -> None:
        """Hand a batch over; never waits and never raises."""
        self._waiting.append(batch)
        self._wake.set()

    def close(self, timeout: float = 2.0) -> None:
        """Publish what waits, for at most `timeout` seconds, and end the thread."""
        self._closing.set()
        self._wake.set()
        self._thread.join(timeout)

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                with broker_lines.speaking(self._url, namespace=self._namespace) as send:
                    self._publish_until_closed(send)
                    return
            except broker_lines.errors(self._url) as error:
                if self._failures == 0:
                    logger.warning(
                        "The broker takes nothing; events go through the log meanwhile: %s",
                        error,
                        extra={"action": "bus_publish_failed"},
                    )
                self._closing.wait(_pause_after(self._failures))
                self._failures += 1

    def _publish_until_closed(self, send: Callable[[bytes], None]) -> None:
        while True:
            while self._waiting:
                send(self._next().encode())
                self._failures = 0
            if self._closing.is_set():
                return
            self._wake.wait()
            self._wake.clear()

    def _next(self) -> BusBatch:
        """The batch that waits longest, with those behind it that one message may carry too.

        Where many small commits follow one another, a message each would cost more than they do.
        """
        batch = self._waiting.popleft()
        segments, size = list(batch.segments), batch.size
        while self._waiting and self._waiting[0].epoch == batch.epoch:
            size += self._waiting[0].size
            if size > MAX_BATCH_BYTES:
                break
            segments += self._waiting.popleft().segments
        return BusBatch(batch.epoch, merged(segments))


class EventConsumer:
    """Receives batches on a thread of its own and hands them to `on_batch` there.

    `on_subscribed` is called after each (re)subscription: what was published before it is owed from the log.
    """

    def __init__(
        self,
        broker_url: str,
        *,
        namespace: str,
        node_id: str,
        on_batch: Callable[[BusBatch], None],
        on_subscribed: Callable[[], None],
    ) -> None:
        self._url = broker_url
        self._namespace = namespace
        self._node_id = node_id
        self._on_batch = on_batch
        self._on_subscribed = on_subscribed
        self._closing = threading.Event()
        self._subscribed = False
        #: Failures since it was subscribed.
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name="event-consumer", daemon=True)

    def start(self) -> None:
        """Begin; returns at once, also where the broker is away."""
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the thread lives; `/readyz` fails when it has stopped."""
        return self._thread.is_alive()

    @property
    def subscribed(self) -> bool:
        """Whether batches arrive at present; without them realtime is a second late and never wrong."""
        return self._subscribed

    def close(self, timeout: float = 3.0) -> None:
        """End the thread."""
        self._closing.set()
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                self._listen()
        finally:
            self._subscribed = False

    def _listen(self) -> None:
        try:
            with broker_lines.listening(
                self._url,
                namespace=self._namespace,
                node_id=self._node_id,
                on_body=self._receive,
                on_subscribed=self._heard,
            ) as wait:
                while not self._closing.is_set():
                    wait(LOOK_SECONDS)
        except broker_lines.errors(self._url) as error:
            self._subscribed = False
            if self._failures == 0:
                logger.warning(
                    "The subscription to the broker broke; reading the log meanwhile: %s",
                    error,
                    extra={"action": "bus_subscription_broke"},
                )
            self._closing.wait(_pause_after(self._failures))
            self._failures += 1

    def _heard(self) -> None:
        self._subscribed = True
        self._failures = 0
        self._on_subscribed()

    def _receive(self, body: bytes) -> None:
        try:
            batch = BusBatch.decode(body)
        except (ValueError, TypeError, KeyError) as error:
            logger.warning("A message on the bus is not a batch: %s", error, extra={"action": "bus_message_invalid"})
            return
        self._on_batch(batch)


def _pause_after(failures: int) -> float:
    return RECONNECT_SECONDS[min(failures, len(RECONNECT_SECONDS) - 1)]


def _pack(event: LogEvent) -> tuple[Any, ...]:
    return (event.seq, event.type, event.payload, event.timestamp, event.job_id, event.attempt, event.batch_id)


def _unpack(tenant: str, row: list[Any]) -> LogEvent:
    seq, kind, payload, timestamp, job_id, attempt, batch_id = row
    return LogEvent(tenant, seq, MessageType(kind), payload, timestamp, job_id, attempt, batch_id)
