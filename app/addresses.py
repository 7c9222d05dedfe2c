"""Who can reach an address, and the refusal to open one to others without authentication."""

from __future__ import annotations

import ipaddress

from app.errors import ConfigurationError
from app.settings import Settings


def require_loopback(host: str, *, settings: Settings) -> None:
    """Raise `ConfigurationError` for an address that others can reach, unless that was allowed in so many words."""
    if not is_loopback(host) and not settings.allow_open:
        raise ConfigurationError(
            f"TRANSOM_HOST={settings.host!r}: others can reach this address, and there is no authentication yet: "
            "anyone who can would submit jobs and read results. Use 127.0.0.1, or set TRANSOM_ALLOW_OPEN=1 "
            "where a proxy or a firewall decides who comes in"
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address; a name that is no number is not trusted, but localhost is."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
