"""What a WebSocket client says, and what follows from it. No I/O: text in, actions out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pydantic_core
from pydantic import ValidationError

from app.errors import InvalidQuery
from app.realtime.close_codes import CloseCode
from app.realtime.message_types import (
    ErrorDetails,
    ErrorPayload,
    MessageType,
    PingPayload,
    PongPayload,
    RealtimeMessage,
    SubscribePayload,
    UnsubscribePayload,
    parse_message,
    timestamp_now,
)
from app.realtime.query import NAME, Since, parse_since

#: What a client may say.
SPOKEN_BY_CLIENTS: Final = frozenset(
    {MessageType.PING, MessageType.PONG, MessageType.SUBSCRIBE, MessageType.UNSUBSCRIBE}
)
#: Messages in a row that can't be understood, after which the client is not one of ours.
MAX_INVALID: Final = 10


@dataclass(frozen=True, slots=True)
class Say:
    """Answer with this message."""

    message: RealtimeMessage


@dataclass(frozen=True, slots=True)
class Subscribe:
    """The client wants one more job."""

    job_id: str
    since: Since


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """The client wants a job no more."""

    job_id: str


@dataclass(frozen=True, slots=True)
class Close:
    """The conversation is over."""

    code: CloseCode
    reason: str


Action = Say | Subscribe | Unsubscribe | Close


class _NotUnderstood(Exception):
    """What a client said makes no sense; `code` says why."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Session:
    """One client's side of the conversation."""

    def __init__(self) -> None:
        self._invalid = 0

    def receive(self, text: str | bytes) -> list[Action]:
        """What follows from one message; never raises, whatever was said."""
        try:
            actions = _understand(text)
        except _NotUnderstood as error:
            self._invalid += 1
            refusal: list[Action] = [Say(error_message(error.code, str(error)))]
            if self._invalid >= MAX_INVALID:
                refusal.append(Close(CloseCode.BAD_QUERY, "too many messages that are not understood"))
            return refusal
        self._invalid = 0
        return actions


def error_message(code: str, sentence: str) -> RealtimeMessage:
    """A connection's own error."""
    details = ErrorDetails(error_code=code, message=sentence)
    return RealtimeMessage(type=MessageType.ERROR, payload=ErrorPayload(error=sentence, details=details))


def _understand(text: str | bytes) -> list[Action]:
    payload = _parse(text).payload
    match payload:
        case SubscribePayload(job_id=job_id) if not NAME.fullmatch(job_id):
            raise _NotUnderstood("MSG_INVALID_FIELD", "job_id is not an id")
        case SubscribePayload():
            try:
                return [Subscribe(payload.job_id, parse_since(payload.since or "now"))]
            except InvalidQuery as error:
                raise _NotUnderstood("MSG_INVALID_FIELD", error.detail) from None
        case UnsubscribePayload():
            return [Unsubscribe(payload.job_id)]
        case PingPayload():
            pong = PongPayload(timestamp=timestamp_now())
            return [Say(RealtimeMessage(type=MessageType.PONG, payload=pong))]
    return []


def _parse(text: str | bytes) -> RealtimeMessage:
    try:
        data = pydantic_core.from_json(text)
    except ValueError:
        raise _NotUnderstood("MSG_INVALID_JSON", "the message is not JSON") from None
    if not isinstance(data, dict):
        raise _NotUnderstood("MSG_INVALID_JSON", "a message is a JSON object")
    if "type" not in data:
        raise _NotUnderstood("MSG_MISSING_FIELD", "the message has no type")
    if data["type"] not in sorted(SPOKEN_BY_CLIENTS):
        raise _NotUnderstood("MSG_UNKNOWN_TYPE", f"clients say {', '.join(sorted(SPOKEN_BY_CLIENTS))}")
    try:
        return parse_message(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        name = ".".join(str(part) for part in first["loc"]) or "payload"
        if first["type"] == "missing":
            raise _NotUnderstood("MSG_MISSING_FIELD", f"the payload has no {name}") from None
        raise _NotUnderstood("MSG_INVALID_FIELD", f"{name}: {first['msg']}") from None
