"""Which pages may speak to this server: its own. A browser names the origin of the page that makes a request."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from app.errors import NotAllowed

#: What changes nothing; browsers keep the answers from foreign pages by themselves.
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def require_own_origin(connection: HTTPConnection[Any]) -> None:
    """Raise `NotAllowed` for a page of another origin. Whoever names no origin is no page.

    The host is compared, not the scheme: a proxy in front may have ended the TLS. A proxy that changes `Host` needs
    TRANSOM_PUBLIC_URL.
    """
    origin = connection.headers.get("origin")
    if origin is None:
        return
    own = {connection.headers.get("host", ""), urlsplit(connection.state["settings"].public_url).netloc} - {""}
    if urlsplit(origin).netloc not in own:
        raise NotAllowed(
            f"A page of {origin[:100]!r} may not do this; TRANSOM_PUBLIC_URL names this server's own origin"
        )
