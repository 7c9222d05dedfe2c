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


class Stops:
    """Who is to be told once a connection can't be written to as before; its protocol calls `stopped`."""

    def __init__(self) -> None:
        self._call: Callable[[], None] | None = None

    def when_stopped(self, call: Callable[[], None] | None, /) -> None:
        """See `DirectWriter.when_stopped`."""
        self._call = call

    def stopped(self) -> None:
        """Its buffer is full, it ends, or it is lost."""
        call, self._call = self._call, None
        if call is not None:
            call()


class FrameWriter:
    """Writes to a WebSocket."""

    form: Final = WireForm.FRAMES

    def __init__(self, protocol: WebSocketsSansIOProtocol, stops: Stops) -> None:
        self._protocol = protocol
        self._transport = protocol.transport
        self.write: Callable[[bytes], None] = protocol.transport.write
        self.when_stopped = stops.when_stopped
        shrink(protocol.transport)

    def ready(self) -> bool:
        """See `DirectWriter.ready`."""
        protocol = self._protocol
        return (
            protocol.handshake_complete
            and not protocol.close_sent
            and protocol.writable.is_set()
            and not self._transport.is_closing()
            # Whoever compresses has frames of its own.
            and not protocol.conn.extensions
        )

    def abort(self) -> None:
        """See `DirectWriter.abort`."""
        self._transport.abort()


class ResponseWriter:
    """Writes to the response of one request."""

    def __init__(self, protocol: H11Protocol, stops: Stops, scope: Scope) -> None:
        self._flow = protocol.flow
        self._transport = protocol.transport
        self._cycle: RequestResponseCycle = protocol.cycle
        self.write: Callable[[bytes], None] = protocol.transport.write
        self.when_stopped = stops.when_stopped
        # HTTP/1.0 knows no chunks: its responses end with the connection.
        self.form = WireForm.CHUNKED_EVENTS if scope["http_version"] >= "1.1" else WireForm.EVENTS

    def ready(self) -> bool:
        """See `DirectWriter.ready`."""
        cycle = self._cycle
        return (
            cycle.response_started
            and not cycle.response_complete
            and not cycle.disconnected
            and not self._flow.write_paused
            and not self._transport.is_closing()
        )

    def abort(self) -> None:
        """See `DirectWriter.abort`."""
        self._transport.abort()


def shrink(transport: asyncio.Transport) -> None:
    """Have the system take less of what a stream's connection does not read."""
    endpoint: Any = transport.get_extra_info("socket")
    if endpoint is not None:
        endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
