"""The bus over real brokers."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from queue import SimpleQueue
from uuid import uuid4

import pytest

from app.realtime import broker_lines
from app.realtime.event_bus import BusBatch, EventConsumer, EventPublisher, batch_of
from app.realtime.events import LogEvent
from app.realtime.message_types import MessageType
from tests.back_ends import RABBITMQ, REDIS, clear_broker

PATIENCE_SECONDS = 60.0


def _batch(seq: int) -> BusBatch:
    event = LogEvent("default", seq, MessageType.WARNING, "{}", "2026-03-14T09:26:53.000Z", "job-a", 1)
    return batch_of("epoch", [event])


@pytest.mark.parametrize(
    "broker",
    [
        pytest.param(REDIS, marks=pytest.mark.service("redis"), id="redis"),
        pytest.param(RABBITMQ, marks=pytest.mark.service("rabbitmq"), id="rabbitmq"),
    ],
)
def test_what_is_published_after_a_silence_arrives(broker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A publisher that had nothing to say for longer than its broker waits for a sign is still heard."""
    namespace = f"test-{uuid4().hex[:12]}"
    heard: SimpleQueue[BusBatch] = SimpleQueue()
    subscribed = threading.Event()
    consumer = EventConsumer(
        broker, namespace=namespace, node_id="silence", on_batch=heard.put, on_subscribed=subscribed.set
    )
    publisher = EventPublisher(broker, namespace=namespace)
    with ExitStack() as stack:
        stack.callback(clear_broker, broker, namespace)
        consumer.start()
        stack.callback(consumer.close)
        assert subscribed.wait(PATIENCE_SECONDS)
        # Not before: a consumer with so short a heartbeat might be cut off itself, and miss what is published then.
        monkeypatch.setattr(broker_lines, "HEARTBEAT_SECONDS", 1)
        publisher.start()
        stack.callback(publisher.close)
        publisher.publish(_batch(1))
        assert heard.get(timeout=PATIENCE_SECONDS).segments[0].first == 1
        # The silence is what is tested: the broker cuts a connection after two heartbeats or three.
        time.sleep(4)
        publisher.publish(_batch(2))
        assert heard.get(timeout=PATIENCE_SECONDS).segments[0].first == 2
