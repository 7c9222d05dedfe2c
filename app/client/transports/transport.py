"""What every transport offers: open a stream for a query, read it, perhaps answer."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import urlencode

#: How often the server is asked to say that it is there, in seconds.
HEARTBEAT_SECONDS: Final = 15
#: After so long without a sign (two heartbeats missed, and some more) a stream counts as broken, in seconds.
SILENCE_SECONDS: Final = 40.0
#: How long connecting may take, in seconds.
CONNECT_SECONDS: Final = 10.0
#: The server says hello at once: where it has not within so many seconds, something in between is holding it back.
HELLO_SECONDS: Final = 5.0


class TransportFailed(Exception):
    """This transport does not get through; another one may."""


class StreamBroken(Exception):
    """The stream ended before its time; it can be taken up again from the cursor."""


@dataclass(frozen=True, slots=True)
class StreamQuery:
    """What to stream, and from where on."""

    job_id: str
    since: str

    def encode(self) -> str:
        """As the query of the address."""
        return urlencode({"job_id": self.job_id, "since": self.since, "heartbeat": HEARTBEAT_SECONDS})


class Stream(Protocol):
    """An open stream."""

    def receive(self) -> str:
        """Wait for the next message's text.

        Raises `StreamBroken`, or `app.client.errors.RequestRefused` when coming back would change nothing.
        """

    def reply(self, text: str) -> None:
        """Say something back, where the transport can."""


class Transport(Protocol):
    """One way to the server."""

    @property
    def name(self) -> str:
        """For logs."""

    def open(self, query: StreamQuery) -> AbstractContextManager[Stream]:
        """Connect; the stream is closed when the block is left.

        Raises `TransportFailed`, or `app.client.errors.RequestRefused` when no transport would change anything.
        """
