"""HTTP to the byte, for what no well-behaved client shows."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit


def exchange(url: str, request: bytes, *, until: bytes | None = None) -> bytes:
    """Send a request as it is; what comes back until `until` was seen, or until the server closes."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=30) as client:
        client.sendall(request)
        received = b""
        while until is None or until not in received:
            chunk = client.recv(65536)
            if not chunk:
                break
            received += chunk
    return received
