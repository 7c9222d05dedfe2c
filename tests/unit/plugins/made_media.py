"""Tiny media, made by the tests that read them."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Sequence
from fractions import Fraction

import cv2
import numpy as np

# isort: split
import av
from av.video.stream import VideoStream
from PIL import Image

from plugins.frames import Pixels

RED, GREEN, BLUE, WHITE = (0, 0, 255), (0, 255, 0), (255, 0, 0), (255, 255, 255)

#: What encoders take that do not take the usual form.
CODED_AS = {"mjpeg": "yuvj420p"}


def quarters(width: int = 64, height: int = 48) -> Pixels:
    """Red, green, blue and white: top left, top right, bottom left, bottom right. BGR."""
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    pixels[: height // 2, : width // 2] = RED
    pixels[: height // 2, width // 2 :] = GREEN
    pixels[height // 2 :, : width // 2] = BLUE
    pixels[height // 2 :, width // 2 :] = WHITE
    return pixels


def encoded_image(image: Image.Image, kind: str, **options: object) -> bytes:
    """The image as a file's content."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def quarters_image() -> Image.Image:
    """`quarters` for Pillow."""
    return Image.fromarray(np.ascontiguousarray(quarters()[:, :, ::-1]))


def counting_frame(index: int, width: int = 64, height: int = 48) -> Pixels:
    """A gray picture, brighter with every frame."""
    return np.full((height, width, 3), 30 + 3 * index, dtype=np.uint8)


def video(
    *,
    container: str = "mp4",
    codec: str = "mpeg4",
    times_ms: Sequence[int] | None = None,
    frames: int = 30,
    picture: Callable[[int], Pixels] = counting_frame,
    options: dict[str, str] | None = None,
    pixel_format: str | None = None,
) -> bytes:
    """A video's content: `frames` pictures 40 ms apart, or at the times given."""
    times = list(times_ms) if times_ms is not None else [40 * index for index in range(frames)]
    buffer = io.BytesIO()
    milliseconds = Fraction(1, 1000)
    with av.open(buffer, mode="w", format=container) as output:
        stream = output.add_stream(codec, rate=25, options=options or {})
        assert isinstance(stream, VideoStream)
        height, width = picture(0).shape[:2]
        stream.width, stream.height = width, height
        stream.pix_fmt = pixel_format or CODED_AS.get(codec, "yuv420p")
        stream.codec_context.time_base = milliseconds
        for index, time in enumerate(times):
            frame = av.VideoFrame.from_ndarray(picture(index), format="bgr24")
            frame.pts, frame.time_base = time, milliseconds
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return buffer.getvalue()


def turned(mp4: bytes, degrees: int) -> bytes:
    """The same MP4, to be shown turned clockwise, as a phone's recording says it."""
    matrices = {90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}
    a, b, c, d = (value << 16 for value in matrices[degrees])
    # In a track header of version 0 the matrix follows 40 bytes after the name.
    place = mp4.index(b"tkhd") + 4 + 40
    matrix = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    return mp4[:place] + matrix + mp4[place + len(matrix) :]


def quarter_colours(pixels: Pixels) -> list[str]:
    """The names of the colours in the picture's quarters, in reading order."""
    height, width = pixels.shape[:2]
    small = cv2.resize(pixels, (4, 4), interpolation=cv2.INTER_AREA) if height >= 4 and width >= 4 else pixels
    names = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}
    places = [(0, 0), (0, 3), (3, 0), (3, 3)]
    return [
        min(names, key=lambda name: float(np.abs(small[place].astype(int) - np.array(names[name])).sum()))
        for place in places
    ]
