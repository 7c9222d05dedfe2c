"""The small picture that lists show of a job, made by a real worker."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.media import big_buck_bunny
from tests.stack import Product, wait_until

#: A picture of four quarters, each of one colour.
QUARTERS = ((220, 30, 30), (30, 200, 30), (30, 30, 220), (230, 230, 40))


def quarters(path: Path, *, width: int, height: int) -> Path:
    """A PNG that is red, green, blue and yellow, by rows."""
    image = Image.new("RGB", (width, height))
    for place, colour in enumerate(QUARTERS):
        x, y = place % 2 * width // 2, place // 2 * height // 2
        image.paste(colour, (x, y, x + width // 2, y + height // 2))
    image.save(path)
    return path


def thumbnail(product: Product, job_id: str) -> Image.Image:
    """The job's picture."""
    answer = product.client.get(f"/v1/jobs/{job_id}/thumbnail")
    assert answer.status_code == 200, answer.text
    assert len(answer.content) < 16_000
    return Image.open(BytesIO(answer.content)).convert("RGB")


def shows_quarters(image: Image.Image) -> bool:
    """Whether it is that picture."""
    width, height = image.size
    seen = [image.getpixel((width * (1 + 2 * (n % 2)) // 4, height * (1 + 2 * (n // 2)) // 4)) for n in range(4)]
    return all(
        isinstance(found, tuple) and max(abs(a - b) for a, b in zip(found, colour, strict=True)) < 24
        for found, colour in zip(seen, QUARTERS, strict=True)
    )


def test_a_picture_is_shown_small_while_its_tool_works(product: Product, tmp_path: Path) -> None:
    """A large one in a few kilobytes, before the tool has said a word of it, and afterwards too."""
    picture = quarters(tmp_path / "large.png", width=4000, height=3000)
    job_id = product.submit(picture, plugin="sleepy", options={"ms": 8000})
    wait_until(
        lambda: product.client.get(f"/v1/jobs/{job_id}/thumbnail").status_code == 200, what="the picture being there"
    )
    assert product.extended(job_id)["frames"] == []

    assert thumbnail(product, job_id).size == (168, 126)
    assert shows_quarters(thumbnail(product, job_id))
    product.wait(job_id, status="done")
    assert shows_quarters(thumbnail(product, job_id))


def test_a_picture_whose_tool_fails_is_shown(product: Product, tmp_path: Path) -> None:
    """Which one it was is what one wants to see."""
    picture = quarters(tmp_path / "odd.png", width=300, height=200)

    job = product.wait(product.submit(picture, plugin="crasher", options={"frame": 0}), status="error")

    assert shows_quarters(thumbnail(product, job["job_id"]))


@pytest.mark.parametrize("name", ["cut.png", "cut.mp4"])
def test_what_can_not_be_opened_has_no_picture(product: Product, tmp_path: Path, name: str) -> None:
    """404, for ever."""
    whole = quarters(tmp_path / "whole.png", width=64, height=48).read_bytes()
    head = whole if name.endswith(".png") else b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41"
    path = tmp_path / name
    path.write_bytes(head[:60])

    job = product.wait(product.submit(path, plugin="sleepy"), status="error")

    assert product.client.get(f"/v1/jobs/{job['job_id']}/thumbnail").status_code == 404


def test_a_video_is_shown_by_a_frame_of_it(product: Product) -> None:
    """As wide as the place allows, and of the video's own shape."""
    job = product.wait(product.submit(big_buck_bunny(), plugin="motion"), status="done")

    assert thumbnail(product, job["job_id"]).size == (168, round(168 * 720 / 1280))
