"""How far a watch has come in the log, and which messages are new to it. No I/O."""

from __future__ import annotations

from collections.abc import Callable

from app.client.message import Message
from app.realtime.cursor import Cursor


class Position:
    """The cursor to go on from, the attempt of each job that counts, and whether what is watched has ended."""

    def __init__(
        self, since: str = "start", *, ended_by: Callable[[Message], bool] = lambda message: message.ends_job
    ) -> None:
        self._ended_by = ended_by
        self._cursor = None if since == "start" else Cursor.parse(since)
        #: By job, where it is not the first.
        self._attempts: dict[str | None, int] = {}
        self.ended = False

    @property
    def since(self) -> str:
        """What to ask the server for, to get everything that is still missing and nothing else."""
        return str(self._cursor) if self._cursor else "start"

    def take(self, message: Message) -> bool:
        """Whether a message of the log is new; if so, it counts as had from now on.

        What was there already is not new, and neither is what an attempt said that a later one has replaced.
        """
        if message.cursor is None or not self._is_ahead(message.cursor):
            return False
        self._cursor = message.cursor
        if message.attempt is not None:
            counts = self._attempts.get(message.job_id, 1)
            if message.attempt < counts:
                return False
            if message.attempt > counts:
                self._attempts[message.job_id] = message.attempt
        self.ended = self.ended or self._ended_by(message)
        return True

    def advance(self, cursor: Cursor) -> None:
        """Everything of this subscription up to here was received (a ping says so).

        But for what follows an end, which is not handed over: whoever goes on from there gets it then.
        """
        if self.ended or self._cursor is None:
            return
        if self._cursor.epoch == cursor.epoch and self._is_ahead(cursor):
            self._cursor = cursor

    def has(self, cursor: Cursor) -> bool:
        """Whether everything up to here was received; never of another life of the log."""
        if self._cursor is None:
            return cursor.seq == 0
        return self._cursor.epoch == cursor.epoch and self._cursor.seq >= cursor.seq

    def forget(self) -> None:
        """The cursor can't be continued: begin anew, with the first attempt."""
        self._cursor = None
        self._attempts.clear()

    def _is_ahead(self, cursor: Cursor) -> bool:
        last = self._cursor
        return last is None or cursor.epoch != last.epoch or cursor.seq > last.seq
