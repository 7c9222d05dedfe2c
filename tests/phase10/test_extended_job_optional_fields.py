"""What Phase 10 adds is optional: null before it is known, of its type from then on."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from app.models_phase10 import ExtendedFields, ExtendedJobResponse
from tests.phase10.small_inputs import clip
from tests.stack import Product


def test_every_added_field_may_be_missing() -> None:
    """A client may build the extended job from Phase 9's alone."""
    job = ExtendedJobResponse(
        job_id="j", status="queued", device_requested="cpu", device_used="cpu", fallback=False, frames=[]
    )

    assert {name for name in ExtendedFields.model_fields if getattr(job, name) is not None} == set()


def test_null_before_it_is_known(product: Product, tmp_path: Path) -> None:
    """A job that has just begun has a beginning, but neither an end nor timings."""
    job_id = product.submit(clip(tmp_path, frames=2), plugin="sleepy", options={"ms": 60_000})
    product.wait(job_id, status="running")

    job = product.extended(job_id)
    product.client.delete(f"/v1/jobs/{job_id}")

    unknown = ["plugin_timings", "tool_timings", "warnings", "finished_at", "error", "fallback_reason"]
    assert {name: job[name] for name in unknown} == dict.fromkeys(unknown)
    assert job["started_at"] is not None
    assert job["attempt"] == 1


def test_known_when_it_is_done(product: Product, tmp_path: Path) -> None:
    """Each of its type; times are RFC 3339 in UTC, and in order."""
    job_id = product.submit(clip(tmp_path, frames=3), plugin="numbered")
    job = product.wait(job_id)

    assert ExtendedJobResponse.model_validate(job).model_dump(mode="json", exclude_unset=True) == job
    assert job["progress"] == 100
    assert set(job["plugin_timings"]) == {"numbered"}
    assert set(job["tool_timings"]) == {"numbered.run"}
    assert (job["warnings"], job["error"], job["attempt"]) == ([], None, 1)
    times = [datetime.fromisoformat(job[name]) for name in ("created_at", "started_at", "finished_at")]
    assert times == sorted(times)
    assert {time.utcoffset() for time in times} == {timedelta(0)}


def test_an_error_is_told(product: Product, tmp_path: Path) -> None:
    """A code, and a sentence without anything of the traceback."""
    job_id = product.submit(clip(tmp_path, frames=3), plugin="crasher", options={"frame": 1})
    job = product.wait(job_id)

    assert job["error"]["error_code"] == "PLUGIN_CRASH"
    assert "secret-path-in-a-traceback" not in str(job)
    assert job["finished_at"] is not None


def test_a_fallback_says_why(product: Product, tmp_path: Path) -> None:
    """And only a fallback does."""
    fell_back = product.wait(product.submit(clip(tmp_path, frames=1), plugin="numbered", device="gpu"))
    as_asked = product.wait(product.submit(clip(tmp_path, frames=1), plugin="numbered"))

    assert fell_back["fallback"]
    assert "CPU" in fell_back["fallback_reason"]
    assert as_asked["fallback_reason"] is None


def test_links_lead_somewhere(product: Product, tmp_path: Path) -> None:
    """Each address answers."""
    job = product.wait(product.submit(clip(tmp_path, frames=1), plugin="numbered"))

    assert set(job["links"]) == {"self", "extended", "frames", "events", "input", "playback"}
    playback = product.client.get(job["links"].pop("playback"))
    assert {product.client.get(link).status_code for link in job["links"].values()} == {200}
    # No browser plays this codec: a video is made of it, now that it was asked for.
    assert (playback.status_code, playback.json()["code"]) == (404, "NOT_READY")
