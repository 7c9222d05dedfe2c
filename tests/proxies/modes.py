"""What a proxy may do to what passes through it: each habit with a name, so that several can be had at once."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """All that is done to what passes; one that is told nothing passes everything on as it comes."""

    #: WebSocket upgrades are answered with 403.
    refuse_upgrades: bool = False
    #: The upgrade is taken out of the request, which goes on as a plain `GET`.
    strip_upgrades: bool = False
    #: The upgrade is answered with a proper 101, and then nothing passes either way.
    mute_upgrades: bool = False
    #: `CONNECT` is answered with 403, as many do for ports other than 443.
    refuse_connect: bool = False
    #: A response's head waits for the first byte of its body.
    hold_headers: bool = False
    #: Bodies of responses to these methods are held until they end; the heads go on at once.
    hold_bodies_of: frozenset[str] = frozenset()
    #: Bodies of responses go on in lumps of so many bytes.
    lump_bytes: int = 0
    #: Bodies of responses go through a gzip that is never flushed before the end.
    compress: bool = False
    #: Whatever has taken so long is cut.
    cut_after_seconds: float = 0
    #: What has been silent for so long is cut; a request that has no answer by then gets a 504.
    cut_idle_seconds: float = 0
    #: The server is spoken to in HTTP/1.0, which knows no upgrade and no chunks.
    http_1_0: bool = False
    #: Who sends no name and password gets a 407 (only where the proxy is known to be one).
    authenticate: bool = False
    #: These methods are answered with 405.
    refuse_methods: frozenset[str] = frozenset()
    #: Requests with a longer body are answered with 413.
    max_body_bytes: int = 0
    #: Requests with a longer address are answered with 414.
    max_address_bytes: int = 0
    #: These headers of requests are left out, by their names in lower case.
    strip_headers: frozenset[str] = frozenset()
    #: The first requests are answered with 502, so many of them.
    bad_gateway_first: int = 0
    #: Each request whose number this divides is answered with 502.
    bad_gateway_every: int = 0

    def joined(self, other: Behaviour) -> Behaviour:
        """Both at once; where both name a number or a set, sets are joined and the other's number holds."""
        changes: dict[str, Any] = {}
        for field in fields(self):
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            if isinstance(mine, frozenset):
                changes[field.name] = mine | theirs
            elif theirs:
                changes[field.name] = theirs
        return replace(self, **changes)


class Mode(StrEnum):
    """Names of habits that were met in the wild."""

    PASS = "pass"  # noqa: S105 - it is a verb
    REFUSE_UPGRADES = "refuse-upgrades"
    STRIP_UPGRADES = "strip-upgrades"
    MUTE_UPGRADES = "mute-upgrades"
    REFUSE_CONNECT = "refuse-connect"
    HOLD_HEADERS = "hold-headers"
    HOLD_BODIES = "hold-bodies"
    HOLD_GETS = "hold-gets"
    LUMPS_1_KB = "lumps-1-kb"
    LUMPS_4_KB = "lumps-4-kb"
    LUMPS_16_KB = "lumps-16-kb"
    COMPRESS = "compress"
    CUT_AFTER = "cut-after"
    CUT_IDLE = "cut-idle"
    HTTP_1_0 = "http-1.0"
    AUTHENTICATE = "authenticate"
    REFUSE_METHODS = "refuse-methods"
    LIMIT_BODIES = "limit-bodies"
    LIMIT_ADDRESSES = "limit-addresses"
    STRIP_AUTHORIZATION = "strip-authorization"
    STRIP_LAST_EVENT_ID = "strip-last-event-id"
    BAD_GATEWAY = "bad-gateway"


BEHAVIOURS: Final[dict[Mode, Behaviour]] = {
    Mode.PASS: Behaviour(),
    Mode.REFUSE_UPGRADES: Behaviour(refuse_upgrades=True),
    Mode.STRIP_UPGRADES: Behaviour(strip_upgrades=True),
    Mode.MUTE_UPGRADES: Behaviour(mute_upgrades=True),
    Mode.REFUSE_CONNECT: Behaviour(refuse_connect=True),
    Mode.HOLD_HEADERS: Behaviour(hold_headers=True),
    Mode.HOLD_BODIES: Behaviour(hold_bodies_of=frozenset({"GET", "POST"})),
    Mode.HOLD_GETS: Behaviour(hold_bodies_of=frozenset({"GET"})),
    Mode.LUMPS_1_KB: Behaviour(lump_bytes=1024),
    Mode.LUMPS_4_KB: Behaviour(lump_bytes=4 * 1024),
    Mode.LUMPS_16_KB: Behaviour(lump_bytes=16 * 1024),
    Mode.COMPRESS: Behaviour(compress=True),
    Mode.CUT_AFTER: Behaviour(cut_after_seconds=4),
    Mode.CUT_IDLE: Behaviour(cut_idle_seconds=4),
    Mode.HTTP_1_0: Behaviour(http_1_0=True),
    Mode.AUTHENTICATE: Behaviour(authenticate=True),
    Mode.REFUSE_METHODS: Behaviour(refuse_methods=frozenset({"PATCH", "DELETE"})),
    Mode.LIMIT_BODIES: Behaviour(max_body_bytes=1024 * 1024),
    Mode.LIMIT_ADDRESSES: Behaviour(max_address_bytes=4 * 1024),
    Mode.STRIP_AUTHORIZATION: Behaviour(strip_headers=frozenset({"authorization"})),
    Mode.STRIP_LAST_EVENT_ID: Behaviour(strip_headers=frozenset({"last-event-id"})),
    Mode.BAD_GATEWAY: Behaviour(bad_gateway_first=2, bad_gateway_every=7),
}


def behaviour_of(*modes: Mode, **numbers: Any) -> Behaviour:
    """All these habits at once; `numbers` are fields of `Behaviour` that are to be other than usual."""
    behaviour = Behaviour()
    for mode in modes:
        behaviour = behaviour.joined(BEHAVIOURS[mode])
    return replace(behaviour, **numbers)
