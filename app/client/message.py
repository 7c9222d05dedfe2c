"""A message as a client receives it: the text of the wire, and what it says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from app.realtime.cursor import Cursor, InvalidCursor

TERMINAL_STATUSES = frozenset({"done", "error", "cancelled"})
#: A batch's progress once all of it has ended, and never before that.
ALL = 100


class MalformedMessage(ValueError):
    """The text is not a message."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message; a type that this version does not know is a message too."""

    #: Exactly as on the wire.
    text: str
    type: str
    payload: dict[str, Any]
    timestamp: str
    #: Its place in the log; None on what the connection itself says.
    cursor: Cursor | None = None
    job_id: str | None = None
    attempt: int | None = None

    @property
    def ends_job(self) -> bool:
        """Whether this is the last message of its job."""
        return self.type == "job_status" and self.payload.get("status") in TERMINAL_STATUSES

    @property
    def ends_batch(self) -> bool:
        """Whether all items of its batch have ended, as it says."""
        return self.type == "batch_status" and self.payload.get("progress") == ALL


def read_message(text: str) -> Message:
    """Read a text of the wire; raises `MalformedMessage`."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise MalformedMessage(f"not a message: {error!r}") from None
    return message_of(data, text)


def message_of(data: Any, text: str) -> Message:
    """The message that a text was read to; raises `MalformedMessage`."""
    try:
        payload = data["payload"]
        if not isinstance(payload, dict):
            raise MalformedMessage("the payload is not an object")
        place = data.get("id")
        return Message(
            text=text,
            type=str(data["type"]),
            payload=payload,
            timestamp=str(data.get("timestamp", "")),
            cursor=None if place is None else Cursor.parse(place),
            job_id=data.get("job_id"),
            attempt=data.get("attempt"),
        )
    except (AttributeError, KeyError, TypeError, InvalidCursor) as error:
        raise MalformedMessage(f"not a message: {error!r}") from None
