"""`warnings`: what a person should know of a job that went on all the same."""

from __future__ import annotations

from pathlib import Path

from tests.phase10.small_inputs import clip
from tests.stack import Product


def test_it_lists_what_the_tool_said(product: Product, tmp_path: Path) -> None:
    """In order, and as on the stream."""
    job = product.wait(product.submit(clip(tmp_path, frames=7), plugin="warner", options={"every": 3}))

    assert job["status"] == "done"
    assert job["warnings"] == ["frame 0 looks odd", "frame 3 looks odd", "frame 6 looks odd"]
    told = [m["payload"]["message"] for m in product.events(job["job_id"]) if m["type"] == "warning"]
    assert told == job["warnings"]


def test_it_is_empty_where_there_was_nothing(product: Product, tmp_path: Path) -> None:
    """An ended job without warnings has none, which is not the same as not knowing."""
    job = product.wait(product.submit(clip(tmp_path, frames=3), plugin="numbered"))

    assert job["warnings"] == []


def test_a_tool_that_fails_softly_goes_on(product: Product, tmp_path: Path) -> None:
    """Frames that it could not process are named; the others are there."""
    job = product.wait(product.submit(clip(tmp_path, frames=6), plugin="softfail", options={"every": 3}))

    assert job["status"] == "done"
    assert [frame["frame_index"] for frame in job["frames"]] == [1, 2, 4, 5]
    assert len(job["warnings"]) == 2
    assert all("not to its taste" in warning for warning in job["warnings"])


def test_a_fallback_is_a_warning(product: Product, tmp_path: Path) -> None:
    """It is said where people look, not only in a field."""
    job = product.wait(product.submit(clip(tmp_path, frames=1), plugin="numbered", device="gpu"))

    assert job["warnings"] == [job["fallback_reason"]]


def test_a_flood_is_summed_up(product: Product, tmp_path: Path) -> None:
    """Of one code the first few are listed, then how many there were."""
    job = product.wait(product.submit(clip(tmp_path, frames=40), plugin="warner", options={"every": 1}))

    assert job["warnings"][0] == "frame 0 looks odd"
    assert len(job["warnings"]) < 20
    assert "40" in job["warnings"][-1]
    assert len(job["frames"]) == 40


def test_the_list_counts_them(product: Product, tmp_path: Path) -> None:
    """A page of jobs shows that there are any."""
    job_id = product.submit(clip(tmp_path, frames=4), plugin="warner", options={"every": 2})
    product.wait(job_id)

    listed = {job["job_id"]: job for job in product.client.get("/v1/jobs").json()["jobs"]}

    assert listed[job_id]["warnings_count"] == 2
