"""Which transport to try next: the best that has not failed lately. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.client.way import Transport


class Ladder:
    """The rungs of one watch, best first, and which of them are left alone for now. Long polls are below them all."""

    def __init__(self, rungs: Sequence[Transport], *, rest: float, clock: Callable[[], float]) -> None:
        self._rungs: list[Transport] = [rung for rung in rungs if rung is not Transport.POLL]
        self._rest = rest
        self._clock = clock
        self._until: dict[Transport, float] = {}
        #: What failed since something worked last: it waits for what is below it, even where that takes longer than
        #: its rest. Otherwise the upper rungs would take turns on a slow machine, and the last would never be tried.
        self._passed: set[Transport] = set()
        self._doubted: dict[Transport, float] = {}
        self._reasons: dict[Transport, str] = {}

    def next(self, above: Transport | None = None) -> Transport | None:
        """The best one to try that is better than what there is; None when there is none at the moment."""
        now = self._clock()
        passed = self._passed if above is None else ()
        return next((r for r in self._better(above) if r not in passed and self._until.get(r, now) <= now), None)

    def seconds_to_next(self, above: Transport | None = None) -> float | None:
        """When there is one again, in seconds; None where there is nothing better at all."""
        until = [self._until.get(rung, 0.0) for rung in self._better(above)]
        return max(0.0, min(until) - self._clock()) if until else None

    def begin_at(self, transport: Transport, *, rest: float, reason: str) -> None:
        """This one worked a while ago: what is better is not tried before then."""
        for rung in self._better(transport if transport in self._rungs else None):
            self._until[rung] = self._clock() + rest
        if reason and self._rungs:
            self._reasons[self._rungs[0]] = reason

    def failed(self, rung: Transport, reason: str) -> None:
        """It does not work here: leave it alone for a while."""
        self._until[rung] = self._clock() + self._rest
        self._passed.add(rung)
        self._doubted.pop(rung, None)
        self._reasons[rung] = reason

    def may_have_failed(self, rung: Transport, reason: str) -> bool:
        """It was cut, or seemed to be held back, which may happen to what works, but not twice in a short time.

        Whether it was the second time.
        """
        now, last = self._clock(), self._doubted.get(rung)
        self._doubted[rung] = now
        if last is None or now - last > self._rest:
            return False
        self.failed(rung, reason)
        return True

    def works(self, rung: Transport) -> None:
        """It does: nothing of what was held against it counts any more, but that it was cut before."""
        self._until.pop(rung, None)
        self._passed.clear()
        self._reasons.pop(rung, None)

    def rest(self) -> None:
        """Below the last rung: each is free again after its own rest."""
        self._passed.clear()

    def forgive(self) -> None:
        """Try everything again."""
        self.rest()
        self._until.clear()

    def reason(self, transport: Transport) -> str:
        """Why it is this one and none that is better, in words."""
        above = self._better(transport if transport in self._rungs else None)
        return "; ".join(dict.fromkeys(self._reasons[rung] for rung in above if rung in self._reasons))

    def _better(self, than: Transport | None) -> list[Transport]:
        return self._rungs if than is None else self._rungs[: self._rungs.index(than)]
