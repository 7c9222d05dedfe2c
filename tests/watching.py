"""Watchers for tests: a WebSocket and an SSE stream of one job, read until its end, coming back when they break."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import httpx
from httpx_sse import connect_sse
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.stack import PATIENCE_SECONDS, Product

Message = dict[str, Any]

TERMINAL = {"done", "error", "cancelled"}


def is_end(message: Message) -> bool:
    """Whether the message ends a job."""
    return message["type"] == "job_status" and message["payload"]["status"] in TERMINAL


def from_log(messages: list[Message]) -> list[Message]:
    """Those that have a place in the log: a heartbeat's text differs from one connection to the next."""
    return [message for message in messages if "id" in message]


def watch_websocket(product: Product, job_id: str, *, since: str = "start", **query: str) -> list[Message]:
    """Everything that one WebSocket says until the job has ended."""
    extra = "".join(f"&{name}={value}" for name, value in query.items())
    messages: list[Message] = []
    address = f"{product.websocket_url}?job_id={job_id}&since={since}{extra}"
    with connect(address, open_timeout=PATIENCE_SECONDS, proxy=None) as socket:
        while not (messages and is_end(messages[-1])):
            messages.append(json.loads(socket.recv(timeout=PATIENCE_SECONDS)))
    return messages


def watch_sse(product: Product, job_id: str, *, since: str = "start") -> list[tuple[str, str, Message]]:
    """The same over Server-Sent Events: (id, event, data) of each."""
    messages: list[tuple[str, str, Message]] = []
    query = {"job_id": job_id, "since": since}
    with (
        httpx.Client(timeout=PATIENCE_SECONDS, trust_env=False) as client,
        connect_sse(client, "GET", f"{product.url}/v1/realtime", params=query) as source,
    ):
        for event in source.iter_sse():
            messages.append((event.id, event.event, json.loads(event.data)))
            if is_end(messages[-1][2]):
                break
    return messages


class BackgroundWatcher:
    """A WebSocket that is read on a thread, and comes back with its last cursor when it breaks."""

    def __init__(self, product: Product, job_id: str, *, until: Callable[[Message], bool] = is_end) -> None:
        self._product = product
        self._job_id = job_id
        self._until = until
        self.messages: list[Message] = []
        self.failure: BaseException | None = None
        self.connected = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def finish(self) -> list[Message]:
        """Wait for the job's end; the messages from the log."""
        self._thread.join(PATIENCE_SECONDS)
        assert self.failure is None, self.failure
        assert not self._thread.is_alive(), f"no end came; the last of {len(self.messages)} was {self.messages[-1:]}"
        return self.messages

    def _run(self) -> None:
        try:
            while not (self.messages and self._until(self.messages[-1])):
                self._watch_once()
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            self.failure = error

    def _watch_once(self) -> None:
        since = self.messages[-1]["id"] if self.messages else "start"
        address = f"{self._product.websocket_url}?job_id={self._job_id}&since={since}"
        try:
            with connect(address, open_timeout=PATIENCE_SECONDS, proxy=None) as socket:
                self.connected.set()
                while not (self.messages and self._until(self.messages[-1])):
                    message = json.loads(socket.recv(timeout=PATIENCE_SECONDS))
                    if "id" in message:
                        self.messages.append(message)
        except ConnectionClosed:
            return


def assert_unbroken(messages: list[Message]) -> None:
    """The messages are in order, none is doubled, and they keep the order that the contract promises an attempt."""
    seqs = [int(message["id"].rsplit("-", maxsplit=1)[1]) for message in messages]
    assert sorted(set(seqs)) == seqs
    attempts = [message["attempt"] for message in messages]
    assert sorted(attempts) == attempts
    for attempt in set(attempts):
        first = next(message for message in messages if message["attempt"] == attempt)
        assert first["type"] == "job_status"
        assert first["payload"]["status"] == "queued"
    assert [message for message in messages if is_end(message)] == messages[-1:]
