"""A backup of a running Transom, and its restore beneath everybody who watches."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from httpx_sse import connect_sse
from websockets.sync.client import connect

from app.cli.exit_codes import ExitCode
from app.client import TransomClient
from tests.stack import PATIENCE_SECONDS, Product, transom, wait_until
from tests.watching import Message, is_end

pytestmark = pytest.mark.every_back_end


class Watcher:
    """Reads messages on a thread until a job has ended behind a `reset`."""

    def __init__(self, read: Callable[[threading.Event], Iterator[Message]], job_id: str) -> None:
        self.messages: list[Message] = []
        self.connected = threading.Event()
        self._read = read
        self._job_id = job_id
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self.connected.wait(PATIENCE_SECONDS)

    def finish(self) -> list[Message]:
        """All that came."""
        self._thread.join(PATIENCE_SECONDS)
        assert self._failure is None, self._failure
        assert not self._thread.is_alive(), f"no end came: {[message['type'] for message in self.messages][-5:]}"
        return self.messages

    def _run(self) -> None:
        try:
            for message in self._read(self.connected):
                self.messages.append(message)
                was_reset = any(before["type"] == "reset" for before in self.messages)
                if was_reset and is_end(message) and message["job_id"] == self._job_id:
                    return
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            self._failure = error


def over_websocket(product: Product) -> Callable[[threading.Event], Iterator[Message]]:
    """Everything from now on, over a WebSocket."""

    def read(connected: threading.Event) -> Iterator[Message]:
        with connect(f"{product.websocket_url}?heartbeat=60", open_timeout=PATIENCE_SECONDS, proxy=None) as socket:
            while True:
                yield json.loads(socket.recv(timeout=PATIENCE_SECONDS))
                connected.set()

    return read


def over_sse(product: Product) -> Callable[[threading.Event], Iterator[Message]]:
    """The same over Server-Sent Events."""

    def read(connected: threading.Event) -> Iterator[Message]:
        with (
            httpx.Client(timeout=PATIENCE_SECONDS, trust_env=False) as client,
            connect_sse(client, "GET", f"{product.url}/v1/realtime") as source,
        ):
            for event in source.iter_sse():
                if not event.data:
                    # Says only how long to wait before coming back.
                    continue
                yield event.json()
                connected.set()

    return read


def over_polls(product: Product) -> Callable[[threading.Event], Iterator[Message]]:
    """The same by long polls, each from the cursor of the one before."""

    def read(connected: threading.Event) -> Iterator[Message]:
        since = "now"
        with httpx.Client(base_url=product.url, timeout=PATIENCE_SECONDS, trust_env=False) as client:
            while True:
                answer = client.get("/v1/realtime", params={"since": since, "wait": "0" if since == "now" else "10"})
                since = answer.json()["cursor"]
                yield from answer.json()["messages"]
                connected.set()

    return read


def over_the_python_client(product: Product, job_id: str) -> Callable[[threading.Event], Iterator[Message]]:
    """One job, by the client that comes with Transom."""

    def read(connected: threading.Event) -> Iterator[Message]:
        with TransomClient(product.url) as client:
            for message in client.watch(job_id):
                yield json.loads(message.text)
                connected.set()

    return read


def logged_after_reset(messages: list[Message]) -> tuple[str, list[Message]]:
    """The cursor that `reset` named, and what came behind it from the log."""
    (at,) = (index for index, message in enumerate(messages) if message["type"] == "reset")
    return messages[at]["payload"]["cursor"], [message for message in messages[at:] if "id" in message]


@pytest.mark.timeout(400)
def test_everybody_is_right_again(own_product: Callable[..., Product], sample: Path, tmp_path: Path) -> None:
    """After a restore beneath them, clients of every kind are told, and then hear all of the log as it is now.

    What ended before the backup is there as it was, what ran then runs again, what came later is gone.
    """
    product = own_product(TRANSOM_LEASE_SECONDS="4")
    folder = str(tmp_path / "backup")
    ended = product.submit(sample, plugin="numbered")
    as_it_ended = product.wait(ended, status="done")
    its_log = product.events(ended)
    running = product.submit(sample, plugin="sleepy", options={"ms": 1000})
    wait_until(lambda: product.extended(running)["frames"], what="the job having frames")
    assert transom(product, "backup", folder).returncode == ExitCode.DONE
    later = product.submit(sample, plugin="numbered")
    product.wait(later, status="done")
    everything = [Watcher(read(product), running) for read in (over_websocket, over_sse, over_polls)]
    of_one = Watcher(over_the_python_client(product, running), running)

    restored = transom(product, "restore", folder, "--overwrite")

    assert restored.returncode == ExitCode.DONE, restored.stderr
    wait_until(lambda: runs_again(product, running), what="the job running again")
    assert product.client.delete(f"/v1/jobs/{running}").status_code == 200
    for watcher in everything:
        cursor, messages = logged_after_reset(watcher.finish())
        # No other job runs, so what follows is all of this one's.
        assert messages == [message for message in product.events(running) if seq_of(message["id"]) > seq_of(cursor)]
    _, heard_of_one = logged_after_reset(of_one.finish())
    assert last_attempt(heard_of_one) == last_attempt(product.events(running))
    assert product.client.get(f"/v1/jobs/{later}").status_code == 404
    assert without_cursor(product.extended(ended)) == without_cursor(as_it_ended)
    assert [payload_of(message) for message in product.events(ended)] == [payload_of(message) for message in its_log]
    assert product.client.get(f"/v1/jobs/{ended}/input").content == sample.read_bytes()
    assert product.submit(sample, plugin="numbered")


def runs_again(product: Product, job_id: str) -> bool:
    """Whether an attempt after the first has frames."""
    job = product.extended(job_id)
    return job["attempt"] > 1 and bool(job["frames"])


def seq_of(cursor: str) -> int:
    """The number in a cursor."""
    return int(cursor.rsplit("-", maxsplit=1)[1])


def last_attempt(messages: list[Message]) -> list[Message]:
    """What the attempt said that counts."""
    return [message for message in messages if message["attempt"] == messages[-1]["attempt"]]


def without_cursor(job: dict[str, Any]) -> dict[str, Any]:
    """A job but for the cursor, which is of another epoch."""
    return {name: value for name, value in job.items() if name != "cursor"}


def payload_of(message: Message) -> tuple[str, Any]:
    """A message but for its id, whose epoch is another."""
    return message["type"], message["payload"]
