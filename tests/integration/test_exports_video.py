"""Videos with what was found drawn into them: on the right frame, at the right time, and made whatever happens."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import av
import psutil
import pytest

from tests.integration.rendered import frames_in, times_of, when_ready
from tests.media import astronaut, pedestrians
from tests.plugins_for_tests.counting import HEIGHT, WIDTH, box_left, picture
from tests.stack import NOBODY, Product, is_gone, wait_until
from tests.unit.plugins.made_media import turned, video

#: How far a line may seem to be from where it was drawn, in pixels; a frame's box is 4 from that of its neighbours.
NEARLY = 1.9


def job_over(product: Product, path: Path, content: bytes, *, plugin: str = "counting") -> str:
    """A job over that content, once it has ended."""
    path.write_bytes(content)
    job_id = product.submit(path, plugin=plugin)
    product.wait(job_id)
    return job_id


def exported(product: Product, job_id: str) -> bytes:
    """The job's video, once it was made."""
    answer = when_ready(product, f"/v1/jobs/{job_id}/export", format="video")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "video/webm"
    assert answer.headers["content-length"] == str(len(answer.content))
    return answer.content


UNEVEN = [0, 40, 45, 200, 233, 1000, 1001, 1600, 1640, 3000]
SIDEWAYS = video(
    codec="mpeg4", frames=20, picture=lambda number: picture(number).transpose(1, 0, 2)[::-1].copy(), options={"q": "2"}
)


@pytest.mark.only_over("sqlite")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("even.mp4", video(codec="libx264", frames=50, picture=picture, options={"bf": "3"})),
        ("uneven.mkv", video(container="matroska", codec="libvpx", times_ms=UNEVEN, picture=picture)),
        ("sideways.mp4", turned(SIDEWAYS, 90)),
    ],
    ids=["even times, frames out of order in the file", "times of every kind", "a phone that lay on its side"],
)
def test_boxes_are_on_their_frames(product: Product, tmp_path: Path, name: str, content: bytes) -> None:
    """Each frame is there once, at its time, and the box on it is the one that was found in it."""
    job = product.extended(job_over(product, tmp_path / name, content))
    shown = frames_in(exported(product, job["job_id"]))

    assert [frame.number for frame in shown] == list(range(len(job["frames"])))
    assert [frame.milliseconds for frame in shown] == times_of(job)
    for frame in shown:
        assert frame.pixels.shape[:2] == (HEIGHT, WIDTH)
        assert frame.box_left == pytest.approx(box_left(frame.number), abs=NEARLY)


@pytest.mark.only_over("sqlite")
def test_a_video_is_a_file_that_can_be_seeked_in(product: Product, tmp_path: Path) -> None:
    """It has a name, a tag and ranges, and tells players where to begin."""
    content = video(codec="mpeg4", frames=300, picture=picture)
    job_id = job_over(product, tmp_path / "waves.mp4", content)
    address = f"/v1/jobs/{job_id}/export?format=video"

    made = exported(product, job_id)
    head = product.client.head(address)
    part = product.client.get(address, headers={"Range": "bytes=-500"})
    again = product.client.get(address, headers={"If-None-Match": head.headers["etag"]})
    beyond = product.client.get(address, headers={"Range": f"bytes={len(made)}-"})

    assert "waves.annotated.webm" in head.headers["content-disposition"]
    assert (head.status_code, head.headers["accept-ranges"], head.content) == (200, "bytes", b"")
    assert (part.status_code, part.content) == (206, made[-500:])
    assert again.status_code == 304
    assert (beyond.status_code, beyond.json()["code"]) == (416, "RANGE_NOT_SATISFIABLE")
    with av.open(io.BytesIO(made), mode="r") as container:
        container.seek(10_000_000)
        first = next(container.decode(video=0))
        assert 5 < float(first.time or 0) <= 10


@pytest.mark.only_over("sqlite")
def test_a_real_recording(product: Product) -> None:
    """People before a camera, in a coding that browsers do not play: every frame comes back."""
    job_id = product.submit(pedestrians(), plugin="motion")
    job = product.wait(job_id, status="done")
    shown = frames_in(exported(product, job_id))

    assert [frame.milliseconds for frame in shown] == times_of(job)


def test_a_job_that_runs_has_no_video_yet(product: Product, sample: Path) -> None:
    """It is made of all that was found, so not before the end; a cancelled job has what there is."""
    job_id = product.submit(sample, plugin="sleepy", options={"ms": 50})
    product.wait(job_id, status="running")
    answer = product.client.get(f"/v1/jobs/{job_id}/export", params={"format": "video"})
    product.client.delete(f"/v1/jobs/{job_id}")

    assert (answer.status_code, answer.json()["code"], answer.json()["retryable"]) == (404, "NOT_READY", True)
    assert len(frames_in(exported(product, job_id))) == 250


