"""How often a tool has warned, and what of it is told: a warning at every frame would bury the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

#: A warning of one code is told this often a tool; what follows is counted, and said once at the end.
TELL_A_CODE: Final = 10
#: Warnings without a code are told this often a tool, together.
TELL_WITHOUT_CODE: Final = 100
#: So many codes are counted apart; a tool that makes up more has them counted with those without a code.
CODES_AT_MOST: Final = 20


class WarningCounts:
    """The warnings of one tool in one run, by code."""

    def __init__(self) -> None:
        self.total = 0
        self._counts: dict[str | None, int] = {}

    def count(self, code: str | None) -> bool:
        """Count one more; whether it is to be told."""
        self.total += 1
        kept = code if code in self._counts or len(self._counts) < CODES_AT_MOST else None
        self._counts[kept] = self._counts.get(kept, 0) + 1
        return self._counts[kept] <= _told(kept)

    def summaries(self) -> Iterator[tuple[str | None, str]]:
        """A code and a sentence for each kind of warning that was told only in part."""
        for code, count in self._counts.items():
            if count > _told(code):
                kind = "other warnings" if code is None else f"warnings {code}"
                yield code, f"There were {count} {kind} in all; only the first {_told(code)} of them are listed."


def _told(code: str | None) -> int:
    return TELL_WITHOUT_CODE if code is None else TELL_A_CODE
