"""The Server-Sent Events transport: where a proxy does not let a WebSocket through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from httpx_sse import EventSource, connect_sse

from app.client.errors import refusal
from app.client.transports.transport import (
    CONNECT_SECONDS,
    SILENCE_SECONDS,
    StreamBroken,
    StreamQuery,
    TransportFailed,
)

#: Statuses of the 4xx range after which the same request may succeed later.
_RETRYABLE = frozenset({408, 425, 429})


class SseTransport:
    """Streams over a long HTTP response."""

    name = "sse"

    def __init__(self, realtime_url: str, *, http: httpx.Client) -> None:
        self._url = realtime_url
        self._http = http

    @contextmanager
    def open(self, query: StreamQuery) -> Iterator[SseStream]:
        """See `Transport.open`."""
        timeout = httpx.Timeout(CONNECT_SECONDS, read=SILENCE_SECONDS)
        try:
            with connect_sse(self._http, "GET", f"{self._url}?{query.encode()}", timeout=timeout) as source:
                if source.response.is_error:
                    source.response.read()
                    refused = refusal(source.response)
                    if source.response.is_client_error and refused.status not in _RETRYABLE:
                        raise refused
                    raise TransportFailed(f"no event stream: {refused.detail}")
                if not source.response.headers.get("content-type", "").startswith("text/event-stream"):
                    raise TransportFailed("no event stream: something in between answered in the server's place")
                yield SseStream(source)
        except httpx.TransportError as error:
            raise TransportFailed(f"no event stream: {error or type(error).__name__}") from error


class SseStream:
    """An open event stream."""

    def __init__(self, source: EventSource) -> None:
        self._events = source.iter_sse()

    def receive(self) -> str:
        """See `Stream.receive`. Comments keep the stream alive and are passed over."""
        try:
            for event in self._events:
                if event.data:
                    return event.data
        except httpx.TransportError as error:
            raise StreamBroken(str(error) or type(error).__name__) from error
        raise StreamBroken("the response ended")

    def reply(self, text: str) -> None:
        """Events go one way: there is nothing to answer, and the server does not wait for it."""
