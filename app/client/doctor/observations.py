"""What was seen of the way to a server, before anything follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.client.doctor.certificates import Certificate
from app.client.doctor.machines import Machine
from app.client.doctor.pacing import Pacing


class Reached(StrEnum):
    """How far one comes."""

    TRANSOM = "transom"
    NO_NAME = "the name is not known"
    NO_CONNECTION = "nobody answers"
    NO_TRUST = "the certificate is not trusted"
    PROXY_ASKS = "the proxy asks for a name and a password"
    REFUSED = "something on the way refuses"
    TRANSOM_REFUSES = "Transom itself refuses"
    NOT_TRANSOM = "what answers is not Transom"
    OLD_TRANSOM = "this Transom can't be examined"


@dataclass(frozen=True, slots=True)
class Reach:
    """The way to the first answer."""

    reached: Reached
    detail: str = ""
    status: int = 0
    addresses: tuple[str, ...] = ()
    #: Until connected, and until the first answer was there.
    connect_ms: int | None = None
    answer_ms: int | None = None
    certificate: Certificate | None = None
    #: `public`, `system`, `bundle` or `nobody`; empty without encryption.
    trusted_by: str = ""
    version: str = ""
    #: What `/v1/doctor` said of the first request.
    echo: dict[str, Any] = field(default_factory=dict)


class Upgrade(StrEnum):
    """What becomes of a WebSocket."""

    WORKS = "works"
    REFUSED = "refused"
    STRIPPED = "stripped"
    MUTE = "mute"
    BUFFERED = "buffered"
    CONNECT_REFUSED = "connect refused"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class UpgradeSeen:
    """One attempt at a WebSocket."""

    outcome: Upgrade
    status: int = 0
    detail: str = ""


class Live(StrEnum):
    """What becomes of a real stream, or of a poll."""

    WORKS = "works"
    HELD = "held"
    MUTE = "mute"
    REFUSED = "refused"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class LiveSeen:
    """One of the ways that clients take, tried as they try it."""

    outcome: Live
    status: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Lasting:
    """Something that was to last `asked` seconds."""

    asked: float
    cut_after: float | None = None
    status: int = 0


@dataclass(frozen=True, slots=True)
class Caps:
    """What is refused for its size, its method or its headers, by something on the way. Sizes are bytes."""

    largest_body: int = 0
    refused_body: int | None = None
    body_status: int = 0
    longest_address: int = 0
    refused_address: int | None = None
    address_status: int = 0
    refused_methods: dict[str, int] = field(default_factory=dict)
    lost_headers: tuple[str, ...] = ()
    http_version: str = ""


@dataclass(slots=True)
class Observations:
    """All of it. What was not looked at is None, or missing."""

    server: str
    #: The proxy that the environment names, without its password.
    proxy: str | None
    seconds: float
    reach: Reach
    websocket: UpgradeSeen | None = None
    #: A WebSocket asked of a proxy without `CONNECT`, as an ordinary request.
    plain_upgrade: UpgradeSeen | None = None
    sse: LiveSeen | None = None
    sse_post: LiveSeen | None = None
    sse_padded: LiveSeen | None = None
    poll: LiveSeen | None = None
    #: By how it was asked for: `get`, `get, compressible`, `get, unmarked`, `post`, `get, 1.5 KB`, `post, 16 KB`.
    pacings: dict[str, Pacing] = field(default_factory=dict)
    headers_held: bool = False
    #: Whether the header `X-Accel-Buffering` was taken out of an answer.
    accel_taken: bool = False
    silent: Lasting | None = None
    busy: Lasting | None = None
    long_poll: Lasting | None = None
    quiet_websocket: Lasting | None = None
    caps: Caps | None = None
    #: Statuses of gateways that could not pass a request on, which then went through.
    gateway_errors: list[int] = field(default_factory=list)
    requests: int = 0
    #: The name of the machine that examined, which is where to look again.
    examined_from: str = ""
    machines: list[Machine] = field(default_factory=list)
