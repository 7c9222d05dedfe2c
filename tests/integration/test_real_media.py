"""The main job over real recordings, through the front door."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.media import astronaut, big_buck_bunny, bikes, four_barcodes, pedestrians
from tests.stack import Product

#: What is found in a recording is the same whatever keeps it.
pytestmark = pytest.mark.only_over("sqlite")


@pytest.mark.parametrize("recording", [bikes, big_buck_bunny, pedestrians])
def test_motion_runs_over_a_real_video(product: Product, recording: Callable[[], Path]) -> None:
    """A real video is processed to its last frame, in order, and what moves in it is found inside the picture."""
    job = product.wait(product.submit(recording(), plugin="motion"))

    assert job["status"] == "done", job["error"]
    assert [frame["frame_index"] for frame in job["frames"]] == list(range(len(job["frames"])))
    assert len(job["frames"]) > 100
    times = [frame["timestamp_ms"] for frame in job["frames"]]
    assert sorted(times) == times
    assert sum(bool(frame["boxes"]) for frame in job["frames"]) > 50
    assert all(box["x1"] < box["x2"] and box["y1"] < box["y2"] for frame in job["frames"] for box in frame["boxes"])


def test_motion_says_that_nothing_moves_in_a_picture(product: Product) -> None:
    """A single real picture gives one frame without boxes, and a warning that says why."""
    job = product.wait(product.submit(astronaut(), plugin="motion"))

    assert job["status"] == "done"
    assert [frame["boxes"] for frame in job["frames"]] == [[]]
    assert len(job["warnings"]) == 1


def test_codes_reads_a_photograph_of_goods(product: Product) -> None:
    """Four real bar codes are read, each with its number, kind and place, and the result lists them."""
    job = product.wait(product.submit(four_barcodes(), plugin="codes"))
    result = product.client.get(f"/v1/jobs/{job['job_id']}/result").json()["result"]

    assert job["status"] == "done", job["error"]
    (frame,) = job["frames"]
    assert len(frame["boxes"]) == len(frame["texts"]) == len(frame["polygons"]) == 4
    assert all(text.isdigit() for text in frame["texts"])
    assert {code["text"] for code in result["codes"]} == set(frame["texts"])
