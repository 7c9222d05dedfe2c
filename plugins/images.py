"""Images by Pillow: still ones are one frame, animated ones as many as they have.

Owns which formats are images here, the limit on their size, and the times of an animation's frames.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

from PIL import Image, UnidentifiedImageError

from plugins.contract import MediaKind
from plugins.errors import UnreadableMedia
from plugins.frames import DecodedFrame, Pixels
from plugins.input_stream import InputStream
from plugins.pixels import bgr_of

# Every image is measured against our own limit before it is decoded; Pillow's own limit would only warn beside it.
Image.MAX_IMAGE_PIXELS = None

#: What Pillow may try; none of these runs another program or opens another file.
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF", "JPEG2000", "PPM")
#: Formats whose further frames are moments; in others they are pages or thumbnails.
ANIMATED_FORMATS = frozenset({"GIF", "PNG", "WEBP", "AVIF"})
#: Browsers show a frame that names no duration this long.
DEFAULT_DURATION_MS = 100.0
#: What Pillow raises on broken data, by format.
DAMAGE = (OSError, SyntaxError, ValueError, EOFError, IndexError, RuntimeError, struct.error, zlib.error)

BROKEN = "The image is incomplete or damaged; save or upload it again."


class ImageFrame(DecodedFrame):
    """A frame that is already decoded."""

    def __init__(self, pixels: Pixels, *, index: int, timestamp_ms: float) -> None:
        height, width = pixels.shape[:2]
        super().__init__(index=index, timestamp_ms=timestamp_ms, width=width, height=height)
        self._pixels = pixels

    def _decode_bgr(self) -> Pixels:
        return self._pixels


class ImageSource:
    """A `MediaSource` of an image. The first frame is decoded when it is opened, the others one at a time."""

    kind: MediaKind = MediaKind.IMAGE

    def __init__(
        self,
        image: Image.Image,
        stream: InputStream,
        *,
        max_pixels: int,
        on_damage: Callable[[int, str], None] | None = None,
    ) -> None:
        self.on_damage = on_damage
        self._image = image
        self._stream = stream
        self._max_pixels = max_pixels
        try:
            self._check_size()
            self._frame_count = self._count_frames()
            first = bgr_of(image)
        except DAMAGE as error:
            stream.raise_failure()
            raise UnreadableMedia(BROKEN) from error
        self._first = ImageFrame(first, index=0, timestamp_ms=0.0)
        self._first_duration_ms = self._duration_ms()
        self._frames_done = 0
        self.frames_total: int | None = self._frame_count
        self.width = self._first.width
        self.height = self._first.height
        self.duration_seconds: float | None = None

    def __iter__(self) -> Iterator[DecodedFrame]:
        """Every frame, from the first; what comes after a damaged one can't be decoded and is left out."""
        yield self._first
        self._frames_done = 1
        timestamp_ms = self._first_duration_ms
        for index in range(1, self._frame_count):
            pixels = self._decode(index)
            if pixels is None:
                return
            yield ImageFrame(pixels, index=index, timestamp_ms=timestamp_ms)
            timestamp_ms += self._duration_ms()
            self._frames_done = index + 1

    def position(self) -> float:
        """The part of the frames that was processed, 0 to 1."""
        return self._frames_done / self._frame_count

    def close(self) -> None:
        """Let the decoder go."""
        self._image.close()

    def _decode(self, index: int) -> Pixels | None:
        try:
            self._image.seek(index)
            self._check_size()
            return bgr_of(self._image)
        except DAMAGE:
            self._stream.raise_failure()
            if self.on_damage is not None:
                self.on_damage(index, "The animation is damaged here; the rest of it is left out.")
            return None

    def _duration_ms(self) -> float:
        return float(self._image.info.get("duration") or DEFAULT_DURATION_MS)

    def _count_frames(self) -> int:
        return int(getattr(self._image, "n_frames", 1)) if self._image.format in ANIMATED_FORMATS else 1

    def _check_size(self) -> None:
        width, height = self._image.size
        if width * height > self._max_pixels:
            raise UnreadableMedia(
                f"The image has {width} × {height} pixels; make it smaller, up to {self._max_pixels:,} are read."
            )


def identify(stream: InputStream) -> Image.Image | None:
    """The image in the stream, its pixels not yet decoded; None if the content is of no image format we read.

    Raises `UnreadableMedia` for an image whose very header is damaged.
    """
    try:
        return Image.open(cast("BinaryIO", stream), formats=FORMATS)
    except UnidentifiedImageError:
        stream.raise_failure()
        stream.seek(0)
        return None
    except DAMAGE as error:
        stream.raise_failure()
        raise UnreadableMedia(BROKEN) from error
