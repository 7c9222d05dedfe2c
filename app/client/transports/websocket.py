"""The WebSocket transport."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidProxyStatus,
    InvalidStatus,
    InvalidURI,
    ProxyError,
)

from app.client.errors import GATEWAY_STATUSES, RequestRefused
from app.client.transports.transport import CONNECT_SECONDS, StreamBroken, StreamQuery, TransportFailed
from app.client.way import Transport
from app.realtime.close_codes import should_reconnect
from app.version import VERSION

#: The largest message taken, in bytes; a frame with thousands of boxes is a few hundred kilobytes.
MAX_MESSAGE_BYTES: Final = 16 * 1024 * 1024
#: How long saying goodbye may take, in seconds.
_CLOSE_SECONDS: Final = 1.0
#: What a connection that just broke counts as, and one that ended as agreed (RFC 6455).
_ABNORMAL: Final = 1006
_NORMAL: Final = 1000


class WebSocketTransport:
    """Streams over a WebSocket at `realtime_url`, an `http` or `https` address, by way of a proxy where one leads."""

    name = Transport.WEBSOCKET

    def __init__(self, realtime_url: str, *, tls: ssl.SSLContext | None, proxy: str | None) -> None:
        self._url = "ws" + realtime_url.removeprefix("http")
        self._tls: dict[str, Any] = {"ssl": tls} if tls and self._url.startswith("wss") else {}
        if tls and proxy and proxy.startswith("https:"):
            self._tls["proxy_ssl"] = tls
        self._proxy = proxy

    @asynccontextmanager
    async def open(self, query: StreamQuery) -> AsyncIterator[WebSocketStream]:
        """See `StreamTransport.open`."""
        connection = await self._connect(query)
        try:
            yield WebSocketStream(connection)
        except BaseException:
            # Whoever is silent does not say goodbye either.
            connection.transport.abort()
            raise
        finally:
            await connection.close()

    async def _connect(self, query: StreamQuery) -> ClientConnection:
        try:
            return await connect(
                f"{self._url}?{query.encode()}",
                proxy=self._proxy,
                compression=None,
                user_agent_header=f"transom/{VERSION}",
                open_timeout=CONNECT_SECONDS,
                close_timeout=_CLOSE_SECONDS,
                # The server's own heartbeat, and the watch over it, are enough.
                ping_interval=None,
                max_size=MAX_MESSAGE_BYTES,
                **self._tls,
            )
        except InvalidStatus as error:
            status = error.response.status_code
            if status in GATEWAY_STATUSES:
                raise StreamBroken(f"no WebSocket: {error}") from error
            refused = "refuses WebSockets" if status >= 400 else "does not pass WebSockets on"
            raise TransportFailed(f"the way here {refused}") from error
        except InvalidProxyStatus as error:
            raise TransportFailed("the proxy refuses WebSockets") from error
        except InvalidMessage as error:
            raise StreamBroken(f"no WebSocket: {error}") from error
        except (ProxyError, InvalidHandshake, InvalidURI) as error:
            raise TransportFailed("the way here does not pass WebSockets on") from error
        except (OSError, EOFError) as error:
            raise StreamBroken(f"no WebSocket: {error or type(error).__name__}") from error


class WebSocketStream:
    """An open WebSocket."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def receive(self) -> str:
        """See `Stream.receive`."""
        try:
            return await self._connection.recv(decode=True)
        except ConnectionClosed as error:
            raise _ended(error) from error

    async def reply(self, text: str) -> None:
        """See `Stream.reply`."""
        try:
            await self._connection.send(text)
        except ConnectionClosed as error:
            raise _ended(error) from error


def _ended(error: ConnectionClosed) -> Exception:
    """What a close frame, or the want of one, means for whoever was reading."""
    code = error.rcvd.code if error.rcvd else _ABNORMAL
    reason = error.rcvd.reason if error.rcvd else ""
    sentence = f"the server closed the stream with {code}" + (f": {reason}" if reason else "")
    if code == _NORMAL or should_reconnect(code):
        return StreamBroken(sentence, planned=code != _ABNORMAL)
    return RequestRefused(sentence, code=f"CLOSED_{code}", status=code)
