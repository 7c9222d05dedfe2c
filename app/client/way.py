"""Over what a stream comes, in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Transport(StrEnum):
    """The ways that a stream can take, the best first: a ladder."""

    WEBSOCKET = "websocket"
    SSE = "sse"
    #: Over `POST` and padded: for what holds `GET`s back, gathers bytes or compresses.
    SSE_POST = "sse-post"
    POLL = "poll"


_NAMES: Final = {
    Transport.WEBSOCKET: "over a WebSocket",
    Transport.SSE: "over Server-Sent Events",
    Transport.SSE_POST: "over padded Server-Sent Events",
    Transport.POLL: "by long polling",
}


@dataclass(frozen=True, slots=True)
class Way:
    """What was found to work, and why nothing better."""

    transport: Transport
    reason: str = ""

    @property
    def sentence(self) -> str:
        """For people: `Watching over Server-Sent Events: the way here refuses WebSockets`."""
        return f"Watching {_NAMES[self.transport]}" + (f": {self.reason}" if self.reason else "")
