"""Events of a log, for tests that drive the hub without a database."""

from __future__ import annotations

from app.realtime.events import LogEvent
from app.realtime.message_types import MessageType, Payload, ProgressPayload, WarningPayload, payload_json

TENANT = "default"


def progress(seq: int, *, job_id: str = "job-a") -> LogEvent:
    """A `progress` with this seq."""
    return _event(seq, job_id, MessageType.PROGRESS, ProgressPayload(job_id=job_id, progress=seq % 101))


def warning(seq: int, *, job_id: str = "job-a") -> LogEvent:
    """A `warning` with this seq."""
    return _event(seq, job_id, MessageType.WARNING, WarningPayload(plugin="motion", message="dark", severity="low"))


def _event(seq: int, job_id: str, kind: MessageType, payload: Payload) -> LogEvent:
    return LogEvent(TENANT, seq, kind, payload_json(payload), "2026-03-14T09:26:53.000Z", job_id, 1)
