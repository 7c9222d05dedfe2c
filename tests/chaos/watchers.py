"""Watchers that never give up: one subscription over one transport, resumed by its cursor at whichever node answers."""

from __future__ import annotations

import hashlib
import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import httpx
from httpx_sse import connect_sse
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

Transport = Literal["websocket", "sse", "poll"]
TRANSPORTS: Final[tuple[Transport, ...]] = ("websocket", "sse", "poll")
#: A stream that says nothing for so long is taken for dead, with a heartbeat every 5 s.
SILENCE_SECONDS: Final = 12.0
HEARTBEAT_SECONDS: Final = 5
RETRY_SECONDS: Final = 0.1
_BROKEN: Final = (httpx.HTTPError, WebSocketException, OSError, TimeoutError, EOFError)
TERMINAL: Final = frozenset({"done", "error", "cancelled"})


@dataclass(frozen=True, slots=True)
class Seen:
    """One message of the log, as much of it as is compared at the end."""

    id: str
    job_id: str
    type: str
    attempt: int
    #: The status that a `job_status` tells.
    status: str | None
    digest: str

    @classmethod
    def of(cls, message: dict[str, Any]) -> Seen:
        """Of a message as on the wire."""
        text = json.dumps(message, sort_keys=True)
        return cls(
            id=message["id"],
            job_id=message["job_id"],
            type=message["type"],
            attempt=message["attempt"],
            status=message["payload"]["status"] if message["type"] == "job_status" else None,
            digest=hashlib.sha256(text.encode()).hexdigest()[:16],
        )

    @property
    def seq(self) -> int:
        """Its number."""
        return int(self.id.rsplit("-", maxsplit=1)[1])

    @property
    def ends(self) -> bool:
        """Whether it ends its job."""
        return self.status in TERMINAL


class Watcher:
    """One subscription on a thread of its own; `job_id` None is everything."""

    def __init__(self, addresses: list[str], transport: Transport, job_id: str | None = None) -> None:
        self.transport = transport
        self.job_id = job_id
        self.seen: list[Seen] = []
        self.latest_seconds = 0.0
        self.connections = 0
        self.odd: Counter[str] = Counter()
        self.cursor = "start"
        self.failure: BaseException | None = None
        self._nodes = itertools.cycle(addresses)
        self._stop = threading.Event()
        name = f"watch-{transport}-{job_id or 'all'}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        return f"watcher of {self.job_id or 'everything'} over {self.transport}, at {self.cursor}"

    @property
    def running(self) -> bool:
        """Whether the job's end has not come yet; `failure` says what else ended it."""
        return self._thread.is_alive()

    def join(self, seconds: float) -> None:
        """Wait for the job's end, at most so long."""
        self._thread.join(seconds)

    def stop(self) -> None:
        """End it, where it is."""
        self._stop.set()

    @property
    def _over(self) -> bool:
        return self._stop.is_set() or bool(self.job_id and self.seen and self.seen[-1].ends)

    def _run(self) -> None:
        follow: dict[Transport, Callable[[str], None]] = {
            "websocket": self._websocket,
            "sse": self._sse,
            "poll": self._poll,
        }
        try:
            while not self._over:
                try:
                    follow[self.transport](next(self._nodes))
                except _BROKEN:
                    self._stop.wait(RETRY_SECONDS)
        except BaseException as error:  # noqa: BLE001 - told to the harness's own thread
            self.failure = error

    def _query(self) -> dict[str, str]:
        named = {"job_id": self.job_id} if self.job_id else {}
        return {**named, "since": self.cursor, "heartbeat": str(HEARTBEAT_SECONDS), "transport": self.transport}

    def _websocket(self, node: str) -> None:
        query = {name: value for name, value in self._query().items() if name != "transport"}
        address = httpx.URL(node.replace("http", "ws", 1) + "/v1/realtime", params=query)
        with connect(str(address), open_timeout=SILENCE_SECONDS, close_timeout=1, proxy=None) as socket:
            self.connections += 1
            while not self._over:
                message = json.loads(socket.recv(timeout=SILENCE_SECONDS))
                if message["type"] == "ping":
                    pong = {"timestamp": message["timestamp"]}
                    socket.send(json.dumps({"type": "pong", "payload": pong, "timestamp": message["timestamp"]}))
                    self.cursor = message["payload"]["cursor"]
                self._take(message)

    def _sse(self, node: str) -> None:
        with (
            httpx.Client(timeout=SILENCE_SECONDS, trust_env=False) as client,
            connect_sse(client, "GET", f"{node}/v1/realtime", params=self._query()) as source,
        ):
            source.response.raise_for_status()
            self.connections += 1
            for event in source.iter_sse():
                # httpx-sse makes an event of a comment too, where an id came before it.
                if event.data:
                    self._take(json.loads(event.data))
                if event.id:
                    self.cursor = event.id
                if self._over:
                    return

    def _poll(self, node: str) -> None:
        with httpx.Client(timeout=SILENCE_SECONDS, trust_env=False) as client:
            self.connections += 1
            while not self._over:
                answer = client.get(f"{node}/v1/realtime", params={**self._query(), "wait": "5"})
                answer.raise_for_status()
                for message in answer.json()["messages"]:
                    self._take(message)
                self.cursor = answer.json()["cursor"]

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] in ("gap", "reset"):
            self.odd[message["type"]] += 1
        elif message["type"] == "error" and "id" not in message:
            self.odd[message["payload"]["error"]] += 1
        elif "id" in message:
            self.seen.append(Seen.of(message))
            self.cursor = message["id"]
            said = datetime.fromisoformat(message["timestamp"]).timestamp()
            self.latest_seconds = max(self.latest_seconds, time.time() - said)


def read_log(client: httpx.Client, job_id: str) -> Iterator[Seen]:
    """A job's whole log."""
    answer = client.get(f"/v1/jobs/{job_id}/events", headers={"Accept": "application/x-ndjson"})
    assert answer.status_code == 200, answer.text
    for line in answer.text.splitlines():
        yield Seen.of(json.loads(line))
