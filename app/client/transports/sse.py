"""Server-Sent Events: for where no WebSocket gets through; over `POST` and padded, for what holds events back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
from httpx_sse import EventSource, SSEError, aconnect_sse

from app.client.errors import RETRYABLE_STATUSES, ProxyRefused, refusal
from app.client.transports.transport import CONNECT_SECONDS, StreamBroken, StreamQuery, TransportFailed
from app.client.way import Transport

#: Bytes that are sent after each message on the padded way: as many as the greediest gatherer waits for.
PAD_BYTES: Final = 16 * 1024
#: Nothing for so long, comments included, is the end of a connection, in seconds.
_DEAD_SECONDS: Final = 60.0


class SseTransport:
    """Streams over a long HTTP response; with `padded` it is asked for by `POST`."""

    def __init__(self, realtime_url: str, *, http: httpx.AsyncClient, padded: bool = False) -> None:
        self.name = Transport.SSE_POST if padded else Transport.SSE
        self._url = realtime_url
        self._http = http

    @asynccontextmanager
    async def open(self, query: StreamQuery) -> AsyncIterator[SseStream]:
        """See `StreamTransport.open`."""
        try:
            async with aconnect_sse(self._http, **self._request(query)) as source:
                await self._require_stream(source)
                yield SseStream(source)
        except httpx.TransportError as error:
            raise StreamBroken(f"no event stream: {error or type(error).__name__}") from error

    def _request(self, query: StreamQuery) -> dict[str, Any]:
        # What compresses holds back: there is nothing in it for whoever says that it takes no compression.
        request: dict[str, Any] = {
            "headers": {"Accept-Encoding": "identity"},
            "timeout": httpx.Timeout(CONNECT_SECONDS, read=_DEAD_SECONDS),
        }
        if self.name is Transport.SSE:
            return {"method": "GET", "url": f"{self._url}?{query.encode()}", **request}
        body = {**query.parameters(), "transport": "sse", "pad": PAD_BYTES}
        return {"method": "POST", "url": self._url, "json": body, **request}

    async def _require_stream(self, source: EventSource) -> None:
        response = source.response
        if response.is_error:
            await response.aread()
            refused = refusal(response)
            if refused.status >= 500 or refused.status in RETRYABLE_STATUSES:
                raise StreamBroken(f"no event stream: {refused.detail}")
            if isinstance(refused, ProxyRefused):
                raise TransportFailed(f"the way here refuses event streams ({refused.status})")
            raise refused
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            raise TransportFailed("something on the way answers in the place of an event stream")


class SseStream:
    """An open event stream."""

    def __init__(self, source: EventSource) -> None:
        self._events = source.aiter_sse()
        self._retry_ms: int | None = None

    async def receive(self) -> str:
        """See `Stream.receive`. Comments keep the stream alive and are passed over."""
        try:
            async for event in self._events:
                if event.retry is not None:
                    self._retry_ms = event.retry
                if event.data:
                    return event.data
        except (httpx.TransportError, SSEError) as error:
            raise StreamBroken(str(error) or type(error).__name__) from error
        if self._retry_ms is not None:
            # A server that ends a response by itself says when to come back; a cut does not.
            raise StreamBroken("the server ended the response", planned=True, pause=self._retry_ms / 1000)
        raise StreamBroken("the response ended")

    async def reply(self, text: str) -> None:
        """Events go one way: there is nothing to answer, and the server does not wait for it."""
