"""What unit tests share: an empty database, and jobs to put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.database.engine import Database
from app.database.lifecycle import open_log
from app.database.migrations import migrate
from app.jobs.ids import new_id, now_ms
from app.jobs.job import Job


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A migrated SQLite database of this test's own."""
    url = f"sqlite:///{tmp_path / 'test.db'}"
    migrate(url)
    open_log(url)
    opened = Database(url)
    yield opened
    opened.close()


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
