"""Which pages may speak to this server: its own. A browser names the origin of the page that makes a request."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from app.addresses import is_loopback
from app.errors import HostNotAllowed, NotAllowed
from app.settings import Settings

#: What changes nothing; browsers keep the answers from foreign pages by themselves.
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

_HOST: Final = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]*)?")


def require_own_host(connection: HTTPConnection[Any]) -> None:
    """Raise `HostNotAllowed` for a name that is not this server's. Whoever names no host is no page.

    A page can have its own name lead to this machine, and is then of one origin with what answers there. So a server
    that only this machine reaches answers to this machine's names only. One that has a public address, or that others
    reach, can't know by which names a proxy asks, unless TRANSOM_ALLOWED_HOSTS lists them.
    """
    host = connection.headers.get("host")
    settings: Settings = connection.state["settings"]
    allowed = settings.allowed_host_names
    if host is None or not (allowed or (is_loopback(settings.host) and not settings.public_url)):
        return
    found = _HOST.fullmatch(host)
    name = found["name"].strip("[]").lower().removesuffix(".") if found else ""
    if name in allowed or is_loopback(name) or name.endswith(".localhost"):
        return
    raise HostNotAllowed(
        f"This server does not answer to the name {host[:100]!r}: open it as http://localhost, or add the name to "
        "TRANSOM_ALLOWED_HOSTS"
    )


def require_own_origin(connection: HTTPConnection[Any]) -> None:
    """Raise `NotAllowed` for a page of another origin. Whoever names no origin is no page.

    The host is compared, not the scheme: a proxy in front may have ended the TLS. A proxy that changes `Host` needs
    TRANSOM_PUBLIC_URL.
    """
    origin = connection.headers.get("origin")
    if origin is None:
        return
    own = {connection.headers.get("host", ""), urlsplit(connection.state["settings"].public_url).netloc} - {""}
    if _netloc(origin) not in own:
        raise NotAllowed(
            f"A page of {origin[:100]!r} may not do this; TRANSOM_PUBLIC_URL names this server's own origin"
        )


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        # An address that is none, such as one with half a bracket.
        return ""
