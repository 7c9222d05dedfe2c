"""Opening an input: image or video, by its content, as a source of frames.

Nothing but the given bytes is read. What the content is decides Pillow first, by the signatures of the image formats
we read; all else is offered to PyAV.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from plugins.contract import MediaFrame, MediaKind
from plugins.images import ImageSource, identify
from plugins.input_stream import InputStream
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
    #: Told the index of the next frame and a sentence, at every damaged place; may be set before iterating.
    on_damage: Callable[[int, str], None] | None

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
    on_damage: Callable[[int, str], None] | None = None,
) -> Iterator[MediaSource]:
    """An image or video as a source of frames, closed at the end. A given file object must be seekable; it stays open.

    Raises `UnreadableMedia`, whose message says what to do, for what can't be decoded or is larger than `max_pixels`
    a frame. What the storage raises comes through as it is.
    """
    if isinstance(source, str | Path):
        with Path(source).open("rb") as file, open_media(file, max_pixels=max_pixels, on_damage=on_damage) as media:
            yield media
        return
    stream = InputStream(source)
    image = identify(stream)
    opened: ImageSource | VideoSource
    if image is not None:
        opened = ImageSource(image, stream, max_pixels=max_pixels, on_damage=on_damage)
    else:
        opened = VideoSource(stream, max_pixels=max_pixels, on_damage=on_damage)
    try:
        yield opened
    finally:
        opened.close()
