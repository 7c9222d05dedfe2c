"""`GET /v1/jobs/{id}/extended`, while the job runs and after."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.phase10.gated_jobs import FRAMES, gated
from tests.phase10.small_inputs import clip
from tests.phase10.stream_clients import ends, logged, receive_until, websocket
from tests.stack import Product, wait_until


def with_frames(product: Product, job_id: str) -> dict[str, Any]:
    """The job, once it shows a frame."""

    def shown() -> dict[str, Any] | None:
        job = product.extended(job_id)
        return job if job["frames"] else None

    found: dict[str, Any] = wait_until(shown, what="the first frame being shown")
    return found


def test_it_follows_a_running_job(product: Product, tmp_path: Path) -> None:
    """Progress and frames grow from call to call, and are whole at the end."""
    job_id, go_on = gated(product, tmp_path)
    half = with_frames(product, job_id)
    go_on()
    done = product.wait(job_id)

    assert half["status"] == "running"
    assert 0 < len(half["frames"]) < FRAMES
    assert half["frames"] == done["frames"][: len(half["frames"])]
    assert half["progress"] <= done["progress"] == 100
    assert len(done["frames"]) == FRAMES


def test_snapshot_and_stream_are_the_whole(product: Product, tmp_path: Path) -> None:
    """Read the snapshot, subscribe from its cursor: nothing is missed and nothing comes twice."""
    job_id, go_on = gated(product, tmp_path)
    snapshot = with_frames(product, job_id)

    with websocket(product, job_id=job_id, since=snapshot["cursor"]) as client:
        go_on()
        followed = logged(receive_until(client, ends))

    streamed = [message["payload"]["data"] for message in followed if message["type"] == "frame"]
    assert streamed
    assert snapshot["frames"] + streamed == product.extended(job_id)["frames"]
    assert len(snapshot["frames"] + streamed) == FRAMES


def test_frames_can_be_left_out(product: Product, tmp_path: Path) -> None:
    """For those who only want to know how far it is."""
    job_id = product.submit(clip(tmp_path, frames=3), plugin="numbered")
    whole = product.wait(job_id)

    short = product.client.get(f"/v1/jobs/{job_id}/extended", params={"frames": "false"}).json()

    assert short["frames"] == []
    assert list(short) == list(whole)
    assert {**short, "frames": 0, "cursor": 0} == {**whole, "frames": 0, "cursor": 0}


def test_a_new_attempt_starts_afresh(product: Product, tmp_path: Path) -> None:
    """After its process has died a job shows what its second attempt says, and nothing of the first."""
    marker = tmp_path / "died"
    job_id = product.submit(clip(tmp_path, frames=8), plugin="killer", options={"frame": 4, "marker": str(marker)})

    job = product.wait(job_id)

    assert marker.exists()
    assert (job["status"], job["attempt"]) == ("done", 2)
    assert [frame["frame_index"] for frame in job["frames"]] == list(range(8))


def test_no_such_job(product: Product) -> None:
    """404 as a problem document."""
    answer = product.client.get(f"/v1/jobs/{uuid4()}/extended")

    assert (answer.status_code, answer.json()["code"]) == (404, "JOB_NOT_FOUND")
    assert answer.headers["content-type"] == "application/problem+json"
