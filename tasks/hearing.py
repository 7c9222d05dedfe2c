"""Whether a worker still hears the bell. Celery workers that stop consuming after a reconnect were reported.

(celery/celery#10302.) A worker whose processes are free while jobs wait, and of which none has asked for a job since,
is deaf: its main process is ended, and its supervisor starts another.
"""

from __future__ import annotations

from typing import Final

#: The sweep rings every second for what waits, so a worker that hears asks within one or two.
DEAF_AFTER_SECONDS: Final = 10.0
#: Until the first of its processes has asked: they are still importing when the worker says that it is ready.
DEAF_AT_START_SECONDS: Final = 90.0


class Hearing:
    """What the scribe knows of one worker's hearing. Times are seconds of a monotonic clock."""

    def __init__(self, *, now: float) -> None:
        self._unanswered_since: float | None = None
        self._asked_at = now
        self._patience = DEAF_AT_START_SECONDS

    def asked(self, now: float) -> None:
        """A child asked for a job: it heard."""
        self._asked_at = now
        self._unanswered_since = None
        self._patience = DEAF_AFTER_SECONDS

    def deaf(self, now: float, *, jobs_wait: bool, processes_free: bool) -> bool:
        """Whether the worker must be taken for deaf; ask again and again."""
        if not (jobs_wait and processes_free):
            self._unanswered_since = None
            return False
        if self._unanswered_since is None:
            self._unanswered_since = now
        return now - max(self._unanswered_since, self._asked_at) > self._patience
