"""Which items' addresses are asked at a time, so that no host and no batch keeps others from their turn. Without I/O.

A host that gave no answer several times in a row is left alone for a moment: what is to be had from it says so at
once, rather than each after a wait of its own. Then one request finds out whether it is back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from app.batches.store import WaitingItem
from app.errors import UrlInvalid
from app.outbound.guard import read_url

#: Items at a time: in all, of one batch, and from one host.
MAX_FAR: Final = 32
MAX_A_BATCH: Final = 8
MAX_A_HOST: Final = 6
#: Requests in a row that a host does not answer, and how long it is then left alone.
PATIENCE: Final = 10
AWAY_SECONDS: Final = 10.0
#: Times that one item's turn may end by an error that nobody foresaw; then the item ends too.
MAX_BREAKS: Final = 3
#: Hosts and broken items that are remembered; beyond it the one that has been longest is forgotten.
MAX_HOSTS: Final = 1000

URL: Final = "url"


class FarItems:
    """What is under way, and which hosts give no answer."""

    def __init__(self) -> None:
        #: By batch and number: the host.
        self._under_way: dict[tuple[str, int], str] = {}
        self._failures: dict[str, int] = {}
        self._away_until: dict[str, float] = {}
        #: By batch and number: how often an item's turn broke off.
        self._breaks: dict[tuple[str, int], int] = {}

    def of_batch(self, batch_id: str) -> set[int]:
        """The numbers of a batch's items that are under way."""
        return {n for batch, n in self._under_way if batch == batch_id}

    def choose(self, batch_id: str, items: Iterable[WaitingItem]) -> list[WaitingItem]:
        """Those that may begin now, which are under way from here on: of the hosts with the fewest first."""
        free = min(MAX_FAR - len(self._under_way), MAX_A_BATCH - len(self.of_batch(batch_id)))
        hosts = Counter(self._under_way.values())
        waiting: dict[str, list[WaitingItem]] = {}
        for item in items:
            waiting.setdefault(host_of(item), []).append(item)
        chosen: list[WaitingItem] = []
        while waiting and len(chosen) < free:
            host = min(waiting, key=lambda name: hosts[name])
            if hosts[host] >= MAX_A_HOST:
                break
            item = waiting[host].pop(0)
            if not waiting[host]:
                del waiting[host]
            hosts[host] += 1
            self._under_way[batch_id, item.n] = host
            chosen.append(item)
        return chosen

    def end(self, batch_id: str, n: int) -> None:
        """One is no longer under way."""
        self._under_way.pop((batch_id, n), None)

    def breaks(self, batch_id: str, n: int) -> bool:
        """One's turn was broken off by an error that nobody foresaw; whether that is enough."""
        times = self._breaks.pop((batch_id, n), 0) + 1
        if times >= MAX_BREAKS:
            return True
        # The newest stands last.
        self._breaks[batch_id, n] = times
        if len(self._breaks) > MAX_HOSTS:
            del self._breaks[next(iter(self._breaks))]
        return False

    def is_away(self, host: str, now: float) -> bool:
        """Whether a host is left alone at this moment."""
        return now < self._away_until.get(host, now)

    def note(self, host: str, now: float, *, answered: bool) -> None:
        """What became of a request."""
        failures = 0 if answered else self._failures.pop(host, 0) + 1
        if failures == 0:
            self._failures.pop(host, None)
            self._away_until.pop(host, None)
            return
        # The newest stands last.
        self._failures[host] = failures
        if failures >= PATIENCE:
            self._away_until[host] = now + AWAY_SECONDS
        if len(self._failures) > MAX_HOSTS:
            oldest = next(iter(self._failures))
            del self._failures[oldest]
            self._away_until.pop(oldest, None)


def host_of(item: WaitingItem) -> str:
    """Host and port of an item's address, in their one spelling; empty where it can't be read: its turn tells that."""
    try:
        return read_url(str(item.source["at"])).place
    except UrlInvalid:
        return ""
