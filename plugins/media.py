"""Opening an input: image or video, by its content, as a source of frames.

Nothing but the given bytes is read. What the content is decides Pillow first, by the signatures of the image formats
we read; all else is offered to PyAV.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO, Protocol

from plugins.contract import MediaFrame, MediaKind
from plugins.damage import OnDamage
from plugins.errors import EmptyMedia
from plugins.images import ImageSource, identify
from plugins.input_stream import InputStream
from plugins.limits import MediaLimits
from plugins.videos import VideoSource


class MediaSource(Protocol):
    """An opened image or video. Iterating starts at the first frame, every time."""

    kind: MediaKind
    #: Pixels as shown, after any rotation.
    width: int
    height: int
    #: None where the file does not keep count.
    frames_total: int | None
    duration_seconds: float | None
    #: Media types of files as which browsers play its coding; none where it has to be made anew for them.
    plays_as: frozenset[str]
    #: Told the index of the next frame and a sentence, at every damaged place; may be set before iterating.
    on_damage: OnDamage | None

    def __iter__(self) -> Iterator[MediaFrame]:
        """The frames, one at a time."""
        ...

    def position(self) -> float | None:
        """The measured part of the input that was processed, 0 to 1."""
        ...


@contextmanager
def open_media(
    source: str | Path | BinaryIO,
    *,
    max_pixels: int,
    max_seconds: float = math.inf,
    max_frames: float = math.inf,
    max_image_bytes: float = math.inf,
    max_damaged_percent: float = 100,
    on_damage: OnDamage | None = None,
) -> Iterator[MediaSource]:
    """An image or video as a source of frames, closed at the end. A given file object must be seekable; it stays open.

    Raises `UnreadableMedia`, or one of its more exact kinds, whose message says what to do: when it is opened for what
    can't be decoded or says that it is over a limit, and between frames for what turns out to be. Of an input of ten
    damaged frames or more, no more than `max_damaged_percent` may be. What the storage raises comes through as it is.
    """
    limits = MediaLimits(
        max_pixels=max_pixels,
        max_seconds=max_seconds,
        max_frames=max_frames,
        max_image_bytes=max_image_bytes,
        max_damaged_percent=max_damaged_percent,
    )
    with (
        _file_of(source) as file,
        closing(_opened(InputStream(file), limits, on_damage)) as media,
    ):
        yield media


def _file_of(source: str | Path | BinaryIO) -> AbstractContextManager[BinaryIO]:
    """Closed at the end if it was opened here."""
    return Path(source).open("rb") if isinstance(source, str | Path) else nullcontext(source)


def _opened(stream: InputStream, limits: MediaLimits, on_damage: OnDamage | None) -> ImageSource | VideoSource:
    if stream.size_bytes == 0:
        raise EmptyMedia("The file is empty. Choose another one, or upload it again.")
    image = identify(stream, limits)
    if image is not None:
        return ImageSource(image, stream, limits=limits, on_damage=on_damage)
    return VideoSource(stream, limits=limits, on_damage=on_damage)
