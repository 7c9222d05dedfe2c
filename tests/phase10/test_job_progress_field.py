"""`progress`: measured, a whole number from 0 to 100, never going back within an attempt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.phase10.gated_jobs import gated
from tests.phase10.small_inputs import clip
from tests.stack import Product, wait_until


def progress_messages(product: Product, job_id: str) -> list[dict[str, Any]]:
    """What the log has of it."""
    return [message["payload"] for message in product.events(job_id) if message["type"] == "progress"]


def test_it_is_that_of_the_last_message(product: Product, tmp_path: Path) -> None:
    """The snapshot and the stream agree; both end at 100."""
    job = product.wait(product.submit(clip(tmp_path, frames=30), plugin="numbered"))

    told = [payload["progress"] for payload in progress_messages(product, job["job_id"])]

    assert told[0] == 0
    assert told == sorted(told)
    assert told[-1] == job["progress"] == 100
    assert told.count(100) == 1


def test_it_moves_while_the_job_runs(product: Product, tmp_path: Path) -> None:
    """Some calls see it on its way; none sees it go back."""
    job_id, go_on = gated(product, tmp_path)
    seen: list[int] = []

    def ended() -> bool:
        job = product.client.get(f"/v1/jobs/{job_id}/extended", params={"frames": "false"}).json()
        if job["progress"] is not None:
            assert isinstance(job["progress"], int)
            seen.append(job["progress"])
            if 0 < job["progress"] < 100:
                go_on()
        return bool(job["status"] == "done")

    wait_until(ended, what="the job ending")

    assert seen == sorted(seen)
    assert any(0 < progress < 100 for progress in seen)
    assert seen[-1] == 100


def test_it_is_measured_by_frames(product: Product, tmp_path: Path) -> None:
    """Each message says how many frames are done, and its percentage is theirs."""
    job = product.wait(product.submit(clip(tmp_path, frames=20), plugin="sleepy", options={"ms": 30}))

    middle = [p for p in progress_messages(product, job["job_id"]) if p.get("frames_total") and p["frames_done"]]

    assert middle
    for payload in middle:
        assert payload["frames_total"] == 20
        assert abs(payload["progress"] - 100 * payload["frames_done"] / 20) <= 5


def test_a_failed_job_keeps_what_it_had(product: Product, tmp_path: Path) -> None:
    """100 would say that it had ended well."""
    job = product.wait(product.submit(clip(tmp_path, frames=10), plugin="crasher", options={"frame": 5}))

    assert job["status"] == "error"
    assert job["progress"] < 100


def test_the_list_shows_it_too(product: Product, tmp_path: Path) -> None:
    """A page of jobs needs no further call for its bars."""
    job_id = product.submit(clip(tmp_path, frames=2), plugin="numbered")
    product.wait(job_id)

    listed = {job["job_id"]: job for job in product.client.get("/v1/jobs").json()["jobs"]}

    assert (listed[job_id]["progress"], listed[job_id]["stage"]) == (100, product.extended(job_id)["stage"])
