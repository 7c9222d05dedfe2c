"""Who stands between: what machines on the way say of themselves, in `Via`, `Server` and their own error pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Program(StrEnum):
    """Programs whose settings are known here."""

    NGINX = "nginx"
    APACHE = "apache"
    HAPROXY = "haproxy"
    SQUID = "squid"
    TINYPROXY = "tinyproxy"
    MITMPROXY = "mitmproxy"
    #: Recognised by its name, or not at all; there are words for it, and no settings.
    OTHER = "other"


#: These stand before servers, and have their addresses.
FRONTS: Final = frozenset({Program.NGINX, Program.APACHE, Program.HAPROXY})


@dataclass(frozen=True, slots=True)
class Machine:
    """One that showed itself: what it calls itself, and where it says so."""

    name: str
    program: Program
    evidence: str
    #: False where its words are also those of others.
    sure: bool = True


#: `squid/5.7`, `nginx/1.22.1`, `tinyproxy/1.11.1`, `mitmproxy 12.0.0`.
_SOFTWARE: Final = re.compile(r"([A-Za-z][\w .+-]*?)(?:[/ ]v?(\d[\w.+-]*))?\s*$")
_COMMENT: Final = re.compile(r"\(([^()]+)\)")
#: Of what stands in `Via` or `Server`, these are known by other words than their names.
_KNOWN: Final = (
    (re.compile(r"nginx|openresty", re.IGNORECASE), Program.NGINX),
    # Tomcat calls itself `Apache-Coyote`.
    (re.compile(r"^apache(?!-)", re.IGNORECASE), Program.APACHE),
    (re.compile(r"haproxy", re.IGNORECASE), Program.HAPROXY),
    (re.compile(r"squid", re.IGNORECASE), Program.SQUID),
    (re.compile(r"tinyproxy", re.IGNORECASE), Program.TINYPROXY),
    (re.compile(r"mitmproxy", re.IGNORECASE), Program.MITMPROXY),
)
#: The error pages of those that name themselves nowhere else: a piece of the page, whose it is.
_PAGES: Final = (
    (re.compile(r"<center>nginx(?:/[\d.]+)?</center>"), "nginx", Program.NGINX),
    (
        re.compile(
            r"The server didn't respond in time\.|Your browser sent an invalid request\.|"
            r"Request forbidden by administrative rules\.|No server is available to handle this request\."
        ),
        "HAProxy",
        Program.HAPROXY,
    ),
    (re.compile(r"Generated [^<]* by [^<]*\(squid|\bsquid/\d"), "squid", Program.SQUID),
    (re.compile(r"tinyproxy", re.IGNORECASE), "tinyproxy", Program.TINYPROXY),
    (re.compile(r"mitmproxy", re.IGNORECASE), "mitmproxy", Program.MITMPROXY),
)
#: Headers that a cache or a service in the network writes; Transom writes none of them.
_TRACES: Final = {
    "cf-ray": "Cloudflare",
    "x-amz-cf-id": "CloudFront",
    "x-akamai-request-id": "Akamai",
    "x-bluecoat-via": "Blue Coat",
    "x-zscaler-via": "Zscaler",
}
_MAX_SHOWN: Final = 120


def machines_in(headers: Mapping[str, str], page: str = "") -> Iterator[Machine]:
    """Who shows itself in an answer's headers, and in the page where it is one of an error."""
    lower = {name.lower(): value for name, value in headers.items()}
    if via := lower.get("via"):
        yield from machines_of_via(via, "its answers have")
    # Transom sends no such header: it is another's, or was put in the place of none.
    if server := lower.get("server"):
        yield _machine(server, f"answers have `Server: {server[:_MAX_SHOWN]}`, which Transom does not send")
    for name, who in _TRACES.items():
        if name in lower:
            yield Machine(who, Program.OTHER, f"answers have the header `{name}`")
    for pattern, name, program in _PAGES:
        if page and pattern.search(page):
            if program is Program.HAPROXY:
                evidence = "an error page has its words, so it is probably that; some appliances have it built in"
                yield Machine(name, program, evidence, sure=False)
            else:
                yield Machine(name, program, "an error page has its words")


def machines_of_via(via: str, where: str) -> Iterator[Machine]:
    """Each that a `Via` names: by its software where it says that, else by what it calls itself."""
    for entry in filter(None, (part.strip() for part in via.split(","))):
        comment = _COMMENT.search(entry)
        words = _COMMENT.sub("", entry).split()
        text = comment[1] if comment else (words[1] if len(words) > 1 else entry)
        yield _machine(text, f"{where} `Via: {entry[:_MAX_SHOWN]}`")


def nearest_first(machines: Iterable[Machine]) -> list[Machine]:
    """In the order in which a request meets them, where clients are told of a proxy."""
    return sorted(machines, key=lambda machine: machine.program in FRONTS)


def distinct(machines: list[Machine]) -> list[Machine]:
    """Each once, by the fullest of its names; that which says more comes first."""
    best: dict[str, Machine] = {}
    for machine in machines:
        key = str(machine.program) if machine.program is not Program.OTHER else machine.name.lower()
        if key not in best or len(machine.name) > len(best[key].name):
            best[key] = machine
    return list(best.values())


def _machine(text: str, evidence: str) -> Machine:
    text = text.strip()[:_MAX_SHOWN]
    program = next((program for pattern, program in _KNOWN if pattern.search(text)), Program.OTHER)
    found = _SOFTWARE.match(text)
    name = " ".join(part for part in found.groups() if part) if found else text
    return Machine(name, program, evidence)
