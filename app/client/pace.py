"""How long things may take before a client thinks the worse of them, all in seconds."""

from __future__ import annotations

from dataclasses import dataclass

from app.client.backoff import PAUSES_SECONDS


@dataclass(frozen=True, slots=True)
class Pace:
    """Patience with what is in between; tests have less of it, or more."""

    #: The server says hello at once: a transport that has not brought it by then is mute.
    hello: float = 2.5
    #: The probe's ping follows 0.6 s after hello: by then, counted from the beginning, it has to be there.
    ping: float = 3.8
    #: Hello and ping that are nearer to each other came in one lump: something holds the stream back.
    apart: float = 0.3
    #: Before so long the server can't have sent the ping: a hello that is earlier was not held back for it.
    early: float = 0.55
    #: How often the server is asked to say that it is there. Late by half of it is late enough to ask for the tail.
    heartbeat: float = 10.0
    #: How long a stream may be behind the tail.
    behind: float = 2.0
    #: After so long without a ping a stream counts as broken, whatever the tail says.
    silence: float = 40.0
    #: How long one poll waits at first. It is halved when something in between cuts it.
    poll: float = 15.0
    #: The shortest wait of a poll, and how long at least one takes that was cut for its length.
    shortest_poll: float = 0.5
    #: How long what failed is left alone; then it is tried again beside what works.
    climb: float = 180.0
    #: How long what worked is remembered for the next stream from the same server.
    remember: float = 300.0
    #: Between attempts while nothing gets through at all; after the last one it is given up.
    pauses: tuple[float, ...] = PAUSES_SECONDS
