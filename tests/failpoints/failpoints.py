"""The places at which a scribe can be stopped; see `sitecustomize.py`.

`end` and `frame` in a place's name say which message is being written: a job's last, or an early frame.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import tasks.ledger
from app.database.engine import Database
from app.realtime import broker_lines
from app.realtime.event_bus import BusBatch, EventPublisher
from app.realtime.events import Draft
from app.realtime.message_types import MessageType
from tasks.child import Child

Writing = Callable[[Database], AbstractContextManager[sa.Connection]]

#: What a job's last message has in its payload.
END = '"status":"done"'
#: The frame in whose commit a job is stopped: an early one, which is never written together with the job's end.
FRAME = '"frame_index":5,'


def marks(kind: str, payload: str) -> str | None:
    """Which of the two messages this is, if it is one."""
    if kind == MessageType.JOB_STATUS and END in payload:
        return "end"
    return "frame" if kind == MessageType.FRAME and FRAME in payload else None


class Failpoint:
    """The one place at which this scribe stops."""

    def __init__(self, file: str) -> None:
        self._file = Path(file)
        #: The message whose transaction is open or was last committed.
        self.written: str | None = None
        self.published = threading.Event()

    def reached(self, place: str, message: str | None) -> bool:
        """Whether to fail here; true once."""
        if message is None or not self._file.exists() or self._file.read_text() != f"{place} {message}":
            return False
        self._file.unlink()
        return True

    def die(self, place: str, message: str | None) -> None:
        """Be killed here, if this is the place."""
        if self.reached(place, message):
            os.kill(os.getpid(), signal.SIGKILL)


def arm(file: str) -> None:
    """Put the place that the file names, now or later, in the way of this process."""
    point = Failpoint(file)
    _arm_commit(point)
    _arm_publisher(point)
    _arm_acknowledgement(point)


def _arm_commit(point: Failpoint) -> None:
    ledger: Any = tasks.ledger
    database: Any = Database
    append = ledger.append

    def failing_append(connection: sa.Connection, tenant: str, drafts: Sequence[Draft]) -> Any:
        found = [mark for draft in drafts if (mark := marks(draft.type, draft.payload))]
        message = found[-1] if found else None
        # The job's row was changed, its events were not written.
        point.die("in-flush", message)
        events = append(connection, tenant, drafts)
        # All is written, nothing is committed.
        point.die("before-commit", message)
        point.written = message
        return events

    def failing(original: Writing) -> Writing:
        @contextmanager
        def transaction(self: Database) -> Iterator[sa.Connection]:
            point.written = None
            with original(self) as connection:
                yield connection
                if point.reached("commit-lost", point.written):
                    raise sa.exc.OperationalError("COMMIT", {}, ConnectionError("it was not made"))
            if point.reached("commit-unanswered", point.written):
                raise sa.exc.OperationalError("COMMIT", {}, ConnectionError("it was made, the answer was lost"))

        return transaction

    ledger.append = failing_append
    database.write = failing(database.write)
    database.write_at_once = failing(database.write_at_once)


def _arm_publisher(point: Failpoint) -> None:
    publisher: Any = EventPublisher
    lines: Any = broker_lines
    publish, speaking = publisher.publish, lines.speaking

    def failing_publish(self: EventPublisher, batch: BusBatch) -> None:
        events = [event for segment in batch.segments for event in segment.events or ()]
        found = [mark for event in events if (mark := marks(event.type, event.payload))]
        point.die("before-publish", found[-1] if found else None)
        publish(self, batch)

    @contextmanager
    def noted(*args: Any, **facts: Any) -> Iterator[Callable[[bytes], None]]:
        with speaking(*args, **facts) as send:

            def noted_send(body: bytes) -> None:
                send(body)
                if END.encode().replace(b'"', b'\\"') in body:
                    point.published.set()

            yield noted_send

    publisher.publish = failing_publish
    lines.speaking = noted


def _arm_acknowledgement(point: Failpoint) -> None:
    child: Any = Child
    release = child.release

    def failing_release(self: Child, *, confirmed: bool, **following: Any) -> None:
        if confirmed and point.reached("before-ack", "end"):
            # The message is on the bus; that the child may go on, it has not heard.
            point.published.wait(10)
            os.kill(os.getpid(), signal.SIGKILL)
        release(self, confirmed=confirmed, **following)

    child.release = failing_release
