"""uvicorn's connections with a direct way to their transport, for the hub: see `app/realtime/direct.py`.

Each message that is written so is whole: a frame of a WebSocket, a chunk of a response. So what the protocol itself
writes before and after it stays what it was.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from app.realtime.direct import EXTENSION, DirectWriter
from app.realtime.outgoing import WireForm

if TYPE_CHECKING:
    import asyncio

    from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
    from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

#: What the system takes for a reader that has stalled. At its own choice, megabytes, nobody would notice for minutes.
SEND_BUFFER_BYTES: Final = 64 * 1024


def offering(app: ASGIApp, writer: Callable[[Scope], DirectWriter | None]) -> ASGIApp:
    """The application, told of the writer of each connection that has one."""

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        made = writer(scope)
        if made is not None:
            scope.setdefault("extensions", {})[EXTENSION] = made
        await app(scope, receive, send)

    return told


class FrameWriter:
    """Writes to a WebSocket."""

    form: Final = WireForm.FRAMES

    def __init__(self, protocol: WebSocketsSansIOProtocol) -> None:
        self._protocol = protocol
        self._transport = protocol.transport
        self._writable = protocol.writable
        self._small = False

    def write(self, data: bytes, /) -> bool:
        """See `DirectWriter.write`."""
        protocol = self._protocol
        if (
            protocol.close_sent
            or not self._writable.is_set()
            or not protocol.handshake_complete
            or self._transport.is_closing()
            # Whoever compresses has frames of its own.
            or protocol.conn.extensions
        ):
            return False
        if not self._small:
            self._small = shrink(self._transport)
        self._transport.write(data)
        return True

    def abort(self) -> None:
        """See `DirectWriter.abort`."""
        self._transport.abort()


class ResponseWriter:
    """Writes to the response of one request."""

    def __init__(self, protocol: H11Protocol, scope: Scope) -> None:
        self._flow = protocol.flow
        self._transport = protocol.transport
        self._cycle: RequestResponseCycle = protocol.cycle
        # HTTP/1.0 knows no chunks: its responses end with the connection.
        self.form = WireForm.CHUNKED_EVENTS if scope["http_version"] == "1.1" else WireForm.EVENTS
        self._small = False

    def write(self, data: bytes, /) -> bool:
        """See `DirectWriter.write`."""
        cycle = self._cycle
        if (
            self._flow.write_paused
            or not cycle.response_started
            or cycle.response_complete
            or cycle.disconnected
            or self._transport.is_closing()
        ):
            return False
        if not self._small:
            self._small = shrink(self._transport)
        self._transport.write(data)
        return True

    def abort(self) -> None:
        """See `DirectWriter.abort`."""
        self._transport.abort()


def shrink(transport: asyncio.Transport) -> bool:
    """Have the system take less of what a connection does not read; always True."""
    endpoint: Any = transport.get_extra_info("socket")
    if endpoint is not None:
        endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
    return True
