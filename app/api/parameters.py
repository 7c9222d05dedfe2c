"""Query parameters and ids, read with an error that names the parameter and what is wrong with it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar
from uuid import UUID

from starlette.requests import Request

from app.errors import BatchNotFound, InvalidQuery, JobNotFound

E = TypeVar("E", bound=StrEnum)

MAX_TEXT_CHARACTERS: Final = 255
#: How a yes and a no may be written.
TRUTHS: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
#: A blank before an offset: an unescaped plus arrives as one.
_BLANK_OFFSET: Final = re.compile(r" (\d\d:\d\d)$")


def invalid(name: str, message: str) -> InvalidQuery:
    """The error that names a parameter and what is wrong with it."""
    return InvalidQuery(f"{name} {message}", parameter=name)


def text(request: Request[Any], name: str) -> str | None:
    """A text of sane length; None where it is missing or empty. Raises `InvalidQuery`."""
    value = request.query_params.get(name) or None
    # PostgreSQL's texts have no NUL.
    if value is not None and (len(value) > MAX_TEXT_CHARACTERS or "\0" in value):
        raise invalid(name, f"must be a text of at most {MAX_TEXT_CHARACTERS} characters")
    return value


def integer(request: Request[Any], name: str, *, default: int, low: int, high: int) -> int:
    """A whole number between `low` and `high`; raises `InvalidQuery`."""
    given = request.query_params.get(name)
    if given is None:
        return default
    try:
        value = int(given)
    except ValueError:
        raise invalid(name, "must be a whole number") from None
    if not low <= value <= high:
        raise invalid(name, f"must be between {low} and {high}")
    return value


def number(request: Request[Any], name: str, *, default: float, low: float, high: float) -> float:
    """A number between `low` and `high`; raises `InvalidQuery`."""
    given = request.query_params.get(name)
    if given is None:
        return default
    try:
        value = float(given)
    except ValueError:
        raise invalid(name, "must be a number") from None
    # Not one of the comparisons holds for what is not a number.
    if not low <= value <= high:
        raise invalid(name, f"must be between {low:g} and {high:g}")
    return value


def flag(request: Request[Any], name: str, *, default: bool) -> bool:
    """`true` or `false`; raises `InvalidQuery`."""
    given = request.query_params.get(name)
    if given is None:
        return default
    if given.lower() not in TRUTHS:
        raise invalid(name, "must be true or false")
    return TRUTHS[given.lower()]


def choice(request: Request[Any], name: str, kind: type[E]) -> E | None:
    """One of an enumeration's values; None where it is missing or empty. Raises `InvalidQuery`."""
    given = request.query_params.get(name)
    if not given:
        return None
    try:
        return kind(given)
    except ValueError:
        allowed = ", ".join(item.value for item in kind)
        raise invalid(name, f"must be one of {allowed}") from None


def moment_ms(request: Request[Any], name: str) -> int | None:
    """An RFC 3339 time as milliseconds since 1970; raises `InvalidQuery`."""
    given = request.query_params.get(name)
    if not given:
        return None
    try:
        moment = datetime.fromisoformat(_BLANK_OFFSET.sub(r"+\1", given))
    except ValueError:
        raise invalid(name, "must be an RFC 3339 time, such as 2026-01-31T12:00:00Z") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    # Nothing is older than the ids' own beginning.
    return max(0, int(moment.timestamp() * 1000))


def rfc3339(milliseconds: int | None) -> str | None:
    """A stored time as answers carry it."""
    if milliseconds is None:
        return None
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def page_key(request: Request[Any], name: str) -> str | None:
    """The id that a page's `next_after` was; raises `InvalidQuery`."""
    key = text(request, name)
    try:
        return None if key is None else str(UUID(key))
    except ValueError:
        raise invalid(name, "is the next_after of the page before") from None


def batch_id_of(request: Request[Any]) -> str:
    """The batch that the path names; what is no id at all names none. Raises `BatchNotFound`."""
    given = str(request.path_params["batch_id"])
    try:
        return str(UUID(given))
    except ValueError:
        raise BatchNotFound(f"There is no batch {given[:64]}") from None


def job_id_of(request: Request[Any]) -> str:
    """The job that the path names; what is no id at all names no job. Raises `JobNotFound`."""
    given = str(request.path_params["job_id"])
    try:
        return str(UUID(given))
    except ValueError:
        raise JobNotFound(f"There is no job {given[:64]}") from None
