"""A cursor: one position in the log, the same on every transport and every web node."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Final

#: "<epoch>-<seq>": the epoch has no hyphen, the seq fits a signed 64-bit column.
_CURSOR: Final = re.compile(r"([0-9a-z]{1,32})-(\d{1,18})")


class InvalidCursor(ValueError):
    """The text is not a cursor of the form `<epoch>-<seq>`."""


@dataclass(frozen=True, slots=True, order=False)
class Cursor:
    """Everything up to and including `seq`, in that life of the log."""

    epoch: str
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.seq}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read a cursor; raises `InvalidCursor`."""
        match = _CURSOR.fullmatch(text.strip())
        if match is None:
            raise InvalidCursor(f"{text[:64]!r} is not a cursor")
        return cls(match[1], int(match[2]))


def new_epoch() -> str:
    """A name for a new life of the log; never one that was used before (64 random bits)."""
    return secrets.token_hex(8)
