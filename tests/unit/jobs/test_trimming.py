"""The log is trimmed before its jobs go."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.database.engine import Database
from app.jobs import transitions, trimming, usage
from app.jobs.ids import now_ms
from app.jobs.job import Job, JobStatus
from app.realtime import event_log
from app.realtime.events import Draft
from app.realtime.message_types import MessageType


def types(database: Database) -> list[str]:
    """What is in the log, in order."""
    with database.read() as connection:
        return [str(event.type) for event in event_log.read_since(connection, "default", 0).events]


def trim_all(database: Database) -> int:
    """Trim until nothing is left to; returns the number of steps."""
    steps = 0
    while True:
        with database.read() as connection:
            found = trimming.find(connection, now_ms(), 1)
        if not found:
            return steps
        with database.write() as connection:
            trimming.apply(connection, found[0])
        steps += 1


def test_progress_goes_and_all_else_stays(
    database: Database, new_job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a job that has ended, in steps; one that runs keeps its own, and no cursor is worth less than before."""
    monkeypatch.setattr(trimming, "EVENTS_A_STEP", 2)
    ended, running = new_job(status=JobStatus.DONE, finished_at_ms=1), new_job(status=JobStatus.RUNNING)
    with database.write() as connection:
        for job in (ended, running):
            transitions.submit(connection, job)
            for kind in (MessageType.PROGRESS, MessageType.FRAME, MessageType.PROGRESS, MessageType.PROGRESS):
                event_log.append(connection, "default", [Draft(kind, "{}", "", job.id, 1)])

    assert trim_all(database) == 2

    assert types(database) == ["job_status", "frame", "job_status", "progress", "frame", "progress", "progress"]
    with database.read() as connection:
        assert event_log.state(connection).floors["default"] == 0


def test_what_it_takes_then_is_measured_again(database: Database, new_job: Callable[..., Job]) -> None:
    """The sum does not count what is gone."""
    job = new_job(status=JobStatus.DONE, finished_at_ms=1)
    draft = Draft(MessageType.PROGRESS, "{}" * 1000, "", job.id, 1)
    with database.write() as connection:
        transitions.submit(connection, job)
        event_log.append(connection, "default", [draft])
        (before,) = usage.unmeasured(connection, 1)
        usage.put_in(connection, job.id, before.known_bytes)

    trim_all(database)

    with database.write() as connection:
        assert usage.total(connection) == 0
        (after,) = usage.unmeasured(connection, 1)
    assert after.known_bytes <= before.known_bytes - 2000
