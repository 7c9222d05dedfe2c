"""Whether a worker still hears the bell. Celery workers that stop consuming after a reconnect were reported.

(celery/celery#10302.) A worker whose processes are free while jobs wait, and of which none has asked for a job since,
is deaf: its main process is ended, and its supervisor starts another.
"""

from __future__ import annotations

from collections import deque
from typing import Final

#: The sweep rings every second for what waits, so a worker that hears asks within one or two.
DEAF_AFTER_SECONDS: Final = 10.0
#: For how long a process may be importing that has not said that it is ready: that long it is not free.
DEAF_AT_START_SECONDS: Final = 90.0


class Hearing:
    """What the scribe knows of one worker's hearing.

    Times are seconds of a monotonic clock. `processes` started `up_seconds` before now, and have not said yet that they
    are ready.
    """

    def __init__(self, *, now: float, processes: int = 0, up_seconds: float = 0.0) -> None:
        self._unanswered_since: float | None = None
        self._asked_at = now
        #: Since when each process starts that is not ready yet.
        self._starting: deque[float] = deque([now - up_seconds] * processes)

    def lost(self, now: float) -> None:
        """A process that was ready is gone; another starts in its place, and is not free before it has imported."""
        self._starting.append(now)

    def there(self) -> None:
        """A process is ready."""
        if self._starting:
            self._starting.popleft()

    def asked(self, now: float) -> None:
        """A child asked for a job: it heard."""
        self._asked_at = now
        self._unanswered_since = None

    def deaf(self, now: float, *, jobs_wait: bool, processes_free: int) -> bool:
        """Whether the worker must be taken for deaf; ask again and again. `processes_free` run no job."""
        while self._starting and now - self._starting[0] > DEAF_AT_START_SECONDS:
            self._starting.popleft()
        if not jobs_wait or processes_free <= len(self._starting):
            self._unanswered_since = None
            return False
        if self._unanswered_since is None:
            self._unanswered_since = now
        return now - max(self._unanswered_since, self._asked_at) > DEAF_AFTER_SECONDS
