"""Odd codings of pictures: a person sees the same four colours, and so do the tools."""

from __future__ import annotations

import io
from fractions import Fraction

import cv2
import numpy as np
import pytest

# isort: split
import av
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from plugins.media import open_media
from tests.unit.plugins.made_media import encoded_image, quarter_colours, quarters, quarters_image

MAX_PIXELS = 1_000_000
FOUR = ["red", "green", "blue", "white"]


def coded(
    codec: str,
    pixel_format: str,
    *,
    container: str = "matroska",
    colours: Colorspace = Colorspace.ITU601,
    coded_as: int = 2,
    full_range: bool = False,
    size: tuple[int, int] = (64, 48),
) -> bytes:
    """A video of the four colours; `coded_as` is the number by which H.273 names the colours in the file."""
    extent = ColorRange.JPEG if full_range else ColorRange.MPEG
    buffer = io.BytesIO()
    with av.open(buffer, mode="w", format=container) as output:
        stream = output.add_stream(codec, rate=25)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, pixel_format
        stream.codec_context.colorspace = coded_as
        stream.codec_context.color_range = extent
        for index in range(2):
            picture = av.VideoFrame.from_ndarray(quarters(*size), format="bgr24")
            frame = picture.reformat(format=pixel_format, dst_colorspace=colours, dst_color_range=extent)
            frame.colorspace, frame.color_range = coded_as, extent
            frame.pts, frame.time_base = index, Fraction(1, 25)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(coded("libx264", "yuv420p", colours=Colorspace.ITU709, coded_as=1), id="HD colours"),
        pytest.param(coded("libx264", "yuv420p", full_range=True), id="full range"),
        pytest.param(coded("libx264", "yuv420p10le"), id="10 bits"),
        pytest.param(coded("libx265", "yuv420p10le", colours=Colorspace.BT2020, coded_as=9), id="10 bits, UHD colours"),
        pytest.param(coded("libx264", "yuv444p"), id="4:4:4"),
        pytest.param(coded("ffv1", "yuv422p16le"), id="16 bits"),
        pytest.param(coded("ffv1", "bgr0"), id="RGB"),
        pytest.param(coded("ffv1", "bgra"), id="RGB and alpha"),
        pytest.param(coded("prores_ks", "yuva444p10le", container="mov"), id="ProRes with alpha"),
        pytest.param(coded("libvpx-vp9", "yuva420p", container="webm"), id="VP9 with alpha"),
        pytest.param(coded("ffv1", "yuv420p", size=(63, 47)), id="odd sizes"),
        pytest.param(coded("ffv1", "yuv420p", size=(5, 5)), id="tiny"),
        pytest.param(coded("ffv1", "yuv420p", coded_as=11), id="colours that nobody knows"),
    ],
)
def test_a_video_shows_its_colours(content: bytes) -> None:
    """White is 255, black would be 0, and each colour is within a few steps of what was recorded."""
    with open_media(io.BytesIO(content), max_pixels=MAX_PIXELS) as media:
        frame = next(iter(media))
        pixels, gray = frame.bgr(), frame.gray()

    assert quarter_colours(pixels) == FOUR
    assert pixels.shape[:2] == gray.shape == (frame.height, frame.width)
    corners = pixels[[0, 0, -1, -1], [0, -1, 0, -1]].astype(int)
    assert np.abs(corners - np.array([[0, 0, 255], [0, 255, 0], [255, 0, 0], [255, 255, 255]])).max() < 20
    assert [int(gray[0, 0]), int(gray[-1, -1])] == pytest.approx([76, 255], abs=5)


def deep_colours() -> bytes:
    """A TIFF of 16 bits for each of red, green and blue, written by OpenCV."""
    done, encoded = cv2.imencode(".tiff", quarters().astype(np.uint16) * 257)
    assert done
    return encoded.tobytes()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(encoded_image(quarters_image().convert("CMYK"), "JPEG", quality=95), id="CMYK"),
        pytest.param(encoded_image(quarters_image().convert("LAB"), "TIFF"), id="LAB"),
        pytest.param(encoded_image(quarters_image().convert("YCbCr"), "TIFF", compression="jpeg"), id="YCbCr"),
        pytest.param(encoded_image(quarters_image().quantize(4), "GIF"), id="palette"),
        pytest.param(encoded_image(quarters_image().convert("RGBA"), "WEBP", lossless=True), id="alpha"),
        pytest.param(deep_colours(), id="16 bits a colour"),
    ],
)
def test_an_image_shows_its_colours(content: bytes) -> None:
    """The four colours are where they were, however they are written down."""
    with open_media(io.BytesIO(content), max_pixels=MAX_PIXELS) as media:
        (frame,) = media

        assert quarter_colours(frame.bgr()) == FOUR


def test_one_bit_is_black_or_white() -> None:
    """An image of one bit a pixel has the values 0 and 255."""
    image = Image.new("1", (10, 4))
    image.paste(1, (0, 0, 5, 4))

    with open_media(io.BytesIO(encoded_image(image, "PNG")), max_pixels=MAX_PIXELS) as media:
        (frame,) = media

        assert (frame.bgr()[0, 0].tolist(), frame.bgr()[0, 9].tolist()) == ([255, 255, 255], [0, 0, 0])


@pytest.mark.parametrize(
    ("name", "value"),
    [("duration", "abc"), ("duration", "nan"), ("duration", "-5"), ("exif", "none"), ("icc_profile", "x")],
)
def test_a_text_of_a_known_name_is_only_a_text(name: str, value: str) -> None:
    """Texts in a PNG may bear any name, also one that means something elsewhere: the image is read all the same."""
    texts = PngInfo()
    texts.add_text(name, value)
    content = encoded_image(quarters_image(), "PNG", pnginfo=texts)

    with open_media(io.BytesIO(content), max_pixels=MAX_PIXELS) as media:
        (frame,) = media

        assert (frame.timestamp_ms, quarter_colours(frame.bgr())) == (0.0, FOUR)
