"""Inputs that are odd and good, and frames that several tools share."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest

from plugins.media import open_media

MAX_PIXELS = 1_000_000


def _video(container_format: str, codec: str, title: str) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container_format) as container:
        container.metadata["title"] = title
        stream = container.add_stream(codec, rate=25)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for index in range(5):
            picture = np.full((48, 64, 3), 40 * index, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return buffer.getvalue()


@pytest.mark.parametrize(("container_format", "codec"), [("avi", "mpeg4"), ("matroska", "libvpx"), ("mp4", "mpeg4")])
def test_title_in_an_older_encoding_is_no_obstacle(container_format: str, codec: str) -> None:
    """A video whose title is Latin-1 is a good video: every frame is decoded."""
    content = _video(container_format, codec, "Cafe XXX").replace(b"Cafe XXX", b"Caf\xe9 XXXX")
    assert b"\xe9" in content

    with open_media(io.BytesIO(content), max_pixels=MAX_PIXELS) as media:
        assert len(list(media)) == 5


def test_a_tool_cannot_draw_into_what_the_next_one_sees() -> None:
    """The pixels of a frame can't be written to: tools share them, and the preview is made of them."""
    with open_media(io.BytesIO(_video("avi", "mpeg4", "x")), max_pixels=MAX_PIXELS) as media:
        frame = next(iter(media))

        for pixels in (frame.bgr(), frame.gray()):
            with pytest.raises(ValueError, match="read-only"):
                pixels[0] = 0