def test_what_has_no_video(product: Product) -> None:
    """A single picture, a job that is not there and a whole batch say so."""
    picture_id = product.submit(astronaut(), plugin="numbered")
    product.wait(picture_id, status="done")
    answers = [
        product.client.get(f"/v1/{what}/export", params={"format": "video"})
        for what in (f"jobs/{picture_id}", f"jobs/{NOBODY}", f"batches/{NOBODY}")
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (404, "NOT_A_VIDEO"),
        (404, "JOB_NOT_FOUND"),
        (400, "NOT_FOR_BATCHES"),
    ]


@pytest.mark.only_over("sqlite")
def test_a_damaged_input(product: Product, tmp_path: Path) -> None:
    """What is left of it is shown; of what can't be opened nothing is, and the answer stays the same."""
    content = video(codec="mpeg4", container="avi", frames=60, picture=picture, options={"g": "10"})
    middle = len(content) // 2
    torn = job_over(product, tmp_path / "torn.avi", content[:middle] + bytes(4000) + content[middle + 4000 :])
    broken = job_over(product, tmp_path / "broken.mp4", video(codec="mpeg4", frames=5)[:40] + bytes(5000))

    shown = frames_in(exported(product, torn))
    answer = when_ready(product, f"/v1/jobs/{broken}/export", format="video")

    assert [frame.milliseconds for frame in shown] == times_of(product.extended(torn))
    assert product.extended(broken)["status"] == "error"
    assert (answer.status_code, answer.json()["code"], answer.json()["retryable"]) == (409, "RENDERING_FAILED", False)
    assert "incomplete or damaged" in answer.json()["detail"]


def rendering(product: Product) -> list[psutil.Process]:
    """The processes that make a video."""
    return product.child_processes("tasks.render")


def long_video(tmp_path: Path) -> Path:
    """One that takes a while to be coded."""
    path = tmp_path / "long.avi"
    path.write_bytes(video(codec="mpeg4", container="avi", frames=1000, picture=picture))
    return path


@pytest.mark.parametrize("killed", ["tasks.render", "tasks.scribe"])
def test_a_process_that_is_killed(own_product: Callable[..., Product], tmp_path: Path, killed: str) -> None:
    """The video is made all the same, and nobody goes on making it whose scribe is gone."""
    product = own_product(TRANSOM_LEASE_SECONDS="2")
    job_id = product.submit(long_video(tmp_path), plugin="counting")
    product.wait(job_id, status="done")
    address = f"/v1/jobs/{job_id}/export"
    product.client.get(address, params={"format": "video"})
    (process,) = wait_until(lambda: rendering(product), what="the video being made")
    for victim in product.child_processes(killed):
        victim.kill()
    process.wait(timeout=30)

    assert len(frames_in(exported(product, job_id))) == 1000
    # Its last words come a moment before its end.
    wait_until(lambda: not rendering(product), what="nobody making a video")
    assert [path.name for path in product.data.rglob("*annotated*")] == ["annotated-2.webm"]


def test_a_purge_takes_the_video(own_product: Callable[..., Product], tmp_path: Path) -> None:
    """Nothing of it is left, not of one that is being made either."""
    product = own_product()
    first = product.submit(long_video(tmp_path), plugin="counting")
    second = product.submit(long_video(tmp_path), plugin="counting")
    for job_id in (first, second):
        product.wait(job_id, status="done")
    exported(product, first)
    product.client.get(f"/v1/jobs/{second}/export", params={"format": "video"})
    wait_until(lambda: rendering(product), what="the second video being made")

    for job_id in (first, second):
        assert product.client.post(f"/v1/jobs/{job_id}/purge").status_code == 200

    wait_until(lambda: not rendering(product), what="nobody making a video")
    wait_until(lambda: not list(product.data.rglob("*.webm*")), what="every file being gone")
    gone = product.client.get(f"/v1/jobs/{first}/export", params={"format": "video"})
    assert (gone.status_code, gone.json()["code"]) == (404, "JOB_NOT_FOUND")


def test_nobody_is_left_when_the_product_stops(own_product: Callable[..., Product], tmp_path: Path) -> None:
    """A video in the making ends with its worker."""
    product = own_product()
    job_id = product.submit(long_video(tmp_path), plugin="counting")
    product.wait(job_id, status="done")
    product.client.get(f"/v1/jobs/{job_id}/export", params={"format": "video"})
    (process,) = wait_until(lambda: rendering(product), what="the video being made")

    assert product.stop() == 0
    assert is_gone(process)
