"""What is broken in an input: each place is said, and when too much of it is, the input is given up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from plugins.errors import TooDamaged

#: Told the index of the damaged frame, or of the next one where a part was lost, and a sentence.
OnDamage = Callable[[int, str], None]

#: So many damaged places of one input are named; one that is broken throughout need not say it more often.
REPORTS_AT_MOST: Final = 100
#: Fewer damaged frames than these never end a job, however short the input is.
DAMAGED_FRAMES_AT_LEAST: Final = 10

LEFT_OUT: Final = "The video is damaged here; what could not be decoded was left out."
PARTLY: Final = "This frame is damaged; it was taken as far as it could be decoded."
NO_MORE_NAMED: Final = "There are more damaged places after this one; they are not named."


class Damage:
    """The damage of one pass over an input. `announced` is how many frames it should have, where it says so."""

    def __init__(self, on_damage: OnDamage | None, *, max_percent: float, announced: int | None = None) -> None:
        self._on_damage = on_damage
        self._max_percent = max_percent
        self._announced = announced
        self._said = 0
        self._said_lost_before: int | None = None
        self._whole = 0
        #: Frames that were taken only in part, or not at all.
        self.damaged = 0

    def lost(self, index: int, message: str = LEFT_OUT) -> None:
        """What should have been frame `index` could not be decoded; a run of such is said once.

        Raises `TooDamaged` as soon as it is certain that too much is.
        """
        if self._said_lost_before != index:
            self._said_lost_before = index
            self.say(index, message)
        self._count()

    def frame(self, index: int, *, corrupt: bool) -> None:
        """Frame `index` was decoded, maybe not wholly; raises as `lost` does."""
        if corrupt:
            self.say(index, PARTLY)
            self._count()
        else:
            self._whole += 1

    def end(self) -> None:
        """That was all; raises `TooDamaged` if too much of it was damaged."""
        self._give_up_if_too_many_of(self._whole + self.damaged)

    def say(self, index: int, message: str) -> None:
        """Name a damaged place, unless enough of them are named."""
        if self._on_damage is None or self._said > REPORTS_AT_MOST:
            return
        self._said += 1
        self._on_damage(index, message if self._said <= REPORTS_AT_MOST else NO_MORE_NAMED)

    def _count(self) -> None:
        self.damaged += 1
        if self._announced is not None:
            # What is still to come may be whole. Without a count, only the end can tell.
            self._give_up_if_too_many_of(max(self._announced, self._whole + self.damaged))

    def _give_up_if_too_many_of(self, frames: int) -> None:
        if self.damaged >= DAMAGED_FRAMES_AT_LEAST and self.damaged * 100 > self._max_percent * frames:
            raise TooDamaged(
                f"{self.damaged} of {frames} frames are damaged or lost. Save or upload the input again, or another "
                "copy of it."
            )
