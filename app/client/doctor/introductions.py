"""Asking machines on the way who they are: each is spoken to so that it answers itself, and does so with its name."""

from __future__ import annotations

import asyncio
import ssl
from typing import Final

from app.client.doctor.machines import Machine, machines_in

_SECONDS: Final = 5.0
_MAX_BYTES: Final = 64 * 1024
#: A proxy is no server: asked for a page of its own it says so.
_TO_A_PROXY: Final = "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
#: Half a header: whoever comes first on the way refuses it.
_BROKEN: Final = "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nhalf a header\r\n\r\n"


async def introduction(host: str, port: int, *, tls: ssl.SSLContext | None, is_proxy: bool) -> list[Machine]:
    """Who answers there, if it says so."""
    request = (_TO_A_PROXY if is_proxy else _BROKEN).format(host=f"{host}:{port}")
    try:
        async with asyncio.timeout(_SECONDS):
            reader, writer = await asyncio.open_connection(host, port, ssl=tls)
            try:
                writer.write(request.encode())
                answer = await reader.read(_MAX_BYTES)
            finally:
                writer.transport.abort()
    except (OSError, TimeoutError):
        return []
    head, _, page = answer.decode("latin-1").partition("\r\n\r\n")
    pairs = (line.partition(":") for line in head.split("\r\n")[1:])
    return list(machines_in({name.strip(): value.strip() for name, _, value in pairs}, page))
