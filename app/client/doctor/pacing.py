"""How what was sent at a known pace arrives: at once, in lumps, or at the end. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from app.client.doctor.listening import Heard

#: What comes within so many seconds came together.
_TOGETHER: Final = 0.05
#: Nobody notices less; a busy machine causes as much.
_NOT_LATE: Final = 0.45
#: As many groups as this share of the events: they came one by one, but for a moment or two.
_ONE_BY_ONE: Final = 0.6
#: What comes in such a share of the time in which it was sent came at the end.
_HANDED_OVER: Final = 0.3
_KB: Final = 1024


class Passing(StrEnum):
    """What becomes of a stream on the way."""

    AT_ONCE = "at once"
    IN_LUMPS = "in lumps"
    AT_THE_END = "at the end"
    #: It was cut, refused or never came.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Pacing:
    """How a stream came."""

    passing: Passing
    #: The latest event, in seconds after it could have been there.
    late_seconds: float = 0.0
    #: The least that came at a time, which is about what is gathered where it is held; 0 where that can't be told.
    lump_bytes: int = 0
    #: What compressed it on the way.
    compressed: str = ""

    @property
    def held(self) -> bool:
        """It was kept back."""
        return self.passing in {Passing.IN_LUMPS, Passing.AT_THE_END}


def pacing_of(heard: Heard) -> Pacing:
    """Judge a stream whose events say when they were sent."""
    compressed = heard.headers.get("content-encoding", "")
    moments = [(at, float(event.get("sent_ms", 0)) / 1000) for at, event in heard.events_at]
    if len(moments) < 3:
        return Pacing(Passing.UNKNOWN, compressed=compressed)
    # The clocks differ by what nobody knows: the quickest event counts as not late at all.
    quickest = min(at - sent for at, sent in moments)
    late = max(at - sent - quickest for at, sent in moments)
    groups = _groups([at for at, _ in moments])
    if late <= _NOT_LATE or groups >= _ONE_BY_ONE * len(moments):
        return Pacing(Passing.AT_ONCE, late, lump_bytes=_lump(heard), compressed=compressed)
    first, last = moments[0], moments[-1]
    # What was held to the end may take a moment to be handed over.
    at_the_end = groups == 1 or last[0] - first[0] < _HANDED_OVER * (last[1] - first[1])
    passing = Passing.AT_THE_END if at_the_end else Passing.IN_LUMPS
    return Pacing(passing, late, lump_bytes=_lump(heard), compressed=compressed)


def _groups(times: list[float]) -> int:
    return 1 + sum(later - earlier > _TOGETHER for earlier, later in pairwise(times))


def _lump(heard: Heard) -> int:
    """About how many bytes come together, to the kilobyte; 0 where all of them did."""
    sizes: list[int] = []
    last_at, before = float("-inf"), 0
    for at, total in heard.bytes_at:
        if at - last_at > _TOGETHER:
            sizes.append(0)
        sizes[-1] += total - before
        last_at, before = at, total
    # What the end brings is what was left; two may come together, and less than one never does.
    return max(1, round(min(sizes[:-1]) / _KB)) * _KB if len(sizes) > 1 else 0
