"""Query parameters and ids, read with an error that names the parameter and what is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from starlette.requests import Request

from app.errors import InvalidQuery, JobNotFound

E = TypeVar("E", bound=StrEnum)


def integer(request: Request[Any], name: str, *, default: int, low: int, high: int) -> int:
    """A whole number between `low` and `high`; raises `InvalidQuery`."""
    text = request.query_params.get(name)
    if text is None:
        return default
    try:
        value = int(text)
    except ValueError:
        raise InvalidQuery(f"{name}={text[:40]!r} is not a whole number", parameter=name) from None
    if not low <= value <= high:
        raise InvalidQuery(f"{name} must be between {low} and {high}", parameter=name)
    return value


def flag(request: Request[Any], name: str, *, default: bool) -> bool:
    """`true` or `false`; raises `InvalidQuery`."""
    return boolean(request.query_params.get(name), name, default=default)


def boolean(text: str | None, name: str, *, default: bool) -> bool:
    """The same for a form's field."""
    if text is None:
        return default
    if text.lower() in {"true", "1", "yes"}:
        return True
    if text.lower() in {"false", "0", "no"}:
        return False
    raise InvalidQuery(f"{name} must be true or false", parameter=name)


def choice(text: str | None, name: str, kind: type[E]) -> E | None:
    """One of an enumeration's values; raises `InvalidQuery`."""
    if text is None or text == "":
        return None
    try:
        return kind(text)
    except ValueError:
        allowed = ", ".join(item.value for item in kind)
        raise InvalidQuery(f"{name} must be one of {allowed}", parameter=name) from None


def moment_ms(request: Request[Any], name: str) -> int | None:
    """An RFC 3339 time as milliseconds since 1970; raises `InvalidQuery`."""
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        # In a query an unescaped plus arrives as a blank.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise InvalidQuery(f"{name}={text[:40]!r} is not an RFC 3339 time", parameter=name) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp() * 1000)


def rfc3339(milliseconds: int | None) -> str | None:
    """A stored time as answers carry it."""
    if milliseconds is None:
        return None
    text = datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def job_id_of(request: Request[Any]) -> str:
    """The job that the path names; what is no id at all names no job. Raises `JobNotFound`."""
    text = str(request.path_params["job_id"])
    try:
        return str(UUID(text))
    except ValueError:
        raise JobNotFound(f"There is no job {text[:64]}") from None
