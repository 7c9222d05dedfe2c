"""Progress, measured: never faked, never back, and not told more often than anybody can read."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

#: Seconds between two tells when the whole percent has not changed.
INTERVAL_SECONDS: Final = 0.5
#: Seconds between two tells however fast the percent changes: ten a second look smooth.
SHORTEST_SECONDS: Final = 0.1
#: Time left is told once this many frames have shown the rate.
FRAMES_BEFORE_ETA: Final = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """One thing to tell."""

    percent: int
    frames_done: int
    frames_total: int | None
    eta_seconds: float | None


class ProgressMeter:
    """Turns frames and the position in the input into what is worth telling."""

    def __init__(self, frames_total: int | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._total = frames_total
        self._clock = clock
        self._started = clock()
        self._told_at = self._started
        self._told_percent = 0
        self._frames = 0
        self._untold: Progress | None = None

    def frame_done(self, position: float | None) -> Progress | None:
        """Count a frame; what to tell of it, or None. `position` is 0 to 1, where no total is known."""
        self._frames += 1
        fraction = self._frames / self._total if self._total else position
        # 100 is the end's to say: a file's own count of its frames may be too low.
        percent = max(self._told_percent, min(99, int(100 * fraction)) if fraction is not None else 0)
        now = self._clock()
        due = SHORTEST_SECONDS if percent > self._told_percent else INTERVAL_SECONDS
        if now - self._told_at < due:
            self._untold = Progress(percent, self._frames, self._total, None)
            return None
        self._untold = None
        self._told_at, self._told_percent = now, percent
        return Progress(percent, self._frames, self._total, self._eta(fraction, now))

    def untold(self) -> Progress | None:
        """Where the run stands, if that was left out because something was told just before."""
        return self._untold

    def _eta(self, fraction: float | None, now: float) -> float | None:
        if not fraction or self._frames < FRAMES_BEFORE_ETA:
            return None
        return round(max(0.0, (now - self._started) * (1 - fraction) / fraction), 1)
