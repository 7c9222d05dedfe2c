"""A process that is told to stop lets everybody know: nobody hangs, and nothing that was accepted is lost."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.stack import PATIENCE_SECONDS, ROOT, Product, is_gone, wait_until
from tests.unit.api.forms import part
from tests.watching import BackgroundWatcher, assert_unbroken

pytestmark = pytest.mark.only_over("sqlite")


class Slow:
    """An upload over a socket of its own, of which the test decides when the rest is sent."""

    def __init__(self, product: Product, file: Path) -> None:
        self._body = b"".join([part("plugin", b"numbered"), part("file", file.read_bytes(), file.name), b"--gap--\r\n"])
        address = urlsplit(product.url)
        self._socket = socket.create_connection((address.hostname, address.port), timeout=PATIENCE_SECONDS)
        head = (
            f"POST /v1/jobs HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: {len(self._body)}\r\n"
            "Content-Type: multipart/form-data; boundary=gap\r\n\r\n"
        )
        self._socket.sendall(head.encode() + self._body[:1000])

    def send_rest(self) -> None:
        """Send all the rest."""
        self._socket.sendall(self._body[1000:])

    def answer(self) -> tuple[int, dict[str, str], dict[str, Any]]:
        """Status, headers and body of the answer."""
        received = b""
        with self._socket:
            while chunk := self._socket.recv(65536):
                received += chunk
        head, _, body = received.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return int(first.split()[1]), headers, json.loads(body)


def test_web_process_that_stops_says_so_to_everyone(own_product: Callable[..., Product], sample: Path) -> None:
    """WebSockets and event streams are told to come back, polls are answered, uploads end or are refused."""
    product = own_product()
    [web] = product.child_processes("app.cli.main web")

    # Given a WebSocket, an event stream, a long poll, and two uploads of which little has arrived
    stream: list[str] = []
    polled: list[httpx.Response] = []
    streaming, polling = threading.Event(), threading.Event()

    def follow() -> None:
        address = f"{product.url}/v1/realtime?transport=sse"
        with httpx.stream("GET", address, timeout=PATIENCE_SECONDS, trust_env=False) as answer:
            for line in answer.iter_lines():
                stream.append(line)
                streaming.set()

    def poll() -> None:
        polling.set()
        query = {"transport": "poll", "wait": "55", "since": "now"}
        polled.append(httpx.get(f"{product.url}/v1/realtime", params=query, timeout=PATIENCE_SECONDS, trust_env=False))

    threads = [threading.Thread(target=target, daemon=True) for target in (follow, poll)]
    for thread in threads:
        thread.start()
    assert streaming.wait(PATIENCE_SECONDS)
    assert polling.wait(PATIENCE_SECONDS)
    ends, never_ends = Slow(product, sample), Slow(product, sample)
    with connect(product.websocket_url, open_timeout=PATIENCE_SECONDS, proxy=None) as websocket:
        assert json.loads(websocket.recv(timeout=PATIENCE_SECONDS))["type"] == "hello"
        wait_until(lambda: _polls(product), what="the poll having come")

        # When the process is told to stop
        web.terminate()
        with pytest.raises(ConnectionClosed) as closed:
            websocket.recv(timeout=PATIENCE_SECONDS)
    ends.send_rest()

    # Then each is told in its own way
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert [line for line in stream if line][-1].startswith("retry: ")
    assert (polled[0].status_code, polled[0].json()["messages"]) == (200, [])
    status, _, accepted = ends.answer()
    assert status == 202
    status, headers, refused = never_ends.answer()
    assert (status, refused["code"], refused["retryable"]) == (503, "SERVER_STOPPING", True)
    assert int(headers["retry-after"]) > 0
    # And what was accepted is done, beside the process that was started in its place.
    assert product.wait(accepted["job_id"])["status"] == "done"
    assert not [path for path in (product.data / "blobs" / "inputs").iterdir() if path.name.endswith(".part")]


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Callable[[Product], subprocess.Popen[bytes]]]:
    """A factory of `transom worker`s of their own beside a product, for its queue `cpu`."""
    started: list[subprocess.Popen[bytes]] = []

    def start(product: Product) -> subprocess.Popen[bytes]:
        [broker] = product.child_processes("valkey-server")
        [path] = {connection.laddr for connection in broker.net_connections("unix") if connection.laddr}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("TRANSOM_")}
        settings = {
            "PYTHONPATH": str(ROOT),
            "TRANSOM_DATA_DIR": str(product.data),
            "TRANSOM_BROKER_URL": f"redis+socket://{path}",
            "TRANSOM_PLUGINS": "tests.plugins_for_tests:Sleepy",
            "TRANSOM_WORKERS": "1",
            "TRANSOM_DRAIN_SECONDS": "0",
        }
        with (tmp_path / f"worker{len(started)}.log").open("wb") as log:
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", "app.cli.main", "worker"],
                    cwd=ROOT,
                    env=clean | settings,
                    stdout=log,
                    stderr=log,
                )
            )
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)


@pytest.mark.timeout(600)
def test_rolling_restarts_poison_nothing(
    own_product: Callable[..., Product], worker: Callable[[Product], subprocess.Popen[bytes]], sample: Path
) -> None:
    """A job whose worker is replaced five times in mid-job is done, has crashed nobody, and its log is unbroken."""
    # Given a machine whose own worker takes no job of this queue, and one worker that does
    product = own_product(TRANSOM_QUEUES="none", TRANSOM_MAX_CRASHES="1")
    present = worker(product)
    # Until it has said what it has, nobody runs jobs on the CPU, and they are refused.
    wait_until(partial(_has_workers, product, 2), what="the worker being there")
    job_id = product.submit(sample, plugin="sleepy", options={"ms": 40})
    watcher = BackgroundWatcher(product, job_id)

    # When each worker gives way to another as soon as its attempt shows frames
    for attempt in range(1, 6):
        wait_until(partial(_shows_frames, watcher, attempt), what=f"frames of attempt {attempt}")
        tree = [psutil.Process(present.pid), *psutil.Process(present.pid).children(recursive=True)]
        present.send_signal(signal.SIGTERM)
        replacement = worker(product)
        assert present.wait(PATIENCE_SECONDS) == 0
        assert [process for process in tree if not is_gone(process)] == []
        present = replacement

    # Then it is done by the sixth
    messages = watcher.finish()
    assert_unbroken(messages)
    assert messages == product.events(job_id)
    job = product.extended(job_id)
    assert (job["status"], job["attempt"], len(job["frames"])) == ("done", 6, 250)


def _has_workers(product: Product, count: int) -> bool:
    return bool(product.client.get("/readyz").json()["parts"]["fleet"]["workers"] == count)


def _shows_frames(watcher: BackgroundWatcher, attempt: int) -> bool:
    return any(message["type"] == "frame" and message["attempt"] == attempt for message in watcher.messages)


def _polls(product: Product) -> bool:
    """Whether a long poll has come to the hub, by the log."""
    lines = (product.data / "transom.log").read_text().splitlines()
    return any("connection_opened" in line and "transport=poll" in line for line in lines)
