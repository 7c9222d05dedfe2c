"""A real log for the relay's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.database.engine import Database
from app.database.lifecycle import ensure_epoch
from app.database.migrations import migrate


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    url = f"sqlite:///{tmp_path / 'transom.db'}"
    migrate(url)
    opened = Database(url)
    with opened.write() as connection:
        ensure_epoch(connection)
    yield opened
    opened.close()
