"""`POST /v1/jobs/{id}/purge`: an ended job goes, with all it had, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from app.database.schema import events, tool_runs
from app.jobs.ids import now_ms
from app.storage.blobs import BlobStore, preview_key, thumbnail_key
from tests.unit.api.web import Web, problem_of


def finished(web: Web) -> str:
    """A job that has ended, with frames, a preview, a thumbnail and a run of its tool."""
    run = web.worker.begin(web.submit())
    run.frame(0)
    run.done()
    for key in (preview_key(run.job.id, 0), thumbnail_key(run.job.id)):
        with BlobStore(web.settings.resolved_storage_url).open_write(key) as file:
            file.write(b"\xff\xd8\xff picture")
    with web.database.write() as connection:
        row = {"tenant": "default", "job_id": run.job.id, "plugin": "counting", "tool": "count"}
        connection.execute(sa.insert(tool_runs).values(**row, timing_ms=1.0, frames=1, failed=False, at_ms=now_ms()))
    return run.job.id


def test_all_of_it_is_gone(web: Web) -> None:
    """No address of it answers any more, no list shows it, and none of its rows and files is left."""
    job_id = finished(web)

    answer = web.client.post(f"/v1/jobs/{job_id}/purge")

    assert (answer.status_code, answer.json()) == (200, {"job_id": job_id, "purged": True})
    for path in ("", "/extended", "/frames", "/events", "/input", "/frames/0.jpg", "/previews", "/thumbnail"):
        assert problem_of(web.client.get(f"/v1/jobs/{job_id}{path}"))["code"] == "JOB_NOT_FOUND"
    assert web.get("/v1/jobs", q=job_id)["jobs"] == []
    assert job_id not in web.inputs()
    blobs = BlobStore(web.settings.resolved_storage_url)
    assert not blobs.exists(preview_key(job_id, 0))
    assert not blobs.exists(thumbnail_key(job_id))
    with web.database.read() as connection:
        for table in (events, tool_runs):
            left = sa.select(sa.func.count()).select_from(table).where(table.c.job_id == job_id)
            assert connection.execute(left).scalar_one() == 0


@pytest.mark.parametrize("running", [False, True])
def test_what_has_not_ended_is_refused(web: Web, *, running: bool) -> None:
    """409, and the job goes on."""
    job_id = web.submit()
    if running:
        web.worker.begin(job_id)

    problem = problem_of(web.client.post(f"/v1/jobs/{job_id}/purge"))

    assert (problem["status"], problem["code"]) == (409, "JOB_NOT_ENDED")
    assert problem["job_status"] == ("running" if running else "queued")
    assert web.get(f"/v1/jobs/{job_id}")["status"] == problem["job_status"]


def test_twice_is_not_found(web: Web) -> None:
    """The second time there is nothing to delete."""
    job_id = finished(web)
    web.client.post(f"/v1/jobs/{job_id}/purge")

    assert problem_of(web.client.post(f"/v1/jobs/{job_id}/purge"))["code"] == "JOB_NOT_FOUND"


def test_who_reads_on_misses_nothing_and_gets_nothing_twice(own_web: Callable[..., Web]) -> None:
    """Numbers that are not there any more were deleted: a cursor before, in or behind them goes on as it should."""
    web = own_web()
    before = web.get("/v1/realtime", since="now")["cursor"]
    job_id = finished(web)
    inside = web.get(f"/v1/jobs/{job_id}/events")["messages"][1]["id"]
    behind = web.get("/v1/realtime", since="now")["cursor"]
    web.client.post(f"/v1/jobs/{job_id}/purge")
    other = web.submit()

    for cursor in (before, inside, behind):
        answer = web.get("/v1/realtime", since=cursor)
        assert [message["job_id"] for message in answer["messages"] if "id" in message] == [other]
        assert not any(message["type"] in {"gap", "reset"} for message in answer["messages"])
