"""What the process that makes a video tells where there is no room for it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.database.engine import Database
from app.jobs import transitions
from app.jobs.job import Job, JobStatus
from app.jobs.renderings import Kind
from app.settings import Settings
from app.storage.blobs import BlobStore
from tasks.render import Rendering
from tests.unit.plugins.made_media import video


def test_a_full_disk_is_told(
    database: Database, new_job: Callable[..., Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is neither the input's fault nor a crash."""
    settings = Settings(database_url=database.url, storage_url=(tmp_path / "blobs").as_uri())
    job = new_job(status=JobStatus.DONE, input_key="inputs/x")
    with database.write() as connection:
        transitions.submit(connection, job)
    with BlobStore(settings.resolved_storage_url).open_write(job.input_key) as file:
        file.write(video(codec="mpeg4", container="avi", frames=5))
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: Path("/dev/full").open("w+b"))  # noqa: SIM115

    Rendering(settings, Kind.PLAYBACK, lambda **said: told.append(said)).make(job.tenant, job.id, "renderings/x.webm")

    assert told[-1] == {"no_room": True}
