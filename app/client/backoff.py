"""Pauses between attempts to reach a server again: each twice as long, with jitter, until there are none left."""

from __future__ import annotations

import random
from typing import Final

#: The longest each pause may be, in seconds. After the last one an attempt is made, and then no other.
PAUSES_SECONDS: Final = (1.0, 2.0, 4.0, 8.0, 16.0)
#: Many clients lose their server at the same moment; what is random keeps them from coming back at the same one.
_JITTER: Final = random.SystemRandom()


class Backoff:
    """Counts attempts since something last went well."""

    def __init__(self, pauses_seconds: tuple[float, ...] = PAUSES_SECONDS) -> None:
        self._pauses = pauses_seconds
        self._attempts = 0

    def next_pause(self) -> float | None:
        """How long to wait before the next attempt, in seconds; None when there is to be none."""
        if self._attempts == len(self._pauses):
            return None
        longest = self._pauses[self._attempts]
        self._attempts += 1
        return longest * _JITTER.uniform(0.5, 1.0)

    def reset(self) -> None:
        """Something went well: begin with the shortest pause again."""
        self._attempts = 0
