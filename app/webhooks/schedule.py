"""When a webhook that could not be delivered is tried again."""

from __future__ import annotations

import random
from typing import Final

_MINUTE: Final = 60
_HOUR: Final = 3600
#: Seconds before each try but the first: eleven tries in about three days.
PAUSES_SECONDS: Final = (
    5,
    _MINUTE,
    5 * _MINUTE,
    30 * _MINUTE,
    2 * _HOUR,
    5 * _HOUR,
    10 * _HOUR,
    14 * _HOUR,
    20 * _HOUR,
    24 * _HOUR,
)
#: How much longer a pause may be, by chance: what failed together does not come back together.
JITTER: Final = 0.2
#: The longest that a receiver may ask for with `Retry-After`.
MOST_SECONDS: Final = 24 * _HOUR


def pause_ms(failures: int, *, asked_seconds: float | None = None, chance: float | None = None) -> int | None:
    """How long to wait after so many failed tries; None where it has been tried often enough.

    A receiver that has asked for a longer pause gets it, up to a day.
    """
    if failures > len(PAUSES_SECONDS):
        return None
    longer = 1 + JITTER * (random.random() if chance is None else chance)  # noqa: S311 - no secret
    pause = PAUSES_SECONDS[failures - 1] * longer
    if asked_seconds is not None:
        pause = max(pause, min(asked_seconds, MOST_SECONDS))
    return int(pause * 1000)
