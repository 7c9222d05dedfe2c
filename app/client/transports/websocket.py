"""The WebSocket transport."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
from websockets.sync.client import ClientConnection, connect

from app.client.errors import RequestRefused
from app.client.transports.transport import (
    CONNECT_SECONDS,
    HELLO_SECONDS,
    SILENCE_SECONDS,
    StreamBroken,
    StreamQuery,
    TransportFailed,
)
from app.realtime.close_codes import should_reconnect

#: The largest message taken, in bytes; a frame with thousands of boxes is a few hundred kilobytes.
MAX_MESSAGE_BYTES: Final = 16 * 1024 * 1024
#: How long saying goodbye may take, in seconds.
_CLOSE_SECONDS: Final = 2.0
#: What a connection that just broke counts as (RFC 6455).
_ABNORMAL: Final = 1006


class WebSocketTransport:
    """Streams over a WebSocket at `realtime_url`, an `http` or `https` address."""

    name = "websocket"

    def __init__(self, realtime_url: str, *, tls: ssl.SSLContext | None, proxies: bool) -> None:
        self._url = "ws" + realtime_url.removeprefix("http")
        self._tls = tls
        self._proxy: Literal[True] | None = True if proxies else None

    @contextmanager
    def open(self, query: StreamQuery) -> Iterator[WebSocketStream]:
        """See `Transport.open`. A WebSocket that opens and stays mute has failed too."""
        try:
            connecting = connect(
                f"{self._url}?{query.encode()}",
                ssl=self._tls,
                proxy=self._proxy,
                compression=None,
                open_timeout=CONNECT_SECONDS,
                close_timeout=_CLOSE_SECONDS,
                # The server's own heartbeat, and the limit on silence, are enough.
                ping_interval=None,
                max_size=MAX_MESSAGE_BYTES,
            )
        except (OSError, InvalidHandshake, InvalidURI) as error:
            raise TransportFailed(f"no WebSocket: {error}") from error
        with connecting as connection:
            try:
                stream = WebSocketStream(connection)
            except StreamBroken as error:
                raise TransportFailed(f"no WebSocket: {error}") from error
            yield stream


class WebSocketStream:
    """An open WebSocket."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._hello = self._read(HELLO_SECONDS, mute=TransportFailed("the WebSocket opened and stayed mute"))

    def receive(self) -> str:
        """See `Stream.receive`."""
        if self._hello:
            hello, self._hello = self._hello, ""
            return hello
        return self._read(SILENCE_SECONDS, mute=StreamBroken(f"nothing came for {SILENCE_SECONDS:g} s"))

    def reply(self, text: str) -> None:
        """See `Stream.reply`."""
        try:
            self._connection.send(text)
        except ConnectionClosed as error:
            raise _ended(error) from error

    def _read(self, timeout: float, *, mute: Exception) -> str:
        try:
            return self._connection.recv(timeout=timeout, decode=True)
        except TimeoutError:
            raise mute from None
        except ConnectionClosed as error:
            raise _ended(error) from error


def _ended(error: ConnectionClosed) -> Exception:
    """What a close frame, or the want of one, means for whoever was reading."""
    code = error.rcvd.code if error.rcvd else _ABNORMAL
    reason = error.rcvd.reason if error.rcvd else ""
    sentence = f"the server closed the stream with {code}" + (f": {reason}" if reason else "")
    if should_reconnect(code):
        return StreamBroken(sentence)
    return RequestRefused(sentence, code=f"CLOSED_{code}", status=code)
