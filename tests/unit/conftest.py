"""What unit tests share: an empty database, and jobs to put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.database.engine import Database
from app.database.lifecycle import open_log
from app.jobs.ids import new_id, now_ms
from app.jobs.job import Job
from tests.back_ends import opened


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database of this test's own, with an open log."""
    open_log(database_url)
    with opened(database_url) as database:
        yield database


@pytest.fixture
def new_job() -> Callable[..., Job]:
    """A factory of queued jobs; what it is told overrides the rest."""

    def make(**overrides: Any) -> Job:
        values: dict[str, Any] = {
            "id": new_id(),
            "tenant": "default",
            "plugin": "motion",
            "tools": ["detect"],
            "options": {},
            "queue": "cpu",
            "device_requested": "cpu",
            "device_used": "cpu",
            "input_key": "inputs/x",
            "input_type": "video/webm",
            "input_bytes": 1,
            "created_at_ms": now_ms(),
        }
        return Job(**{**values, **overrides})

    return make
