"""Watching one job: every message of its log once and in order, whatever happens to the connection.

Owns reconnecting, the choice of transport, and what to do about holes. What is new and what is not is decided by
`Position`; how a stream is carried, by the transports.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

from app.client.backoff import Backoff
from app.client.errors import ClientClosed, ServerUnreachable, StreamLost
from app.client.message import MalformedMessage, Message, read_message
from app.client.position import Position
from app.client.transports.transport import Stream, StreamBroken, StreamQuery, Transport, TransportFailed
from app.realtime.cursor import Cursor
from app.realtime.message_types import timestamp_now

logger = logging.getLogger(__name__)

#: Reads the job's messages after a cursor (or all of them) from its log, as texts of the wire.
ReadLog = Callable[[str, str | None], Iterator[str]]


class Watch:
    """One watch, from `position` on, until the job's last message."""

    def __init__(
        self,
        *,
        job_id: str,
        position: Position,
        transports: Sequence[Transport],
        read_log: ReadLog,
        closing: threading.Event,
        backoff: Backoff | None = None,
    ) -> None:
        self._job_id = job_id
        self._position = position
        #: The one that worked last comes first.
        self._transports = list(transports)
        self._read_log = read_log
        self._closing = closing
        self._backoff = backoff or Backoff()

    def messages(self, *, ended: bool = False) -> Iterator[Message]:
        """The messages of the log, and `reset` where what was said before no longer counts.

        For a job that has `ended` the log holds all there will ever be: no stream is opened.
        Raises `StreamLost` when the stream can't be taken up again, `RequestRefused` when the server will not have
        it, `ClientClosed` when the client was closed.
        """
        while True:
            try:
                if ended:
                    yield from self._rest()
                    return
                with ExitStack() as stack:
                    stream = self._open(stack)
                    yield from self._follow(stream)
                    return
            except (StreamBroken, TransportFailed, ServerUnreachable) as error:
                self._pause(str(error))

    def _rest(self) -> Iterator[Message]:
        """What the log holds after the position."""
        since = None if self._position.since == "start" else self._position.since
        for text in self._read_log(self._job_id, since):
            message = read_message(text)
            if self._position.take(message):
                yield message

    def _open(self, stack: ExitStack) -> Stream:
        """Open a stream over the first transport that gets through; raises `TransportFailed` when none does."""
        query = StreamQuery(self._job_id, self._position.since)
        failures = []
        for transport in list(self._transports):
            try:
                stream = stack.enter_context(transport.open(query))
            except TransportFailed as error:
                failures.append(str(error))
                continue
            if failures:
                logger.info("Streaming over %s: %s", transport.name, failures[0], extra={"action": "transport_changed"})
            self._transports.remove(transport)
            self._transports.insert(0, transport)
            return stream
        raise TransportFailed("; ".join(failures))

    def _follow(self, stream: Stream) -> Iterator[Message]:
        while not self._position.ended:
            try:
                message = read_message(stream.receive())
            except MalformedMessage as error:
                logger.warning("Passed over a message: %s", error, extra={"action": "message_malformed"})
                continue
            yield from self._handle(message, stream)
            if message.type != "hello":
                # A server that says hello and nothing more is not one that works.
                self._backoff.reset()

    def _handle(self, message: Message, stream: Stream) -> Iterator[Message]:
        if message.cursor is not None and message.job_id == self._job_id:
            if self._position.take(message):
                yield message
        elif message.type == "ping":
            stream.reply(_PONG.format(timestamp=timestamp_now()))
            if cursor := message.payload.get("cursor"):
                self._position.advance(Cursor.parse(cursor))
        elif message.type == "gap":
            yield from self._rest()
        elif message.type == "reset":
            yield message
            self._position.forget()
            yield from self._rest()
        elif message.type == "error":
            logger.warning("The server says: %s", json.dumps(message.payload), extra={"action": "stream_error"})

    def _pause(self, reason: str) -> None:
        if self._closing.is_set():
            raise ClientClosed
        pause = self._backoff.next_pause()
        if pause is None:
            raise StreamLost(reason)
        logger.info(
            "Connecting again in %.1f s: %s", pause, reason, extra={"action": "reconnect", "job_id": self._job_id}
        )
        if self._closing.wait(pause):
            raise ClientClosed


_PONG = '{{"type":"pong","payload":{{"timestamp":"{timestamp}"}}}}'
