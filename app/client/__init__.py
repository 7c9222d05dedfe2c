"""The Python client: `from app.client import TransomClient`, or `AsyncTransomClient`."""

from __future__ import annotations

from app.client.async_client import AsyncTransomClient
from app.client.errors import (
    CertificateNotTrusted,
    ClientClosed,
    ClientError,
    ProxyRefused,
    ProxyUnusable,
    RequestRefused,
    ServerUnreachable,
    StreamLost,
)
from app.client.message import Message
from app.client.transom_client import TransomClient
from app.client.way import Transport, Way

__all__ = [
    "AsyncTransomClient",
    "CertificateNotTrusted",
    "ClientClosed",
    "ClientError",
    "Message",
    "ProxyRefused",
    "ProxyUnusable",
    "RequestRefused",
    "ServerUnreachable",
    "StreamLost",
    "TransomClient",
    "Transport",
    "Way",
]
