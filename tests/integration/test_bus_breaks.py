"""The bus over an embedded broker whose connections break, or which goes away and comes back."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest
import redis

from app.cli.embedded_broker import EmbeddedBroker
from app.cli.runtime_dir import runtime_dir
from app.realtime.event_bus import BusBatch, EventConsumer, EventPublisher, batch_of
from app.realtime.events import LogEvent
from app.realtime.message_types import MessageType
from tests.stack import wait_until

PATIENCE_SECONDS = 60.0


class Valkey:
    """An embedded broker that can be killed and started again."""

    def __init__(self, folder: Path, sockets: Path) -> None:
        self._broker = EmbeddedBroker(folder=folder, socket_path=sockets / "valkey.sock")
        self._process: subprocess.Popen[bytes] | None = None
        self.url = self._broker.url
        self.client = redis.Redis(unix_socket_path=str(self._broker.socket_path))

    def start(self) -> None:
        """Start it, and wait until it answers."""
        spec = self._broker.spec(os.environ)
        self._process = subprocess.Popen(spec.argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self._broker.answers, what="the broker answers")

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """One of this test's own, which runs."""
    with runtime_dir(tmp_path / "run") as sockets:
        server = Valkey(tmp_path / "broker", sockets)
        server.start()
        yield server
        server.client.close()
        server.kill()


class Listener:
    """What a consumer hears, and how often it was told that it listens from then on."""

    def __init__(self, url: str, namespace: str) -> None:
        self.heard: SimpleQueue[BusBatch] = SimpleQueue()
        self._subscribed = threading.Semaphore(0)
        self.consumer = EventConsumer(
            url,
            namespace=namespace,
            node_id="breaks",
            on_batch=self.heard.put,
            on_subscribed=self._subscribed.release,
        )

    def wait_until_subscribed(self) -> None:
        """Until it is told so once more."""
        assert self._subscribed.acquire(timeout=PATIENCE_SECONDS)

    def next_seq(self) -> int:
        """The number of the next event that comes."""
        return self.heard.get(timeout=PATIENCE_SECONDS).segments[0].first


@contextmanager
def listening(url: str, namespace: str = "breaks") -> Iterator[Listener]:
    """A consumer that is subscribed."""
    listener = Listener(url, namespace)
    listener.consumer.start()
    try:
        listener.wait_until_subscribed()
        yield listener
    finally:
        listener.consumer.close()


@contextmanager
def speaking(url: str, namespace: str = "breaks") -> Iterator[EventPublisher]:
    """A publisher that runs."""
    publisher = EventPublisher(url, namespace=namespace)
    publisher.start()
    try:
        yield publisher
    finally:
        publisher.close()


def batch(seq: int) -> BusBatch:
    """One event of this number."""
    return batch_of("epoch", [LogEvent("default", seq, MessageType.WARNING, "{}", "2026-03-14T09:26:53.000Z", "j", 1)])


def test_a_subscription_that_was_cut_is_taken_up_again_and_said_to_be(valkey: Valkey) -> None:
    """What was said meanwhile is not known of: so whoever listens is told, and reads the log."""
    with listening(valkey.url) as listener, speaking(valkey.url) as publisher:
        publisher.publish(batch(1))
        assert listener.next_seq() == 1

        assert valkey.client.client_kill_filter(_type="pubsub") == 1

        listener.wait_until_subscribed()
        publisher.publish(batch(2))
        assert listener.next_seq() == 2


def test_both_ends_come_back_after_a_broker_that_was_killed(valkey: Valkey) -> None:
    """A publisher whose connection has died notices with what it says next, which may be lost; no more than that."""
    with listening(valkey.url) as listener, speaking(valkey.url) as publisher:
        publisher.publish(batch(1))
        assert listener.next_seq() == 1

        valkey.kill()
        wait_until(lambda: not listener.consumer.subscribed, what="the consumer notices")
        publisher.publish(batch(2))
        valkey.start()
        listener.wait_until_subscribed()

        sent = iter(range(3, 1000))

        def came() -> bool:
            publisher.publish(batch(next(sent)))
            try:
                return listener.heard.get(timeout=0.2).segments[0].last >= 3
            except Empty:
                return False

        wait_until(came, what="a batch that was published after the broker came back")


def test_another_database_of_the_same_server_is_another_bus(valkey: Valkey) -> None:
    """Two systems that share a server by its databases hear nothing of each other."""
    other = f"{valkey.url}?virtual_host=1"
    with (
        listening(valkey.url) as one,
        listening(other) as two,
        speaking(valkey.url) as to_one,
        speaking(other) as to_two,
    ):
        to_one.publish(batch(1))
        to_two.publish(batch(2))

        assert (one.next_seq(), two.next_seq()) == (1, 2)
        assert one.heard.empty()
        assert two.heard.empty()


def test_nothing_stays_in_the_broker(valkey: Valkey) -> None:
    """Web processes come and go under ever new names; no key remembers them."""
    with listening(valkey.url) as listener, speaking(valkey.url) as publisher:
        publisher.publish(batch(1))
        assert listener.next_seq() == 1

    assert valkey.client.keys("*") == []
