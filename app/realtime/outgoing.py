"""A message on its way out: its text is made once, and each wire form of it once, for however many connections."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from app.realtime.events import LogEvent
from app.realtime.message_types import MessageType, RealtimeMessage


class WireForm(StrEnum):
    """How messages are bytes on a connection."""

    #: Each message a WebSocket frame.
    FRAMES = "frames"
    #: Events of a stream, in one chunk of an HTTP/1.1 response.
    CHUNKED_EVENTS = "chunked_events"
    #: Events of a stream, as they are.
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a transport needs to write a message. `id` is a cursor; only messages that move one have it."""

    type: MessageType
    text: str
    id: str | None = None
    _made: dict[bool, bytes] = field(default_factory=dict, compare=False, repr=False)

    def frame(self) -> bytes:
        """As a WebSocket frame of a server: final, text, not masked (RFC 6455, 5.2)."""
        made = self._made.get(True)
        if made is None:
            made = self._made[True] = _frame(self.text.encode())
        return made

    def event(self) -> bytes:
        """As an event of a stream: its id where it has one, its type, its text."""
        made = self._made.get(False)
        if made is None:
            place = "" if self.id is None else f"id: {self.id}\n"
            made = self._made[False] = f"{place}event: {self.type}\ndata: {self.text}\n\n".encode()
        return made


def from_log(event: LogEvent, epoch: str) -> Outgoing:
    """An event of the log."""
    return Outgoing(event.type, event.wire(epoch), f"{epoch}-{event.seq}")


def from_connection(message: RealtimeMessage, *, cursor: str | None = None) -> Outgoing:
    """A message of the connection's own; `cursor` where having it read means having everything up to there."""
    return Outgoing(message.type, message.to_json(), cursor)


def together(messages: Iterable[Outgoing], form: WireForm) -> bytes:
    """Messages as the bytes of one write."""
    if form is WireForm.FRAMES:
        return b"".join([message.frame() for message in messages])
    events = b"".join([message.event() for message in messages])
    return b"%x\r\n%b\r\n" % (len(events), events) if form is WireForm.CHUNKED_EVENTS else events


_FINAL_TEXT: Final = 0x81
_SHORT: Final = 125
_TWO_BYTES: Final = 0xFFFF


def _frame(payload: bytes) -> bytes:
    length = len(payload)
    if length <= _SHORT:
        head = struct.pack("!BB", _FINAL_TEXT, length)
    elif length <= _TWO_BYTES:
        head = struct.pack("!BBH", _FINAL_TEXT, _SHORT + 1, length)
    else:
        head = struct.pack("!BBQ", _FINAL_TEXT, _SHORT + 2, length)
    return head + payload
