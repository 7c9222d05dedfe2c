"""How many requests of one kind are under way, in all and to one host, so that they leave room for others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import TooBusy


class Turns:
    """Belongs to the event loop's thread."""

    def __init__(self, *, most: int, most_a_host: int) -> None:
        self._most = most
        self._most_a_host = most_a_host
        self._held: Counter[str] = Counter()

    @contextmanager
    def held(self, place: str) -> Iterator[None]:
        """Have a turn at a host and port; raises `TooBusy` where there is none, and nobody waits for one."""
        if self._held.get(place, 0) >= self._most_a_host or self._held.total() >= self._most:
            raise TooBusy("Too many addresses are being asked at once, of this host or in all")
        self._held[place] += 1
        try:
            yield
        finally:
            self._held[place] -= 1
            if not self._held[place]:
                del self._held[place]
