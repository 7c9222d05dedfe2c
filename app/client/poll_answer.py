"""The answer of a long poll: where to ask on, and the messages as texts of the wire, to the letter."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from app.client.message import MalformedMessage, Message, message_of
from app.realtime.cursor import Cursor, InvalidCursor

_DECODER: Final = json.JSONDecoder()
_SPACE: Final = re.compile(r"[\s,:]*")


@dataclass(frozen=True, slots=True)
class PollAnswer:
    """What one poll brought."""

    cursor: Cursor
    messages: list[Message]


def read_answer(text: str) -> PollAnswer:
    """Read the body of an answer; raises `MalformedMessage` where it is something else."""
    try:
        if not text.lstrip().startswith("{"):
            raise MalformedMessage("the answer is not an object")
        at = _after_space(text, text.index("{") + 1)
        cursor: Cursor | None = None
        messages: list[Message] = []
        while text[at] != "}":
            name, at = _DECODER.raw_decode(text, at)
            at = _after_space(text, at)
            if name == "messages":
                messages, at = _read_messages(text, at)
            else:
                value, at = _DECODER.raw_decode(text, at)
                if name == "cursor":
                    cursor = Cursor.parse(value)
            at = _after_space(text, at)
    except (AttributeError, IndexError, InvalidCursor, TypeError, ValueError) as error:
        raise MalformedMessage(f"not the answer of a poll: {error!r}") from None
    if cursor is None:
        raise MalformedMessage("the answer has no cursor")
    return PollAnswer(cursor, messages)


def _read_messages(text: str, at: int) -> tuple[list[Message], int]:
    """The elements of the array that begins here, and where it has ended."""
    if text[at] != "[":
        raise MalformedMessage("the messages are not a list")
    messages = []
    at = _after_space(text, at + 1)
    while text[at] != "]":
        data: Any
        data, end = _DECODER.raw_decode(text, at)
        messages.append(message_of(data, text[at:end]))
        at = _after_space(text, end)
    return messages, at + 1


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
