"""What every streaming transport offers: open a stream for a query, read it, perhaps answer."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from app.client.subject import Subject
from app.client.way import Transport

#: How long connecting may take where nobody is in a greater hurry, in seconds.
CONNECT_SECONDS: Final = 10.0


class TransportFailed(Exception):
    """This transport does not get through; another one may. The sentence is for people.

    A `doubtful` verdict depends on how punctual this process is, and is believed when it comes twice.
    """

    def __init__(self, reason: str, *, doubtful: bool = False) -> None:
        super().__init__(reason)
        self.doubtful = doubtful


class StreamBroken(Exception):
    """The stream ended before its time; it can be taken up again from the cursor.

    `planned` ends say nothing about the way: the server wanted them, or was not there at all.
    `pause` is how long the server wants the client to wait, in seconds.
    """

    def __init__(self, reason: str, *, planned: bool = False, pause: float | None = None) -> None:
        super().__init__(reason)
        self.planned = planned
        self.pause = pause


@dataclass(frozen=True, slots=True)
class StreamQuery:
    """What to stream, and from where on; `heartbeat` in seconds."""

    subject: Subject
    since: str
    heartbeat: float
    probe: bool = True

    def parameters(self) -> dict[str, Any]:
        """As the server names it."""
        asked = {**self.subject.parameters(), "since": self.since, "heartbeat": f"{self.heartbeat:g}"}
        return {**asked, "probe": "1"} if self.probe else asked

    def encode(self) -> str:
        """As the query of the address."""
        return urlencode(self.parameters())


class Stream(Protocol):
    """An open stream."""

    async def receive(self) -> str:
        """Wait for the next message's text.

        Raises `StreamBroken`, or `app.client.errors.RequestRefused` when coming back would change nothing.
        """

    async def reply(self, text: str) -> None:
        """Say something back, where the transport can."""


class StreamTransport(Protocol):
    """One way to the server."""

    @property
    def name(self) -> Transport:
        """Which it is."""

    def open(self, query: StreamQuery) -> AbstractAsyncContextManager[Stream]:
        """Connect; the stream is closed when the block is left.

        Raises `TransportFailed`, `StreamBroken` where the next attempt may go better, or
        `app.client.errors.RequestRefused` when no transport would change anything.
        """
