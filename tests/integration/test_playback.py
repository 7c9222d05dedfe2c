"""A job's input, watched in a browser: as it is where browsers play it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from app.database.schema import jobs
from tests.integration.rendered import frames_in, times_of, when_ready
from tests.media import astronaut, bikes
from tests.plugins_for_tests.counting import picture
from tests.stack import Product, wait_until
from tests.unit.plugins.made_media import encoded_image, video


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
    job_id = product.submit(sample, plugin="sleepy", options={"ms": 1000})
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


@pytest.mark.only_over("sqlite")
@pytest.mark.parametrize(
    ("container", "codec"), [("mp4", "mpeg4"), ("avi", "mjpeg"), ("matroska", "ffv1"), ("mov", "libx264")]
)
def test_what_browsers_do_not_play_is_made_for_them(
    product: Product, tmp_path: Path, container: str, codec: str
) -> None:
    """A WebM of every frame, at its time and without anything drawn, is made when somebody asks for it."""
    path = tmp_path / "video.mp4"
    path.write_bytes(video(container=container, codec=codec, frames=25, picture=picture))
    job = ended(product, path)
    address = f"/v1/jobs/{job['job_id']}/playback"
    first = product.client.get(address)

    assert job["playback"] == "possible"
    assert (first.status_code, first.json()["code"], first.json()["retryable"]) == (404, "NOT_READY", True)
    made = when_ready(product, address)
    shown = frames_in(made.content)
    assert (made.status_code, made.headers["content-type"]) == (200, "video/webm")
    assert [frame.number for frame in shown] == list(range(25))
    assert [frame.milliseconds for frame in shown] == times_of(job)
    assert {frame.box_left for frame in shown} == {None}
    assert product.extended(job["job_id"])["playback"] == "ready"
    part = product.client.get(address, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, made.content[10:20])


@pytest.mark.only_over("sqlite")
def test_an_animation_is_a_video(product: Product, tmp_path: Path) -> None:
    """Browsers show a GIF, but can't seek in it: its playback is a WebM with the times that it has."""
    pictures = [Image.fromarray(picture(number)) for number in range(6)]
    path = tmp_path / "moving.gif"
    path.write_bytes(
        encoded_image(
            pictures[0], "GIF", save_all=True, append_images=pictures[1:], duration=[100, 50, 200, 50, 50, 90]
        )
    )
    job = ended(product, path)
    shown = frames_in(when_ready(product, f"/v1/jobs/{job['job_id']}/playback").content)

    assert [frame.number for frame in shown] == list(range(6))
    assert [frame.milliseconds for frame in shown] == [0, 100, 150, 350, 400, 450]


def test_a_job_that_ended_before_anybody_looked(product: Product, tmp_path: Path) -> None:
    """What was cancelled before it ran, or ended before workers said how it can be watched, is looked at on demand."""
    path = tmp_path / "played.mp4"
    path.write_bytes(video(codec="libx264", frames=5))
    job = ended(product, path)
    with product.database() as database, database.write() as connection:
        connection.execute(sa.update(jobs).where(jobs.c.id == job["job_id"]).values(playable=None))

    assert product.extended(job["job_id"])["playback"] == "possible"
    answer = when_ready(product, f"/v1/jobs/{job['job_id']}/playback")
    assert (answer.status_code, answer.content) == (200, path.read_bytes())
    assert product.extended(job["job_id"])["playback"] == "input"
