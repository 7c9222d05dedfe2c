"""A job's input, watched in a browser: as it is where browsers play it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.media import astronaut, bikes
from tests.stack import Product, wait_until
from tests.unit.plugins.made_media import video


def ended(product: Product, path: Path) -> dict[str, Any]:
    """A job over that file, once it is done."""
    return product.wait(product.submit(path, plugin="numbered"), status="done")


def played(product: Product, job: dict[str, Any]) -> bytes:
    """What the job's playback is, once it is there."""
    answer = product.client.get(f"/v1/jobs/{job['job_id']}/playback")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-length"] == str(len(answer.content))
    return answer.content


def test_what_browsers_play_is_played_as_it_is(product: Product) -> None:
    """A real H.264 recording is its own playback, whole and in parts, as browsers ask for them."""
    job = ended(product, bikes())
    address = f"/v1/jobs/{job['job_id']}/playback"

    assert job["playback"] == "input"
    assert job["links"]["playback"].endswith(address)
    content = bikes().read_bytes()
    assert played(product, job) == content
    part = product.client.get(address, headers={"Range": "bytes=1000-1999"})
    assert (part.status_code, part.content) == (206, content[1000:2000])
    assert part.headers["content-type"] == "video/mp4"
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(content)}"
    head = product.client.head(address)
    assert (head.status_code, head.headers["etag"]) == (200, part.headers["etag"])


def test_it_is_known_while_the_job_runs(product: Product, sample: Path) -> None:
    """The playback is there as soon as a worker has opened the input."""
    job_id = product.submit(sample, plugin="sleepy", options={"ms": 20})
    product.wait(job_id, status="running")

    wait_until(
        lambda: any(told["type"] == "metadata" for told in product.events(job_id)), what="the job's first message"
    )
    job = product.extended(job_id)

    assert (job["status"], job["playback"]) == ("running", "input")
    assert product.client.get(f"/v1/jobs/{job_id}/playback").status_code == 200
    product.client.delete(f"/v1/jobs/{job_id}")


def test_a_picture_is_no_video(product: Product) -> None:
    """A single picture has no playback, and says so for good."""
    job = ended(product, astronaut())
    answer = product.client.get(f"/v1/jobs/{job['job_id']}/playback")

    assert job["playback"] == "still"
    assert (answer.status_code, answer.json()["code"], answer.json()["retryable"]) == (404, "NOT_A_VIDEO", False)


@pytest.mark.parametrize(("container", "codec"), [("mp4", "mpeg4"), ("mov", "libx264")])
def test_a_codec_or_a_container_that_browsers_do_not_play(
    product: Product, tmp_path: Path, container: str, codec: str
) -> None:
    """It is not handed out as it is, whatever its name or media type says."""
    path = tmp_path / "video.mp4"
    path.write_bytes(video(container=container, codec=codec, frames=5))
    job = ended(product, path)
    answer = product.client.get(f"/v1/jobs/{job['job_id']}/playback")

    assert job["playback"] == "possible"
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_READY")
