"""One stream on trial, and after it: opened, proved by what comes through it, read, and watched over."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Coroutine
from typing import Any, Final

from app.client.delivery import Delivery
from app.client.errors import ClientError
from app.client.message import MalformedMessage, Message, read_message
from app.client.pace import Pace
from app.client.polling import PollFailed, Polling
from app.client.subject import Subject
from app.client.transports.transport import Stream, StreamBroken, StreamQuery, StreamTransport, TransportFailed
from app.client.way import Transport
from app.realtime.cursor import Cursor, InvalidCursor
from app.realtime.message_types import timestamp_now

logger = logging.getLogger(__name__)

_PONG: Final = '{{"type":"pong","payload":{{"timestamp":"{timestamp}"}}}}'
#: Pings that are nearer to each other than this share of a heartbeat came in one lump.
_LUMP: Final = 0.25
#: Whoever is busy handing messages over is looked at again after so long, in seconds.
_BUSY_SECONDS: Final = 0.25

_MUTE: Final = {
    Transport.WEBSOCKET: "WebSockets open here and stay mute",
    Transport.SSE: "the way here holds event streams back",
    Transport.SSE_POST: "the way here holds padded event streams back too",
}
_CUT: Final = {
    Transport.WEBSOCKET: "the way here cuts WebSockets off",
    Transport.SSE: "the way here cuts event streams off",
    Transport.SSE_POST: "the way here cuts padded event streams off too",
}


class Line:
    """A stream over one transport. It works once hello and the probe's ping have come in time, and not in one lump."""

    def __init__(
        self, transport: StreamTransport, *, subject: Subject, delivery: Delivery, polling: Polling, pace: Pace
    ) -> None:
        self.name = transport.name
        self.proven: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport = transport
        self._subject = subject
        self._delivery = delivery
        self._life = delivery.life
        self._polling = polling
        self._pace = pace
        self._clock = asyncio.get_running_loop().time
        self._began = self._last_ping = self._clock()
        self._heartbeat = pace.heartbeat
        self._hello_at = self._began
        self._hello = asyncio.Event()
        self._pinged = asyncio.Event()
        #: Whether it waits for the reader of the watch, or for the log: what it does not read then is not late.
        self._busy = self._was_busy = False
        self.task = asyncio.create_task(self._run(), name=f"line-{self.name}")

    @property
    def cut_reason(self) -> str:
        """What to say of the way here when this was cut once too often."""
        return _CUT[self.name]

    async def close(self) -> None:
        """End it, whatever it is at."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        self.proven.cancel()

    async def _run(self) -> None:
        """Never returns; raises `TransportFailed` where nothing comes through, `StreamBroken` where it broke.

        Raises `RequestRefused` too, and `Outdated` where the log began anew and another line noticed first.
        """
        await _first_of(self._read(), self._judge())

    async def _read(self) -> None:
        query = StreamQuery(self._subject, self._delivery.position.since, self._pace.heartbeat)
        async with self._transport.open(query) as stream:
            while True:
                try:
                    message = read_message(await stream.receive())
                except MalformedMessage as error:
                    logger.warning("Passed over a message: %s", error, extra={"action": "message_malformed"})
                    continue
                await self._take(message, stream)

    async def _take(self, message: Message, stream: Stream) -> None:
        if message.cursor is not None:
            if self._subject.owns(message):
                await self._busily(self._delivery.hand(message, self._life))
            return
        match message.type:
            case "hello":
                self._hello_at = self._last_ping = self._clock()
                # A server may have its own idea of how often.
                self._heartbeat = float(message.payload.get("heartbeat_seconds") or self._heartbeat)
                self._hello.set()
            case "ping":
                self._take_ping()
                await stream.reply(_PONG.format(timestamp=timestamp_now()))
                if cursor := _cursor(message, "cursor"):
                    self._delivery.advance(cursor, self._life)
            case "gap":
                await self._busily(self._refill(_cursor(message, "to")))
            case "reset":
                self._life = await self._delivery.begin_anew(message, self._life)
                await self._busily(self._refill(_cursor(message, "cursor")))
            case "error":
                logger.warning("The server says: %s", json.dumps(message.payload), extra={"action": "stream_error"})

    def _take_ping(self) -> None:
        apart, self._last_ping = self._clock() - self._last_ping, self._clock()
        was_busy, self._was_busy = self._was_busy, False
        if self._pinged.is_set() and not was_busy and apart < self._heartbeat * _LUMP:
            # The server sends them apart: whoever gets them together gets everything late.
            raise TransportFailed(_MUTE[self.name], doubtful=True)
        self._pinged.set()

    async def _refill(self, to: Cursor | None) -> None:
        if to is None:
            raise StreamBroken("the server left something out and did not say what")
        try:
            await self._polling.refill(to)
        except PollFailed as error:
            raise StreamBroken(f"what was left out could not be read: {error}", planned=True) from error

    async def _busily(self, work: Awaitable[None]) -> None:
        self._busy = True
        began = self._clock()
        try:
            await work
        finally:
            self._busy = False
            if self._clock() - began >= _BUSY_SECONDS:
                # What came meanwhile is read in one go, and not because anybody held it back.
                self._was_busy = True

    async def _judge(self) -> None:
        pace = self._pace
        await self._expect(self._hello, pace.hello)
        await self._expect(self._pinged, pace.ping)
        held_back = self._hello_at - self._began >= pace.early and self._last_ping - self._hello_at < pace.apart
        if held_back:
            raise TransportFailed(_MUTE[self.name], doubtful=True)
        self.proven.set_result(None)
        await self._watch_over()

    async def _expect(self, event: asyncio.Event, seconds: float) -> None:
        """Wait for something until so long after the beginning; raises `TransportFailed` when it does not come."""
        left = self._began + seconds - self._clock()
        while not event.is_set():
            try:
                await asyncio.wait_for(event.wait(), left)
            except TimeoutError:
                if not self._busy:
                    raise TransportFailed(_MUTE[self.name]) from None
                left = _BUSY_SECONDS

    async def _watch_over(self) -> None:
        """However open it looks: when pings are late, the tail says whether something should have come."""
        pace = self._pace
        due = self._last_ping + 1.5 * self._heartbeat
        while True:
            await asyncio.sleep(max(_BUSY_SECONDS, due - self._clock()))
            due = self._last_ping + 1.5 * self._heartbeat
            if self._busy or self._clock() < due:
                continue
            if await self._is_behind():
                raise TransportFailed(_MUTE[self.name])
            if self._clock() - self._last_ping > pace.silence:
                raise StreamBroken(f"nothing came for {pace.silence:g} s")
            due = self._clock() + self._heartbeat / 2

    async def _is_behind(self) -> bool:
        """Whether the log has had something for a while that has not come."""
        try:
            epoch, seq = await self._polling.tail()
            tail = Cursor(epoch, seq)
        except (ClientError, ValueError) as error:
            logger.info("The tail is not known: %s", error, extra={"action": "tail_unknown"})
            return False
        position = self._delivery.position
        if position.has(tail):
            return False
        await asyncio.sleep(self._pace.behind)
        return not (self._busy or position.has(tail) or position.ended)


def _cursor(message: Message, name: str) -> Cursor | None:
    try:
        return Cursor.parse(str(message.payload.get(name)))
    except InvalidCursor:
        return None


async def _first_of(*works: Coroutine[Any, Any, None]) -> None:
    """Until one of them is over; the others are ended, and what ended the first is raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
