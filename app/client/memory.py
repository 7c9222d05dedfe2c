"""What worked for streams from a server, remembered for a while by everything in this process."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from app.client.way import Transport


@dataclass(frozen=True, slots=True)
class Remembered:
    """The transport that worked, how long a poll could wait, and until when this is believed."""

    transport: Transport
    poll_seconds: float
    reason: str
    expires: float


class Memory:
    """By server and proxy; a fact of the network, so it is forgotten when a transport fails and after a while."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[str, Remembered] = {}

    def remember(self, origin: str, transport: Transport, *, poll_seconds: float, reason: str, ttl: float) -> None:
        """This works. What is confirmed while it is believed expires none the later, so that better is tried again."""
        known = self.recall(origin)
        expires = known.expires if known and known.transport is transport else self._clock() + ttl
        self._known[origin] = Remembered(transport, poll_seconds, reason, expires)

    def recall(self, origin: str) -> Remembered | None:
        """What worked, unless that is too long ago."""
        known = self._known.get(origin)
        return known if known and known.expires > self._clock() else None

    def forget(self, origin: str) -> None:
        """It failed."""
        self._known.pop(origin, None)

    def left(self, origin: str) -> float:
        """For how long what is known is still believed, in seconds."""
        known = self.recall(origin)
        return known.expires - self._clock() if known else 0.0


#: That of this process.
MEMORY = Memory()
