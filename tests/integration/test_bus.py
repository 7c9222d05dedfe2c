"""The bus over real brokers."""

from __future__ import annotations

import threading
import time
from queue import SimpleQueue

import pytest

from app.realtime import event_bus
from app.realtime.event_bus import BusBatch, EventConsumer, EventPublisher, batch_of
from app.realtime.events import LogEvent
from app.realtime.message_types import MessageType

PATIENCE_SECONDS = 10.0
RABBITMQ = "amqp://guest:guest@127.0.0.1:5672//"


def _batch(seq: int) -> BusBatch:
    event = LogEvent("default", seq, MessageType.WARNING, "{}", "2026-03-14T09:26:53.000Z", "job-a", 1)
    return batch_of("epoch", [event])


@pytest.mark.service("rabbitmq")
def test_what_is_published_after_a_silence_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    """A publisher that had nothing to say for longer than its broker waits for a sign is still heard."""
    monkeypatch.setattr(event_bus, "HEARTBEAT_SECONDS", 1)
    heard: SimpleQueue[BusBatch] = SimpleQueue()
    subscribed = threading.Event()
    consumer = EventConsumer(RABBITMQ, node_id="silence", on_batch=heard.put, on_subscribed=subscribed.set)
    publisher = EventPublisher(RABBITMQ)
    consumer.start()
    publisher.start()
    try:
        assert subscribed.wait(PATIENCE_SECONDS)
        publisher.publish(_batch(1))
        assert heard.get(timeout=PATIENCE_SECONDS).segments[0].first == 1
        # The silence is what is tested: the broker cuts a connection after two heartbeats or three.
        time.sleep(4)
        publisher.publish(_batch(2))
        assert heard.get(timeout=PATIENCE_SECONDS).segments[0].first == 2
    finally:
        publisher.close()
        consumer.close()
