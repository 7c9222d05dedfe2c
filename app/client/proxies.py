"""Which proxy leads to a server, as the environment or the system says; the same for requests and for WebSockets."""

from __future__ import annotations

import ipaddress
import urllib.request
from typing import Final
from urllib.parse import urlsplit

from app.client.errors import ProxyUnusable

_SCHEMES: Final = {"http", "https"}


def proxy_for(server: str) -> str | None:
    """The proxy's address with the name and password in it, or None where one goes there directly.

    `HTTP_PROXY` or `HTTPS_PROXY` by the server's scheme, else `ALL_PROXY`, unless `NO_PROXY` names the server: by its
    name, a domain above it, its address or a network. Raises `ProxyUnusable` for a kind that is not spoken.
    """
    parts = urlsplit(server)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or urllib.request.proxy_bypass(f"{host}:{port}") or _in_network(host, proxies.get("no", "")):
        return None
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    if urlsplit(proxy).scheme not in _SCHEMES:
        raise ProxyUnusable(urlsplit(proxy).scheme)
    return proxy


def _in_network(host: str, no_proxy: str) -> bool:
    """Whether `NO_PROXY` names a network that the address is in, as `10.0.0.0/8`."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in _networks(no_proxy))


def _networks(no_proxy: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    found = []
    for name in no_proxy.split(","):
        try:
            found.append(ipaddress.ip_network(name.strip(), strict=False))
        except ValueError:
            # A name of a host or a domain, which is looked at elsewhere.
            continue
    return found
