"""Multipart bodies to the byte."""

from __future__ import annotations

import httpx

from tests.unit.api.web import Web

BOUNDARY = "gap"
END = f"--{BOUNDARY}--\r\n".encode()


def part(name: str, value: bytes, filename: str | None = None) -> bytes:
    """One part of a multipart body."""
    shown = f'; filename="{filename}"' if filename else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{shown}\r\n\r\n'
    return head.encode() + value + b"\r\n"


def post_parts(web: Web, *parts: bytes, end: bytes = END) -> httpx.Response:
    """Send a multipart body as it is."""
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return web.client.post("/v1/jobs", content=b"".join(parts) + end, headers=headers)
