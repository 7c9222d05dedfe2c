"""Ids that sort by the time they were made: UUID version 7 (RFC 9562, section 5.7)."""

from __future__ import annotations

import secrets
import time
from uuid import UUID


def now_ms() -> int:
    """The present moment, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def new_id() -> str:
    """A new id; of two made in the same millisecond either may sort first."""
    return str(UUID(int=_prefix(now_ms()) | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)))


def first_id_at(milliseconds: int) -> str:
    """The lowest id that could have been made at that moment: turns a time into a range of ids."""
    return str(UUID(int=_prefix(milliseconds)))


def one_form(text: str) -> str:
    """An id as answers have it, however it was written; what is none stays as it is."""
    try:
        return str(UUID(text))
    except ValueError:
        return text


def is_id(text: str) -> bool:
    """Whether this is an id in the form that answers have."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def made_at_ms(identifier: str) -> int:
    """When an id was made, in milliseconds since 1970."""
    return UUID(identifier).int >> 80


def _prefix(milliseconds: int) -> int:
    return (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76
