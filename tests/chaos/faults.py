"""The schedule of a run: which part is hit, when and how. The same seed gives the same schedule."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

#: Pauses between two faults, and how long a stopped part stands still, in seconds.
PAUSE_SECONDS: Final = (0.3, 5.0)
STOP_SECONDS: Final = (0.5, 8.0)
#: How often a fault comes only after something was done again since the one before; the others come in bursts.
CALM_SHARE: Final = 0.6
#: How long a server that was killed or ended stays away.
AWAY_SECONDS: Final = (0.0, 3.0)


class Part(StrEnum):
    """What is hit."""

    WEB = "web"
    CHILD = "child"
    WORKER = "worker"
    SCRIBE = "scribe"
    BROKER = "broker"
    DATABASE = "database"
    #: Every connection through one of the proxies that clients watch through, and that proxy itself.
    CONNECTION = "connection"
    PROXY = "proxy"


class Kind(StrEnum):
    """How it is hit."""

    KILLED = "killed"
    STOPPED = "stopped"
    RESTARTED = "restarted"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; `pick` says which of several parts of a kind, `seconds` how long it stands still or is away.

    `calm` has it wait until a message was told since the fault before.
    """

    number: int
    pause: float
    part: Part
    kind: Kind
    pick: float
    seconds: float
    calm: bool

    def __str__(self) -> str:
        return f"{self.number:4}  +{self.pause:.2f} s  {self.part} {self.kind} ({self.pick:.2f}, {self.seconds:.2f} s)"


def schedule(seed: int, count: int) -> list[Fault]:
    """The faults of a run; a longer schedule of the same seed begins with the shorter one."""
    chance = random.Random(seed)  # noqa: S311 - it must be the same every time
    faults = []
    for number in range(1, count + 1):
        kind = chance.choice(list(Kind))
        faults.append(
            Fault(
                number=number,
                pause=chance.uniform(*PAUSE_SECONDS),
                part=chance.choice(list(Part)),
                kind=kind,
                pick=chance.random(),
                seconds=chance.uniform(*(STOP_SECONDS if kind is Kind.STOPPED else AWAY_SECONDS)),
                calm=chance.random() < CALM_SHARE,
            )
        )
    return faults
