"""The bus over an embedded broker whose connections break, or which goes away and comes back."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest
import redis

from app.cli.embedded_broker import EmbeddedBroker
from app.cli.runtime_dir import runtime_dir
from app.realtime import broker_lines
from app.realtime.event_bus import LOOK_SECONDS, BusBatch, EventConsumer, EventPublisher, batch_of
from app.realtime.events import LogEvent
from app.realtime.message_types import MessageType
from tests.sockets import hang_up
from tests.stack import ROOT, wait_until

PATIENCE_SECONDS = 60.0
#: A web process's part of it, to be killed.
LISTEN = """
import sys, threading
from app.realtime.event_bus import EventConsumer
EventConsumer(
    sys.argv[1], namespace="breaks", node_id="killed",
    on_batch=lambda _: print("heard", flush=True), on_subscribed=lambda: print("subscribed", flush=True),
).start()
threading.Event().wait()
"""


class Valkey:
    """An embedded broker that can be killed and started again."""

    def __init__(self, folder: Path, sockets: Path) -> None:
        self._broker = EmbeddedBroker(folder=folder, socket_path=sockets / "valkey.sock")
        self._process: subprocess.Popen[bytes] | None = None
        self.url = self._broker.url
        self.path = str(self._broker.socket_path)
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


class Way:
    """A way to the broker that can be made bad; passes everything on otherwise."""

    def __init__(self, target: str, path: str) -> None:
        self._target = target
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen()
        #: The broker's pieces come in halves, the second one late.
        self.stall = False
        #: Nothing comes through, and nobody hangs up.
        self.swallow = False
        self._open: list[socket.socket] = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Hang up on everybody."""
        hang_up(self._open)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                broker = socket.socket(socket.AF_UNIX)
                broker.connect(self._target)
                self._open += [client, broker]
                threading.Thread(target=self._carry, args=(client, broker), daemon=True).start()
                threading.Thread(target=self._carry, args=(broker, client), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while piece := one.recv(65536):
                if self.swallow:
                    continue
                if self.stall:
                    half = len(piece) // 2
                    other.sendall(piece[:half])
                    # Longer than a consumer looks for something new.
                    time.sleep(2 * LOOK_SECONDS)
                    piece = piece[half:]
                other.sendall(piece)
            other.shutdown(socket.SHUT_RDWR)


@contextmanager
def between(valkey: Valkey, folder: Path) -> Iterator[tuple[Way, str]]:
    """A way to this broker, and the address at which it begins."""
    with runtime_dir(folder / "way") as sockets:
        path = str(sockets / "way.sock")
        way = Way(valkey.path, path)
        try:
            yield way, f"redis+socket://{path}"
        finally:
            way.close()


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

    def told_again(self) -> bool:
        """Whether it was told so once more by now."""
        return self._subscribed.acquire(blocking=False)

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
    """Web processes come and are killed under ever new names; no key remembers them."""
    command = [sys.executable, "-c", LISTEN, valkey.url]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE) as listener:
        try:
            assert listener.stdout is not None
            assert listener.stdout.readline() == b"subscribed\n"
            with speaking(valkey.url) as publisher:
                publisher.publish(batch(1))
                assert listener.stdout.readline() == b"heard\n"
        finally:
            listener.kill()

    assert valkey.client.keys("*") == []


def test_a_batch_whose_rest_is_late_is_heard(valkey: Valkey, tmp_path: Path) -> None:
    """A broker that is busy in the middle of a message costs neither it nor the subscription."""
    with between(valkey, tmp_path) as (way, url), listening(url) as listener, speaking(valkey.url) as publisher:
        way.stall = True
        for seq in range(1, 4):
            publisher.publish(batch(seq))
            assert listener.next_seq() == seq
        assert not listener.told_again()


def test_a_way_that_swallows_everything_is_noticed(
    valkey: Valkey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody hangs up where a firewall forgets a connection: whoever listens asks, and is told once it hears again."""
    monkeypatch.setattr(broker_lines, "HEARTBEAT_SECONDS", 1)
    monkeypatch.setattr(broker_lines, "UNANSWERED", 3)
    with between(valkey, tmp_path) as (way, url), listening(url) as listener, speaking(valkey.url) as publisher:
        way.swallow = True
        wait_until(lambda: not listener.consumer.subscribed, what="the consumer notices")
        way.swallow = False
        listener.wait_until_subscribed()
        publisher.publish(batch(1))
        assert listener.next_seq() == 1


def test_a_broker_that_takes_no_batch_is_told_of_once(valkey: Valkey, caplog: pytest.LogCaptureFixture) -> None:
    """A user that may connect and publish nothing, as a Redis has by default, fills no log."""
    valkey.client.acl_setuser("mute", enabled=True, passwords=["+word"], commands=["+@all"], reset_channels=True)
    url = valkey.url.replace("redis+socket://", "redis+socket://mute:word@")
    with speaking(url) as publisher:
        for seq in range(1, 6):
            publisher.publish(batch(seq))
            wait_until(lambda: not publisher._waiting, what="it was tried")

    assert caplog.text.count("The broker takes nothing") == 1
