"""What a client asks for when it connects: the same query on every transport."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol
from uuid import uuid4

from app.errors import InvalidQuery
from app.realtime.cursor import Cursor, InvalidCursor
from app.realtime.events import Filter
from app.realtime.message_types import LOGGED, MessageType

Since = Cursor | Literal["start", "now"]

HEARTBEAT_SECONDS: Final = (5.0, 60.0)
#: Below the minute after which load balancers cut what is silent.
MAX_WAIT_SECONDS: Final = 55.0
#: The longest comment that may follow a write, in bytes.
MAX_PAD_BYTES: Final = 65_536
#: Where clients put what a browser sends as the header `Last-Event-ID`, since proxies strip headers they don't know.
LAST_EVENT_ID: Final = ("lastEventId", "last_event_id", "last-event-id", "Last-Event-ID")
#: Jobs and batches one connection may name.
MAX_NAMED: Final = 200

#: An id of a job, a batch or a session; it is checked before it comes near a database.
NAME: Final = re.compile(r"[A-Za-z0-9._~-]{1,64}")


class Parameters(Protocol):
    """Query parameters, each of which may come more than once."""

    def get(self, key: str, /) -> str | None:
        """The last value, or None."""

    def getlist(self, key: str, /) -> list[str]:
        """All values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RealtimeQuery:
    """One client's wish. `heartbeat` and `wait` are seconds; `wait` is for the long poll, `pad` for event streams.

    After each write follow `pad` bytes that mean nothing, so that what gathers bytes on the way lets go of it.
    """

    session_id: str
    wanted: Filter
    since: Since
    heartbeat: float
    probe: bool
    wait: float
    pad: int = 0


class BodyParameters:
    """The same parameters as a JSON object, where an address would be too long or a `GET` is held back.

    A value is text, a number, a boolean, or a list of those; raises `InvalidQuery` for any other.
    """

    def __init__(self, body: Mapping[str, Any]) -> None:
        self._values = {name: _texts(name, value) for name, value in body.items() if value is not None}

    def get(self, key: str, /) -> str | None:
        """See `Parameters.get`."""
        values = self._values.get(key)
        return values[-1] if values else None

    def getlist(self, key: str, /) -> list[str]:
        """See `Parameters.getlist`."""
        return self._values.get(key, [])


def parse_query(
    parameters: Parameters, *, last_event_id: str | None = None, default_heartbeat: float = 30
) -> RealtimeQuery:
    """Read the query; `last_event_id` is that header and wins over `since`. Raises `InvalidQuery`."""
    session_id = parameters.get("session_id")
    if session_id is None:
        session_id = uuid4().hex
    elif not NAME.fullmatch(session_id):
        raise InvalidQuery("session_id must be 1 to 64 letters, digits or any of . _ ~ -", parameter="session_id")
    return RealtimeQuery(
        session_id=session_id,
        wanted=Filter(
            job_ids=_names(parameters, "job_id"),
            batch_ids=_names(parameters, "batch_id"),
            types=_types(parameters),
        ),
        since=parse_since(last_event_id or _last_event_id(parameters) or parameters.get("since") or "now"),
        heartbeat=_number(parameters, "heartbeat", default_heartbeat, *HEARTBEAT_SECONDS),
        probe=_flag(parameters, "probe"),
        wait=_number(parameters, "wait", 0, 0, MAX_WAIT_SECONDS),
        pad=_pad(parameters),
    )


def parse_since(text: str) -> Since:
    """A cursor, `start` or `now`; raises `InvalidQuery`."""
    match text:
        case "start" | "now":
            return text
        case _:
            try:
                return Cursor.parse(text)
            except InvalidCursor:
                raise InvalidQuery("since must be a cursor, start or now", parameter="since") from None


def _last_event_id(parameters: Parameters) -> str | None:
    return next((value for name in LAST_EVENT_ID if (value := parameters.get(name))), None)


def _texts(name: str, value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str | int | float) for item in values):
        raise InvalidQuery(f"{name} must be text, a number, true, false or a list of those", parameter=name)
    # `True` is written as JSON does, which is how a query's flags are spelled.
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in values]


def _pad(parameters: Parameters) -> int:
    text = parameters.get("pad") or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MAX_PAD_BYTES))) or int(text) > MAX_PAD_BYTES:
        raise InvalidQuery(f"pad must be a number of bytes from 0 to {MAX_PAD_BYTES}", parameter="pad")
    return int(text)


def _names(parameters: Parameters, name: str) -> frozenset[str] | None:
    values = frozenset(value for value in parameters.getlist(name) if value)
    if any(not NAME.fullmatch(value) for value in values):
        raise InvalidQuery(f"{name} is not an id", parameter=name)
    if len(values) > MAX_NAMED:
        raise InvalidQuery(f"a connection names at most {MAX_NAMED} of {name}", parameter=name)
    return values or None


def _types(parameters: Parameters) -> frozenset[MessageType] | None:
    names = {name.strip() for value in parameters.getlist("types") for name in value.split(",")} - {""}
    unknown = sorted(names - LOGGED)
    if unknown:
        raise InvalidQuery(f"types has {unknown[0][:40]!r}; there are {', '.join(sorted(LOGGED))}", parameter="types")
    return frozenset(MessageType(name) for name in names) or None


def _number(parameters: Parameters, name: str, default: float, low: float, high: float) -> float:
    text = parameters.get(name)
    if text is None or text == "":
        return default
    try:
        value = float(text)
    except ValueError:
        raise InvalidQuery(f"{name} must be a number of seconds", parameter=name) from None
    if not low <= value <= high:
        raise InvalidQuery(f"{name} must be between {low:g} and {high:g} seconds", parameter=name)
    return value


def _flag(parameters: Parameters, name: str) -> bool:
    text = (parameters.get(name) or "").lower()
    if text in {"", "0", "false", "no"}:
        return False
    if text in {"1", "true", "yes"}:
        return True
    raise InvalidQuery(f"{name} must be true or false", parameter=name)
