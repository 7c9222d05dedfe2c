"""Which of the ways that clients take are open, and stay so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.client.doctor.observations import Live, LiveSeen, Observations, Upgrade
from app.client.way import Transport

#: What is cut sooner, however busy, is given up by the clients.
TOO_SHORT_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Ways:
    """Each way, and whether messages come over it as they are made."""

    open: dict[Transport, bool]

    @property
    def best(self) -> Transport | None:
        """The best that is open."""
        return next((transport for transport, works in self.open.items() if works), None)

    @property
    def live(self) -> bool:
        """Whether there is one over which messages come by themselves."""
        return self.best not in {None, Transport.POLL}


def ways_of(seen: Observations) -> Ways:
    """Judge each by what came over it."""
    brief = is_brief(seen)
    opened = seen.websocket is not None and seen.websocket.outcome is Upgrade.WORKS
    return Ways(
        {
            Transport.WEBSOCKET: opened and not brief,
            Transport.SSE: _works(seen.sse) and not brief,
            Transport.SSE_POST: _works(seen.sse_padded) and not brief,
            Transport.POLL: _works(seen.poll),
        }
    )


def is_brief(seen: Observations) -> bool:
    """Whether even what is busy is cut after a short time."""
    return seen.busy is not None and seen.busy.cut_after is not None and seen.busy.cut_after < TOO_SHORT_SECONDS


def _works(live: LiveSeen | None) -> bool:
    return live is not None and live.outcome is Live.WORKS
