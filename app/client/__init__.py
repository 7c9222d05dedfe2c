"""The Python client: `from app.client import TransomClient`."""

from __future__ import annotations

from app.client.errors import ClientClosed, ClientError, RequestRefused, ServerUnreachable, StreamLost
from app.client.message import Message
from app.client.transom_client import TransomClient

__all__ = [
    "ClientClosed",
    "ClientError",
    "Message",
    "RequestRefused",
    "ServerUnreachable",
    "StreamLost",
    "TransomClient",
]
