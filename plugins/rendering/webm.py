"""Writes frames into a WebM that browsers play and can seek in: VP9, by PyAV.

The times of the frames stay what they are, to WebM's millisecond: one that has the time of the frame before, or comes
less than a millisecond after it, comes a millisecond after it.
"""

from __future__ import annotations

import os
from fractions import Fraction
from types import TracebackType
from typing import BinaryIO, Final, Self

# OpenCV and PyAV each bring their own FFmpeg; OpenCV has to be loaded first.
import cv2
import numpy as np

# isort: split
import av
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from av.video.stream import VideoStream

from plugins.frames import Pixels

MEDIA_TYPE: Final = "video/webm"
CODEC: Final = "libvpx-vp9"
#: The larger side at most; what is larger is made smaller.
PIXELS_A_SIDE: Final = 1920
#: What both sides are multiples of: colours have half the size.
EVEN: Final = 2
MILLISECONDS: Final = Fraction(1, 1000)
#: How long the last frame is shown, as a part of a second: each other one is shown until the next.
USUAL_RATE: Final = 25
#: Frames from one that can be seeked to, to the next.
KEY_FRAMES: Final = 60
THREADS_AT_MOST: Final = 4
#: The quality, 0 (best) to 63, and what is given up for speed: 8 is fastest.
QUALITY: Final = "32"
SPEED: Final = "8"
#: ITU-T H.273's number for BT.709, which is what browsers expect of what does not say.
BT709: Final = 1


class TooLargeVideo(Exception):
    """The video would take more bytes than it may."""


class NotWritten(Exception):
    """The video could not be coded."""


class WebM:
    """One video that is being written to a file, which has to be seekable; it stays open."""

    def __init__(self, file: BinaryIO, *, width: int, height: int, max_bytes: int) -> None:
        """`width` and `height` are those of the first frame."""
        self.width, self.height = size_within(width, height)
        self._file = file
        self._max_bytes = max_bytes
        self._last = -1
        self._converter = VideoReformatter()
        # The places that can be seeked to are written at the end, and found at the beginning.
        self._container = av.open(file, mode="w", format="webm")
        stream = self._container.add_stream(
            CODEC,
            rate=USUAL_RATE,
            options={
                "deadline": "realtime",
                "cpu-used": SPEED,
                "crf": QUALITY,
                "b": "0",
                "row-mt": "1",
                "lag-in-frames": "0",
                "auto-alt-ref": "0",
            },
        )
        if not isinstance(stream, VideoStream):
            raise TypeError(f"{CODEC} made a {type(stream)}")
        context = stream.codec_context
        stream.width, stream.height, stream.pix_fmt = self.width, self.height, "yuv420p"
        context.time_base = MILLISECONDS
        context.gop_size = KEY_FRAMES
        context.thread_count = min(THREADS_AT_MOST, os.cpu_count() or 1)
        context.colorspace = context.color_primaries = context.color_trc = BT709
        context.color_range = ColorRange.MPEG
        self._stream = stream

    def sized(self, pixels: Pixels) -> Pixels:
        """The pixels of a frame at the video's size, which may be drawn on."""
        if pixels.shape[:2] == (self.height, self.width):
            return pixels.copy()
        smaller = pixels.shape[0] * pixels.shape[1] > self.width * self.height
        way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(pixels, (self.width, self.height), interpolation=way), dtype=np.uint8)

    def write(self, pixels: Pixels, timestamp_ms: float) -> None:
        """The next frame, of the video's size; raises `TooLargeVideo` and `NotWritten`."""
        frame = VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="bgr24")
        coded = self._converter.reformat(
            frame, format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
        )
        self._last = max(round(timestamp_ms), self._last + 1)
        coded.pts, coded.time_base = self._last, MILLISECONDS
        self._encode(coded)
        if self._file.tell() > self._max_bytes:
            raise TooLargeVideo

    def close(self) -> None:
        """Write what is left, and where to seek; raises `NotWritten`."""
        self._encode(None)
        self._container.close()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close it; what failed is not written to its end."""
        if kind is None:
            self.close()
        else:
            self._container.close()

    def _encode(self, frame: VideoFrame | None) -> None:
        try:
            self._container.mux(self._stream.encode(frame))
        except FFmpegError as error:
            raise NotWritten(f"The video could not be coded: {error}") from error


def size_within(width: int, height: int) -> tuple[int, int]:
    """The size of the video: as large as the frame or smaller, with even sides."""
    scale = min(1.0, PIXELS_A_SIDE / max(width, height))
    return _even(width * scale), _even(height * scale)


def _even(side: float) -> int:
    return max(EVEN, EVEN * round(side / EVEN))
