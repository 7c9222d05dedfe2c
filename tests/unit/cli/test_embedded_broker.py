"""The embedded broker: the real server, closed to everyone else, with its data kept."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from kombu import Connection

from app.cli.embedded_broker import EmbeddedBroker
from app.cli.runtime_dir import runtime_dir

Start = Callable[[EmbeddedBroker], subprocess.Popen[bytes]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a broker and waits until it answers; it is ended after the test."""
    started: list[subprocess.Popen[bytes]] = []

    def run(broker: EmbeddedBroker) -> subprocess.Popen[bytes]:
        spec = broker.spec(dict(os.environ))
        assert spec.ready is not None
        started.append(subprocess.Popen(spec.argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        deadline = time.monotonic() + 30
        while not spec.ready():
            assert time.monotonic() < deadline, "the broker does not answer"
            time.sleep(0.01)
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[EmbeddedBroker]:
    """A broker in a folder of its own."""
    with runtime_dir(tmp_path / "run") as sockets:
        yield EmbeddedBroker(folder=tmp_path / "broker", socket_path=sockets / "valkey.sock")


def _put(url: str, text: str) -> None:
    with Connection(url) as connection:
        queue = connection.SimpleQueue("kept")
        queue.put(text)
        queue.close()


def _get(url: str) -> object:
    with Connection(url) as connection:
        queue = connection.SimpleQueue("kept")
        message = queue.get(timeout=60)
        message.ack()
        queue.close()
        return message.payload


def test_it_carries_messages_and_keeps_them_over_a_stop(broker: EmbeddedBroker, start: Start) -> None:
    """What was put before a stop, and before a crash, is there afterwards, socket left over or not."""
    process = start(broker)
    _put(broker.url, "before a stop")
    process.send_signal(signal.SIGTERM)
    process.wait()

    start(broker)

    assert _get(broker.url) == "before a stop"


def test_it_starts_where_a_killed_one_left_its_socket(broker: EmbeddedBroker, start: Start) -> None:
    """A socket that nobody listens on is no obstacle."""
    process = start(broker)
    process.kill()
    process.wait()
    assert broker.socket_path.exists()

    start(broker)

    assert broker.answers()


def test_nobody_else_can_reach_it(broker: EmbeddedBroker, start: Start) -> None:
    """It listens on no TCP port, and only its user can enter the folders of its socket and its data."""
    process = start(broker)

    listening = psutil.Process(process.pid).net_connections("inet")

    assert listening == []
    assert [
        stat.S_IMODE(path.stat().st_mode) for path in (broker.socket_path.parent, broker.socket_path, broker.folder)
    ] == [0o700, 0o700, 0o700]


def test_a_path_with_spaces_and_percents_is_no_obstacle(tmp_path: Path, start: Start) -> None:
    """The address says the same to kombu as the server was told."""
    folder = tmp_path / "my data %41"
    folder.mkdir()
    broker = EmbeddedBroker(folder=folder / "broker", socket_path=folder / "valkey.sock")

    start(broker)

    _put(broker.url, "hello")
    assert _get(broker.url) == "hello"


def test_a_path_too_long_for_a_socket_gets_a_short_folder(tmp_path: Path) -> None:
    """A deep data folder moves the sockets to a private folder elsewhere, which is removed in the end."""
    deep = tmp_path / ("deep-" * 30) / "run"

    with runtime_dir(deep) as folder:
        assert folder != deep
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(folder / "valkey.sock"))

    assert not folder.exists()


def test_a_broker_that_is_away_does_not_answer(broker: EmbeddedBroker) -> None:
    """Asking a broker that does not run is no error."""
    assert not broker.answers()
