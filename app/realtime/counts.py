"""What one web process counts of its streams, in plain numbers: `/metrics` shows them. No I/O and no library."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Final

#: Upper bounds of the buckets of a message's delay, in seconds. A message that the bus lost is a second late.
DELAY_BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Buckets:
    """How many of what was measured were at most how large; what is beyond the last bound is counted too."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.sum = 0.0
        self._counts = [0] * (len(bounds) + 1)

    def add(self, value: float, times: int = 1) -> None:
        """Count one measurement, or several that came to the same."""
        self._counts[bisect_left(self.bounds, value)] += times
        self.sum += value * times

    def cumulative(self) -> list[tuple[str, float]]:
        """Each bound, as text, with how many were at most that; `+Inf` is last."""
        rows: list[tuple[str, float]] = []
        total = 0
        for bound, count in zip([*map(str, self.bounds), "+Inf"], self._counts, strict=True):
            total += count
            rows.append((bound, float(total)))
        return rows


class StreamCounts:
    """The hub's and the relay's counts since the process started. All belongs to the event loop's thread."""

    def __init__(self) -> None:
        self.opened: Counter[str] = Counter()
        #: Connections that went on from a cursor, by transport.
        self.resumed: Counter[str] = Counter()
        #: Cursors that could not be continued, by reason.
        self.resets: Counter[str] = Counter()
        #: By close code.
        self.closed: Counter[int] = Counter()
        self.refused = 0
        #: Events handed to connections: as they came over the bus, or read from the log in its place.
        self.delivered: Counter[str] = Counter()
        #: Reads of the log in the bus's place: a hole in what it brought, what it did not bring, what was too large.
        self.log_reads: Counter[str] = Counter()
        #: From an event's own time to its being handed to the connections.
        self.delay = Buckets(DELAY_BOUNDS)

    def handed_out(self, source: str, timestamps: Iterable[str]) -> None:
        """Events of these times were handed to the connections just now."""
        now = time.time()
        for timestamp in timestamps:
            self.delivered[source] += 1
            # Two machines' clocks may differ by more than the way takes.
            self.delay.add(max(0.0, now - datetime.fromisoformat(timestamp).timestamp()))
