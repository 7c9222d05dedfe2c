"""The extended job has all of Phase 9's fields, with the same values, in every state of a job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.phase10.small_inputs import clip
from tests.stack import Product

PHASE_9 = ["job_id", "status", "device_requested", "device_used", "fallback", "frames"]


def assert_same(product: Product, job_id: str, status: str) -> dict[str, Any]:
    """Both answers name this status and agree in every field of Phase 9."""
    plain = product.client.get(f"/v1/jobs/{job_id}").json()
    extended = product.extended(job_id)

    assert list(plain) == PHASE_9
    assert {name: extended[name] for name in PHASE_9} == plain
    assert plain["status"] == status
    return extended


def test_when_it_is_done(product: Product, tmp_path: Path) -> None:
    """With every frame."""
    job_id = product.submit(clip(tmp_path, frames=5), plugin="numbered")
    product.wait(job_id)

    extended = assert_same(product, job_id, "done")

    assert [frame["labels"] for frame in extended["frames"]] == [["0"], ["1"], ["2"], ["3"], ["4"]]


def test_while_it_runs_and_when_it_was_cancelled(product: Product, tmp_path: Path) -> None:
    """Also without any frame yet."""
    job_id = product.submit(clip(tmp_path, frames=2), plugin="sleepy", options={"ms": 60_000})
    product.wait(job_id, status="running")
    assert_same(product, job_id, "running")

    product.client.delete(f"/v1/jobs/{job_id}")

    assert_same(product, job_id, "cancelled")


def test_when_it_failed(product: Product, tmp_path: Path) -> None:
    """With the frames that it had before."""
    job_id = product.submit(clip(tmp_path, frames=5), plugin="crasher", options={"frame": 3})
    product.wait(job_id)

    extended = assert_same(product, job_id, "error")

    assert len(extended["frames"]) == 3


@pytest.mark.parametrize("tools", [["run", "again"], ["again"]])
def test_with_one_tool_or_several(product: Product, tmp_path: Path, tools: list[str]) -> None:
    """Merged frames are the same on both addresses."""
    job_id = product.submit(clip(tmp_path, frames=3), plugin="twins", tool=tools)
    product.wait(job_id)

    extended = assert_same(product, job_id, "done")

    assert [len(frame["boxes"]) for frame in extended["frames"]] == [len(tools)] * 3
