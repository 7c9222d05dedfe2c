"""`plugin_timings` and `tool_timings`: a tool's own time in milliseconds, without decoding and waiting."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.phase10.small_inputs import clip
from tests.stack import Product


def test_it_is_the_time_of_the_tool(product: Product, tmp_path: Path) -> None:
    """A tool that sleeps 20 ms in each of ten frames took at least their sum."""
    job = product.wait(product.submit(clip(tmp_path, frames=10), plugin="sleepy", options={"ms": 20}))

    assert set(job["plugin_timings"]) == {"sleepy"}
    assert job["plugin_timings"]["sleepy"] >= 200
    assert job["tool_timings"] == {"sleepy.run": pytest.approx(job["plugin_timings"]["sleepy"])}


def test_it_is_what_the_stream_said(product: Product, tmp_path: Path) -> None:
    """The `completed` message of the tool has the same time, to the microsecond that it carries."""
    job = product.wait(product.submit(clip(tmp_path, frames=5), plugin="sleepy", options={"ms": 10}))

    (completed,) = [
        message["payload"]
        for message in product.events(job["job_id"])
        if message["type"] == "plugin_status" and message["payload"]["status"] == "completed"
    ]

    assert completed["timing_ms"] == pytest.approx(job["tool_timings"]["sleepy.run"], abs=0.001)


def test_tools_are_told_apart_and_add_up(product: Product, tmp_path: Path) -> None:
    """Each by `plugin.tool`; the plugin's time is their sum."""
    job = product.wait(product.submit(clip(tmp_path, frames=5), plugin="twins", tool=["run", "again"]))

    assert set(job["tool_timings"]) == {"twins.run", "twins.again"}
    assert job["plugin_timings"]["twins"] == pytest.approx(sum(job["tool_timings"].values()))


def test_it_is_unknown_until_the_end(product: Product, tmp_path: Path) -> None:
    """Null while the job runs, and where it never ended well."""
    job_id = product.submit(clip(tmp_path, frames=3), plugin="sleepy", options={"ms": 60_000})
    running = product.wait(job_id, status="running")
    product.client.delete(f"/v1/jobs/{job_id}")

    assert (running["plugin_timings"], running["tool_timings"]) == (None, None)
    assert product.extended(job_id)["plugin_timings"] is None


def test_a_plugins_health_counts_its_runs(product: Product, tmp_path: Path) -> None:
    """Its median is made of the same times."""
    before = product.client.get("/v1/plugins/twins/health").json()["runs"]
    product.wait(product.submit(clip(tmp_path, frames=2), plugin="twins", tool=["run", "again"]))

    health = product.client.get("/v1/plugins/twins/health").json()

    assert health["runs"] == before + 2
    assert 0 <= health["p50_ms"] <= health["p95_ms"]
