"""What the server bears from one connection: how long it may be silent, and how much it may want without reading.

uvicorn waits for ever for a request that was begun, and answers every ping however many answers lie unread.
"""

from __future__ import annotations

import asyncio
from typing import Final

import h11
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from app.direct_writers import FrameWriter, ResponseWriter, Stops, offering

#: Load balancers keep idle connections for 60 s; a server that closes them earlier loses requests.
KEEP_ALIVE_SECONDS: Final = 75
#: How long a client may take over a request's head, from its first byte or from the connection's beginning.
HEAD_SECONDS: float = KEEP_ALIVE_SECONDS
#: How long a client that sends a body may say nothing.
BODY_SILENCE_SECONDS: float = 60
#: Pings that are answered while the client reads nothing.
MAX_UNREAD_PONGS: Final = 100
#: Pieces of one message.
MAX_FRAGMENTS: Final = 1000


class PatientHttp(H11Protocol):
    """HTTP that closes a connection on which a request was begun and does not go on."""

    _patience: asyncio.TimerHandle | None = None
    _waits_for_head = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there."""
        super().connection_made(transport)
        self.stops = Stops()
        self.app = offering(self.app, lambda scope: ResponseWriter(self, self.stops, scope))
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """It has gone."""
        self._stop_watching()
        self.stops.stopped()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """What was written waits."""
        super().pause_writing()
        self.stops.stopped()

    def data_received(self, data: bytes) -> None:
        """It said something."""
        super().data_received(data)
        self._watch()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """From here on it is another protocol's."""
        self._stop_watching()
        super().handle_websocket_upgrade(event)
        new = self.transport.get_protocol()
        if isinstance(new, PatientWebSocket) and self.flow.write_paused:
            # Of a transport that is full already it would not hear that once more.
            new.pause_writing()

    def _watch(self) -> None:
        owner = self.transport.get_protocol()
        if self.transport.is_closing() or owner is not self:
            self._stop_watching()
        elif self.conn.their_state is h11.SEND_BODY:
            self._stop_watching()
            self._patience = self.loop.call_later(BODY_SILENCE_SECONDS, self._end_silent_body)
        elif self.conn.their_state is not h11.IDLE or self.timeout_keep_alive_task is not None:
            # It has been answered or will be; an idle connection is uvicorn's own matter.
            self._stop_watching()
        elif not self._waits_for_head:
            self._stop_watching()
            self._waits_for_head = True
            self._patience = self.loop.call_later(HEAD_SECONDS, self._end)

    def _end_silent_body(self) -> None:
        if self.flow.read_paused:
            # It is this side that does not read.
            self._watch()
        elif self.conn.their_state is h11.SEND_BODY:
            self._end()

    def _end(self) -> None:
        self._stop_watching()
        self.transport.close()

    def _stop_watching(self) -> None:
        self._waits_for_head = False
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


class PatientWebSocket(WebSocketsSansIOProtocol):
    """WebSockets that end with a client which has more answered than it reads."""

    _unread_pongs = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """An upgrade was asked for."""
        super().connection_made(transport)
        self.stops = Stops()
        self.app = offering(self.app, lambda scope: FrameWriter(self, self.stops))

    def connection_lost(self, exc: Exception | None) -> None:
        """It has gone."""
        self.stops.stopped()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """What was written waits."""
        super().pause_writing()
        self.stops.stopped()

    def shutdown(self) -> None:
        """The server ends it."""
        self.stops.stopped()
        super().shutdown()

    def handle_close(self, event: Frame) -> None:
        """The client ends it."""
        self.stops.stopped()
        super().handle_close(event)

    def handle_parser_exception(self) -> None:
        """What the client sent is no WebSocket."""
        self.stops.stopped()
        super().handle_parser_exception()

    def handle_ping(self) -> None:
        """Answer a ping, while the answers are read."""
        if self.transport.is_closing():
            # Of what a lost connection still held asyncio would log each answer that can't be sent.
            self.conn.data_to_send()
            return
        super().handle_ping()
        self._unread_pongs = 0 if self.writable.is_set() else self._unread_pongs + 1
        if self._unread_pongs > MAX_UNREAD_PONGS:
            self.transport.abort()

    async def send(self, message: ASGISendEvent) -> None:
        """Send for the application; raises `ClientDisconnected` where the client has broken the connection.

        uvicorn ends one that sends what is no WebSocket by itself, and would take what the application says before it
        hears of that for a mistake of the application.
        """
        if self.transport.is_closing() or (self.handshake_complete and self.close_sent):
            raise ClientDisconnected
        await super().send(message)

    def handle_cont(self, event: Frame) -> None:
        """Take one more piece of a message."""
        if len(self.frames) >= MAX_FRAGMENTS:
            self.transport.abort()
            return
        super().handle_cont(event)
