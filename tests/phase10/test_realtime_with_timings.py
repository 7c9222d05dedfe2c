"""Timings on the stream: of each frame while it happens, of each tool at its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.phase10.small_inputs import clip
from tests.phase10.stream_clients import Message, ends, logged, receive_until, websocket
from tests.stack import Product


def watch(product: Product, job_id: str) -> list[Message]:
    """Listen from the start to the end."""
    with websocket(product, job_id=job_id, since="start") as client:
        return logged(receive_until(client, ends))


def statuses(messages: list[Message]) -> list[Message]:
    """What is said of tools."""
    return [message["payload"] for message in messages if message["type"] == "plugin_status"]


def test_each_frame_has_the_tools_own_time(product: Product, tmp_path: Path) -> None:
    """At least what it slept."""
    job_id = product.submit(clip(tmp_path, frames=5), plugin="sleepy", options={"ms": 15})

    timings = [m["payload"]["timing_ms"] for m in watch(product, job_id) if m["type"] == "frame"]

    assert len(timings) == 5
    assert all(timing >= 15 for timing in timings)


def test_a_tools_end_sums_it_up(product: Product, tmp_path: Path) -> None:
    """Its time is that of its frames and its end; it counts frames and warnings."""
    job_id = product.submit(clip(tmp_path, frames=6), plugin="warner", options={"every": 3})

    messages = watch(product, job_id)

    started, completed = statuses(messages)
    frames = [m["payload"]["timing_ms"] for m in messages if m["type"] == "frame"]
    assert (started["plugin"], started["tool"], started["status"]) == ("warner", "run", "started")
    assert "timing_ms" not in started
    assert (completed["status"], completed["frames_processed"], completed["warnings_count"]) == ("completed", 6, 2)
    assert completed["timing_ms"] >= sum(frames) - 0.01 * len(frames)


def test_the_job_keeps_them(product: Product, tmp_path: Path) -> None:
    """Who reads the job later sees the times that were told."""
    job_id = product.submit(clip(tmp_path, frames=4), plugin="twins", tool=["run", "again"])

    messages = watch(product, job_id)

    told = {f"twins.{s['tool']}": s["timing_ms"] for s in statuses(messages) if s["status"] == "completed"}
    job = product.extended(job_id)
    assert told == pytest.approx(job["tool_timings"], abs=0.001)
    assert sum(told.values()) == pytest.approx(job["plugin_timings"]["twins"], abs=0.01)


def test_each_of_several_tools_starts_and_ends(product: Product, tmp_path: Path) -> None:
    """All start before the first frame, all end after the last."""
    job_id = product.submit(clip(tmp_path, frames=4), plugin="twins", tool=["run", "again"])

    messages = watch(product, job_id)

    told = [(status["tool"], status["status"]) for status in statuses(messages)]
    assert told == [("run", "started"), ("again", "started"), ("run", "completed"), ("again", "completed")]
    kinds = [m["type"] for m in messages if m["type"] in {"frame", "plugin_status"}]
    assert kinds == ["plugin_status"] * 2 + ["frame"] * 8 + ["plugin_status"] * 2


def test_progress_says_how_much_longer(product: Product, tmp_path: Path) -> None:
    """Once there is something to reckon with; nothing is left at the end."""
    job_id = product.submit(clip(tmp_path, frames=30), plugin="sleepy", options={"ms": 30})

    told = [m["payload"] for m in watch(product, job_id) if m["type"] == "progress"]

    assert "eta_seconds" not in told[0]
    assert any(payload.get("eta_seconds", 0) > 0 for payload in told)
    assert told[-1]["eta_seconds"] == 0
