"""Images by Pillow: still ones are one frame, animations and documents as many as they have pictures or pages.

Owns which formats are images here, the limits on them, and the times of their frames.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final, cast

from PIL import Image, UnidentifiedImageError

from plugins.contract import MediaKind
from plugins.damage import Damage, OnDamage
from plugins.errors import TooLarge, TooLong, TooManyPixels, UnreadableMedia
from plugins.frames import DecodedFrame, Pixels
from plugins.input_stream import InputStream
from plugins.limits import MediaLimits
from plugins.pixels import DAMAGE, bgr_of

#: What Pillow may try; none of these runs another program or opens another file.
FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF", "JPEG2000", "PPM")
#: Formats whose further pictures are moments.
ANIMATED_FORMATS: Final = frozenset({"GIF", "PNG", "WEBP", "AVIF"})
#: The format whose further pictures are pages, each for itself.
DOCUMENT_FORMAT: Final = "TIFF"
#: Finding a page takes as long as there are pages before it.
PAGES_AT_MOST: Final = 10_000
#: The tag, and its bits, by which a page says that it is only a smaller copy of another, or a mask for it.
SUBFILE_TAG, COPY_OR_MASK = 254, 0b101
#: Browsers show a frame that names no duration this long.
DEFAULT_DURATION_MS: Final = 100.0
#: Enough of a file to tell its format.
PREFIX_BYTES: Final = 32

BROKEN: Final = "The image is incomplete or damaged; save or upload it again."
REST_LEFT_OUT: Final = "The animation is damaged here; the rest of it is left out."
PAGE_LEFT_OUT: Final = "This page is damaged; it is left out."


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
    plays_as: frozenset[str] = frozenset()

    def __init__(
        self, image: Image.Image, stream: InputStream, *, limits: MediaLimits, on_damage: OnDamage | None = None
    ) -> None:
        self.on_damage = on_damage
        self._image = image
        self._stream = stream
        self._limits = limits
        with _refused_if_broken(stream, limits.max_pixels):
            self._check_size()
            #: Where in the file each frame is.
            self._places = self._find_frames()
            first = bgr_of(image)
        self._first = ImageFrame(first, index=0, timestamp_ms=0.0)
        self._first_duration_ms = self._duration_ms()
        self._frames_done = 0
        self.frames_total: int | None = len(self._places)
        self.width = self._first.width
        self.height = self._first.height
        self.duration_seconds: float | None = None

    def __iter__(self) -> Iterator[DecodedFrame]:
        """Every frame, from the first. A damaged page is left out; of an animation, so is what comes after it."""
        percent = self._limits.max_damaged_percent
        damage = Damage(self.on_damage, max_percent=percent, announced=len(self._places))
        damage.frame(0, corrupt=False)
        yield self._first
        self._frames_done = 1
        timestamp_ms = self._first_duration_ms
        for index in range(1, len(self._places)):
            if timestamp_ms > self._limits.max_seconds * 1000:
                raise TooLong(
                    f"The animation is longer than {self._limits.max_seconds:g} seconds; no more is read. Shorten it."
                )
            pixels = self._decode(index)
            if pixels is not None:
                damage.frame(index, corrupt=False)
                yield ImageFrame(pixels, index=index, timestamp_ms=timestamp_ms)
            elif self._image.format == DOCUMENT_FORMAT:
                damage.lost(index, PAGE_LEFT_OUT)
            else:
                damage.say(index, REST_LEFT_OUT)
                return
            timestamp_ms += self._duration_ms()
            self._frames_done = index + 1

    def position(self) -> float:
        """The part of the frames that was processed, 0 to 1."""
        return self._frames_done / len(self._places)

    def close(self) -> None:
        """Let the decoder go."""
        self._image.close()

    def _decode(self, index: int) -> Pixels | None:
        try:
            with _pillow_within(self._limits.max_pixels):
                self._image.seek(self._places[index])
                self._check_size()
                return bgr_of(self._image)
        except DAMAGE:
            self._stream.raise_failure()
            return None

    def _duration_ms(self) -> float:
        # A text in the file may bear this name, too.
        duration = self._image.info.get("duration")
        if isinstance(duration, int | float) and 0 < duration < math.inf:
            return float(duration)
        return DEFAULT_DURATION_MS

    def _find_frames(self) -> range | list[int]:
        if self._image.format in ANIMATED_FORMATS:
            count = int(getattr(self._image, "n_frames", 1))
            self._check_count(count, self._limits.max_frames)
            return range(count)
        return self._find_pages() if self._image.format == DOCUMENT_FORMAT else range(1)

    def _find_pages(self) -> list[int]:
        places = [0]
        place = 1
        try:
            while True:
                self._image.seek(place)
                tags = getattr(self._image, "tag_v2", {})
                if not int(tags.get(SUBFILE_TAG, 0)) & COPY_OR_MASK:
                    places.append(place)
                    self._check_count(len(places), self._limits.max_frames)
                place += 1
                self._check_count(place, PAGES_AT_MOST)
        except EOFError:
            pass
        except DAMAGE:
            # It is met again, and said, when its turn comes.
            places.append(place)
        self._image.seek(0)
        return places

    @staticmethod
    def _check_count(count: int, most: float) -> None:
        if count > most:
            raise TooLong(f"The image has {count:,} pictures or more; split it, up to {most:,} are read.")

    def _check_size(self) -> None:
        width, height = self._image.size
        if width * height > self._limits.max_pixels:
            raise TooManyPixels(
                f"The image has {width} × {height} pixels; make it smaller, up to {self._limits.max_pixels:,} are read."
            )


def identify(stream: InputStream, limits: MediaLimits) -> Image.Image | None:
    """The image in the stream, its pixels not yet decoded; None if the content is of no image format we read.

    Raises `UnreadableMedia` for an image whose very header is damaged, or that is over a limit.
    """
    is_image = _begins_like_an_image(stream)
    if is_image and stream.size_bytes > limits.max_image_bytes:
        raise TooLarge(
            f"The image is a file of {stream.size_bytes:,} bytes; make it smaller, up to "
            f"{limits.max_image_bytes:,} are read."
        )
    with _refused_if_broken(stream, limits.max_pixels):
        try:
            return Image.open(cast("BinaryIO", stream), formats=FORMATS)
        except UnidentifiedImageError:
            if is_image:
                raise
    stream.seek(0)
    return None


def _begins_like_an_image(stream: InputStream) -> bool:
    Image.init()
    prefix = stream.read(PREFIX_BYTES)
    stream.seek(0)
    return any(accept is not None and accept(prefix) for _, accept in (Image.OPEN[name] for name in FORMATS))


@contextmanager
def _refused_if_broken(stream: InputStream, max_pixels: int) -> Iterator[None]:
    try:
        with _pillow_within(max_pixels):
            yield
    except DAMAGE as error:
        stream.raise_failure()
        raise UnreadableMedia(BROKEN) from error


@contextmanager
def _pillow_within(max_pixels: int) -> Iterator[None]:
    """Pillow makes pictures on the way, of sizes that the file names: they, too, stay within the limit.

    What it only remarks on is not printed: it says nothing to whom the input belongs.
    """
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = max_pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels(
            f"The image has more than {max_pixels:,} pixels, which is the most that is read; make it smaller."
        ) from error
    finally:
        Image.MAX_IMAGE_PIXELS = before
