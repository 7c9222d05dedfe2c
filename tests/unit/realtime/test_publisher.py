"""What waits for the broker goes in as few messages as it fits in, each commit's events in their place."""

from __future__ import annotations

from typing import Any

import app.realtime.event_bus as bus
from app.realtime.event_bus import BusBatch, EventPublisher, batch_of
from app.realtime.events import LogEvent
from app.realtime.message_types import MessageType


class Broker:
    """Keeps what is published."""

    def __init__(self) -> None:
        self.messages: list[BusBatch] = []

    def publish(self, body: bytes) -> None:
        """One message."""
        self.messages.append(BusBatch.decode(body))


def event(seq: int, *, tenant: str = "default", payload: str = "{}") -> LogEvent:
    """An event of this number."""
    return LogEvent(tenant, seq, MessageType.PROGRESS, payload, "2026-01-01T00:00:00.000Z", "job", 1, None)


def published(*batches: BusBatch) -> list[BusBatch]:
    """The messages for batches that came while the broker was busy."""
    publisher = EventPublisher("memory://", namespace="test")
    for batch in batches:
        publisher.publish(batch)
    publisher._closing.set()
    broker = Broker()
    publisher._publish_until_closed(broker.publish)
    return broker.messages


def test_commits_that_wait_go_in_one_message() -> None:
    """As one segment where they follow one another."""
    (message,) = published(batch_of("e", [event(1), event(2)]), batch_of("e", [event(3)]), batch_of("e", [event(4)]))

    (segment,) = message.segments
    assert (segment.first, segment.last) == (1, 4)
    assert [one.seq for one in segment.events or ()] == [1, 2, 3, 4]


def test_another_epoch_is_another_message() -> None:
    """One message is of one log."""
    messages = published(batch_of("e", [event(1)]), batch_of("f", [event(1)]), batch_of("f", [event(2)]))

    assert [(message.epoch, message.segments[0].last) for message in messages] == [("e", 1), ("f", 2)]


def test_no_message_becomes_too_large(monkeypatch: Any) -> None:
    """What would make it so begins the next one; nothing is left out."""
    monkeypatch.setattr(bus, "MAX_BATCH_BYTES", 100)
    wide = '"' + "x" * 58 + '"'

    messages = published(*(batch_of("e", [event(seq, payload=wide)]) for seq in range(1, 4)))

    assert [[one.seq for one in message.segments[0].events or ()] for message in messages] == [[1], [2], [3]]
