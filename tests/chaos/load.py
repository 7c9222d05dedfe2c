"""The load of a run: jobs of many kinds, submitted, watched and some of them cancelled, all the while."""

from __future__ import annotations

import io
import json
import math
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx

from tests.chaos.watchers import TRANSPORTS, Transport, Watcher
from tests.unit.plugins.made_media import encoded_image, quarters_image, video

#: Jobs under way at one time.
LANES: Final = 5
#: How long a job may take from the last fault to the end that its watcher sees; and an answer, faults and all.
JOB_SECONDS: Final = 240.0
RETRY_SECONDS: Final = 0.2
#: The part of an upload that comes late.
_BOUNDARY: Final = "chaos-boundary"


@dataclass(frozen=True, slots=True)
class Order:
    """A job that will be submitted."""

    token: str
    plugin: str
    options: dict[str, Any]
    content: bytes
    name: str
    transport: Transport
    cancel_after: float | None
    #: How long its upload takes.
    upload_seconds: float


@dataclass(slots=True)
class Accepted:
    """A job that was accepted, and what became of it for its client."""

    order: Order
    job_id: str
    watcher: Watcher
    cancelled: bool = False
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)


class Load:
    """Keeps some jobs under way until it is told to stop."""

    def __init__(self, addresses: list[str], seed: int, journal: Path) -> None:
        self._addresses = addresses
        self._seed = seed
        self._journal = journal
        self._stop = threading.Event()
        self._deadline = math.inf
        self._lanes = [
            threading.Thread(target=self._run, args=(lane,), name=f"lane-{lane}", daemon=True) for lane in range(LANES)
        ]
        self.accepted: list[Accepted] = []
        self.failures: list[str] = []
        #: What was answered instead of an acceptance, and was tried again.
        self.refusals: Counter[str] = Counter()

    def start(self) -> None:
        """Begin."""
        for lane in self._lanes:
            lane.start()

    def newest(self, but: set[str]) -> str | None:
        """The job that was accepted last and is not among these; None where there is none."""
        return next((job.job_id for job in reversed(self.accepted) if job.job_id not in but), None)

    def purge(self, client: httpx.Client) -> None:
        """Have every job forgotten."""
        for job in self.accepted:
            client.post(f"/v1/jobs/{job.job_id}/purge")

    def stop(self) -> None:
        """Submit no more, and wait until every accepted job has ended, or has taken too long."""
        self._deadline = time.monotonic() + JOB_SECONDS
        self._stop.set()
        for lane in self._lanes:
            lane.join(2 * JOB_SECONDS)
            if lane.is_alive():
                self.failures.append(f"{lane.name} did not end")

    def _run(self, lane: int) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            try:
                self._one(order(random.Random(f"{self._seed}-{lane}-{number}"), lane, number, self._journal))  # noqa: S311
            except Exception as error:  # noqa: BLE001 - told at the end, with the rest
                self.failures.append(f"lane {lane}, job {number}: {error!r}")

    def _one(self, wanted: Order) -> None:
        started = time.monotonic()
        job_id = self._submit(wanted)
        accepted = Accepted(wanted, job_id, Watcher(self._addresses, wanted.transport, job_id))
        self.accepted.append(accepted)
        if wanted.cancel_after is not None:
            time.sleep(wanted.cancel_after)
            accepted.cancelled = self._cancel(job_id)
        while accepted.watcher.running and time.monotonic() < self._deadline:
            accepted.watcher.join(1)
        if accepted.watcher.running:
            accepted.failures.append(f"no end came within {JOB_SECONDS:g} s of the last fault ({accepted.watcher!r})")
            accepted.watcher.stop()
        accepted.seconds = time.monotonic() - started

    def _submit(self, wanted: Order) -> str:
        headers = {"Idempotency-Key": wanted.token, "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
        answer = self._insist("POST", "/v1/jobs", headers=headers, order=wanted)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job_id"])

    def _cancel(self, job_id: str) -> bool:
        answer = self._insist("POST", f"/v1/jobs/{job_id}/cancel", headers={})
        assert answer.status_code == 200, answer.text
        return bool(answer.json()["status"] == "cancelled")

    def _insist(self, method: str, path: str, *, headers: dict[str, str], order: Order | None = None) -> httpx.Response:
        """Ask one node after the other until one answers for good; safe by the key, or by what is asked."""
        deadline = time.monotonic() + JOB_SECONDS
        attempt = 0
        while True:
            address = self._addresses[attempt % len(self._addresses)]
            attempt += 1
            try:
                content = _form(order) if order else None
                answer = httpx.request(
                    method, f"{address}{path}", content=content, headers=headers, timeout=15, trust_env=False
                )
                if answer.status_code < 400 or not answer.json()["retryable"]:
                    return answer
                self.refusals[answer.json()["code"]] += 1
            except (httpx.HTTPError, ValueError) as error:
                self.refusals[type(error).__name__] += 1
            if time.monotonic() > deadline:
                raise AssertionError(f"{method} {path} was not answered within {JOB_SECONDS:g} s")
            time.sleep(RETRY_SECONDS)


def order(chance: random.Random, lane: int, number: int, journal: Path) -> Order:
    """The next job of a lane."""
    token = f"{lane}-{number}-{uuid4().hex[:8]}"
    image = chance.random() < 0.25
    frames = 1 if image else chance.randint(20, 70)
    plugin = "witness"
    options: dict[str, Any] = {"journal": str(journal), "token": token, "ms": chance.uniform(2, 60)}
    match chance.random():
        case kind if kind < 0.08:
            options["kill_at"] = chance.randrange(frames)
        case kind if kind < 0.12:
            options["crash_at"] = chance.randrange(frames)
        case kind if kind < 0.25:
            options |= {"skip_every": 5, "warn_every": 3}
        case kind if kind < 0.30:
            plugin, options = "motion", {}
        case kind if kind < 0.33:
            plugin, options = "hang", {"seconds": 1}
    return Order(
        token=token,
        plugin=plugin,
        options=options,
        content=_image() if image else _video(frames),
        name="made.png" if image else "made.mp4",
        transport=chance.choice(TRANSPORTS),
        cancel_after=chance.uniform(0, 3) if chance.random() < 0.15 else None,
        upload_seconds=chance.uniform(0.2, 2) if chance.random() < 0.2 else 0,
    )


def _form(wanted: Order) -> Iterator[bytes]:
    fields = {"plugin": wanted.plugin, "options": json.dumps(wanted.options)}
    for name, value in fields.items():
        yield f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    head = f'Content-Disposition: form-data; name="file"; filename="{wanted.name}"\r\n'
    yield f"--{_BOUNDARY}\r\n{head}Content-Type: application/octet-stream\r\n\r\n".encode()
    file, piece = io.BytesIO(wanted.content), max(1, len(wanted.content) // 4)
    while part := file.read(piece):
        yield part
        time.sleep(wanted.upload_seconds / 4)
    yield f"\r\n--{_BOUNDARY}--\r\n".encode()


@cache
def _image() -> bytes:
    return encoded_image(quarters_image(), "png")


@cache
def _video(frames: int) -> bytes:
    return video(frames=frames)
