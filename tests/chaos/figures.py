"""What a run came to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Figures:
    """What a run came to; `breaches` is empty where everything held."""

    back_end: str
    seed: int
    faults: int = 0
    jobs: int = 0
    again: int = 0
    messages: int = 0
    connections: int = 0
    gaps: int = 0
    #: Jobs that the product's own clients watched to their ends, and over what, each time that was found.
    watches: int = 0
    ways: Counter[str] = field(default_factory=Counter)
    #: Files that only the search for litter found.
    litter: int = 0
    standstill_seconds: float = 0.0
    latest_seconds: float = 0.0
    longest_job_seconds: float = 0.0
    minutes: float = 0.0
    ends: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    breaches: list[str] = field(default_factory=list)

    def row(self) -> str:
        """A row of the table in `docs/chaos.md`."""
        return (
            f"| {self.back_end} | {self.faults} | {self.jobs} | {self.again} | {self.messages:,} "
            f"| {self.connections:,} | {self.watches:,} | {self.standstill_seconds:.1f} s "
            f"| {self.longest_job_seconds:.0f} s | {len(self.breaches)} |"
        )
