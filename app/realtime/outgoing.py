"""A message on its way out: its text is made once, however many connections it goes to."""

from __future__ import annotations

from dataclasses import dataclass

from app.realtime.events import LogEvent
from app.realtime.message_types import MessageType, RealtimeMessage


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a transport needs to write a message. `id` is a cursor; only messages that move one have it."""

    type: MessageType
    text: str
    id: str | None = None


def from_log(event: LogEvent, epoch: str) -> Outgoing:
    """An event of the log."""
    return Outgoing(event.type, event.wire(epoch), f"{epoch}-{event.seq}")


def from_connection(message: RealtimeMessage, *, cursor: str | None = None) -> Outgoing:
    """A message of the connection's own; `cursor` where having it read means having everything up to there."""
    return Outgoing(message.type, message.to_json(), cursor)
