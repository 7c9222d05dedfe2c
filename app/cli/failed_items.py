"""Which items of a batch have failed, while it runs: each is told once, with its name and its line."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from app.client import TransomClient

_PAGE: Final = 1000
#: Between two looks at the list: at least so long, in seconds, and so many times what the last look took.
_PAUSE_SECONDS: Final = 0.3
_SPREAD: Final = 10


class FailedItems:
    """Asks the server for what has failed; a long list not all the time."""

    def __init__(self, client: TransomClient, batch_id: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._batch_id = batch_id
        self._clock = clock
        #: How many had failed at the last look.
        self._seen = 0
        self._told: set[tuple[int, str | None]] = set()
        self._not_before = clock()

    def look(self, number: int) -> list[dict[str, Any]]:
        """What has failed and was not told yet, where so many have by now and it is time to look again."""
        if number == self._seen or self._clock() < self._not_before:
            return []
        self._seen = number
        return self.look_now()

    def look_now(self) -> list[dict[str, Any]]:
        """What has failed and was not told yet."""
        began = self._clock()
        fresh: list[dict[str, Any]] = []
        for item in failed_items(self._client, self._batch_id):
            # The same item fails again as another job.
            key = (item["n"], item["job"]["job_id"] if item["job"] else None)
            if key not in self._told:
                self._told.add(key)
                fresh.append(item)
        now = self._clock()
        self._not_before = now + max(_PAUSE_SECONDS, _SPREAD * (now - began))
        return fresh


def failed_items(
    client: TransomClient, batch_id: str, *, status: str = "error", limit: int | None = None
) -> list[dict[str, Any]]:
    """The items of a batch that have a status, all of them or the first, in their order."""
    found: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None and (limit is None or len(found) < limit):
        left = _PAGE if limit is None else min(_PAGE, limit - len(found))
        page = client.batch_items(batch_id, status=status, after=after, limit=left)
        found += page["items"]
        after = page["next_after"]
    return found
