"""A client of the model: it checks each message as it comes against what the log says it must be."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from app.realtime.cursor import Cursor
from app.realtime.events import Filter, LogEvent
from app.realtime.query import Since
from app.realtime.subscription import Subscription
from tests.model.history import History

JOBS = ("job-a", "job-b", "job-c")


class Client:
    """One subscription that outlives its connections. Whatever comes must be the next message of it."""

    def __init__(self, name: str, wanted: Filter, since: Since, history: History) -> None:
        self.name = name
        self.wanted = wanted
        #: What it resumes from.
        self.since = since
        self.subscription: Subscription | None = None
        self.wire = Wire(self)
        #: Which node it is connected to.
        self.at = 0
        #: Set: messages are taken as they come. Not set: the reader is slow.
        self.gate = asyncio.Event()
        self._history = history
        #: Up to where each job's messages have come.
        self._had: dict[str, int] = {}
        #: A job's past, where it was subscribed to later: its messages up to there are older than others' that came.
        self._past: dict[str, int] = {}
        #: The last message that came.
        self.last = 0
        self._reset_is_due = False
        #: The promise that was not kept.
        self.broken: Exception | None = None

    def __repr__(self) -> str:
        return f"{self.name} at {self.since}"

    @property
    def epoch(self) -> str | None:
        """The life of the log that it is in."""
        return self.since.epoch if isinstance(self.since, Cursor) else None

    def take(self, text: str) -> None:
        """One message that has come; notes the promise that it breaks."""
        try:
            self._take(json.loads(text))
        except Exception as broken:
            # The hub drops a connection that breaks, and would go on.
            self.broken = broken
            raise

    def add_job(self, job_id: str, since: int, connection_at: int) -> None:
        """A job was subscribed to, from `since` on; the connection stood at another seq."""
        assert self.wanted.job_ids is not None
        self.wanted = replace(self.wanted, job_ids=self.wanted.job_ids | {job_id})
        self._had[job_id] = since
        self._past[job_id] = connection_at

    def due(self) -> Iterator[LogEvent]:
        """What the log has for this client and has not come."""
        return self._history.due(self._is_due, after=min(self._had.values(), default=0))

    def _is_due(self, event: LogEvent) -> bool:
        return self.wanted.matches(event) and event.seq > self._had[str(event.job_id)]

    def _take(self, message: dict[str, Any]) -> None:
        kind, payload = message["type"], message["payload"]
        assert kind == "reset" or not self._reset_is_due, f"{self} was moved without a word"
        if kind == "hello":
            cursor = Cursor.parse(payload["cursor"])
            self._reset_is_due = isinstance(self.since, Cursor) and cursor != self.since
            if not self._reset_is_due:
                self._begin(cursor)
        elif kind == "reset":
            self._check_reset(payload["reason"])
            self._begin(Cursor.parse(payload["cursor"]))
        elif kind == "ping":
            self._check_ping(Cursor.parse(payload["cursor"]))
        else:
            self._check_event(Cursor.parse(message["id"]), message)

    def _begin(self, cursor: Cursor) -> None:
        self._reset_is_due = False
        self._had = dict.fromkeys(JOBS, cursor.seq)
        self._past = {}
        self.last = cursor.seq
        self.since = cursor

    def _check_event(self, cursor: Cursor, message: dict[str, Any]) -> None:
        job_id = str(message["job_id"])
        due = next((event for event in self.due() if event.job_id == job_id or not self._past), None)
        assert due is not None, f"{self} got {message['id']}, and nothing was due"
        assert message == json.loads(due.wire(self._history.epoch)), f"{self}: {due} was due, not {message}"
        if self._past:
            self._had[job_id] = cursor.seq
        else:
            self._had = dict.fromkeys(JOBS, cursor.seq)
        if cursor.seq > self._past.get(job_id, 0):
            assert cursor.seq > self.last, f"{self} got {cursor} after {self.last}"
            self.last = cursor.seq
            self.since = cursor

    def _check_reset(self, reason: str) -> None:
        assert isinstance(self.since, Cursor)
        if reason == "trimmed":
            had = min([self.since.seq, *self._had.values()])
            assert had < self._history.floor, f"{self} was reset, and nothing of it was trimmed"
        else:
            assert reason in {"epoch_changed", "ahead_of_log"}
            assert self._history.restoring or self.since.epoch != self._history.epoch, f"{self} was reset for nothing"

    def _check_ping(self, cursor: Cursor) -> None:
        missed = [event.seq for event in self.due() if event.seq <= cursor.seq]
        assert not missed, f"{self}: a ping says {cursor} is safe, and {missed} have not come"
        if isinstance(self.since, Cursor) and cursor.seq > self.since.seq:
            self.since = cursor


class Wire:
    """One connection of a client: cut, it carries nothing more."""

    def __init__(self, client: Client) -> None:
        self.cut = False
        self._client = client

    async def send_text(self, text: str, /) -> None:
        """See `Sink.send_text`."""
        await self._client.gate.wait()
        if not self.cut:
            self._client.take(text)

    async def close(self, code: int, reason: str, /) -> None:
        """See `Sink.close`."""
