"""Which videos browsers play as they are: decided by what is in them."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from plugins.media import open_media
from tests.unit.plugins.made_media import encoded_image, quarters_image, turned, video


def plays_as(content: bytes) -> set[str]:
    """The media types as which browsers play it."""
    with open_media(io.BytesIO(content), max_pixels=100_000) as media:
        return set(media.plays_as)


@pytest.mark.parametrize(
    ("container", "codec", "expected"),
    [
        ("mp4", "libx264", {"video/mp4"}),
        ("webm", "libvpx", {"video/webm"}),
        ("webm", "libvpx-vp9", {"video/mp4", "video/webm"}),
        ("mp4", "mpeg4", set()),
        ("avi", "mpeg4", set()),
        ("avi", "mjpeg", set()),
        ("matroska", "ffv1", set()),
    ],
)
def test_the_codec_decides(container: str, codec: str, expected: set[str]) -> None:
    """H.264 is played in MP4, VP8 in WebM, VP9 in both, older ones in none."""
    assert plays_as(video(container=container, codec=codec, frames=3)) == expected


def test_ten_bits_are_not_counted_on() -> None:
    """H.264 with ten bits a colour decodes here, but in few browsers."""
    assert plays_as(video(codec="libx264", frames=3, pixel_format="yuv420p10le")) == set()
    assert plays_as(video(codec="libx264", frames=3, pixel_format="yuv444p")) == set()


def test_browsers_turn_an_mp4() -> None:
    """A phone's recording that asks to be turned is turned by browsers too."""
    assert plays_as(turned(video(codec="libx264", frames=3), 90)) == {"video/mp4"}


def test_images_are_not_played() -> None:
    """No image is a video, one with several pictures neither."""
    assert plays_as(encoded_image(quarters_image(), "PNG")) == set()
    pictures = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue")]
    assert plays_as(encoded_image(pictures[0], "GIF", save_all=True, append_images=pictures[1:])) == set()
