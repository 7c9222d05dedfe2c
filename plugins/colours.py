"""From the coding of a video's frames to the pixels that tools are given."""

from __future__ import annotations

import logging
import threading
from typing import Final

# OpenCV and PyAV each bring their own FFmpeg; OpenCV has to be loaded first.
import cv2  # noqa: F401
import numpy as np

# isort: split
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, VideoReformatter

from plugins.errors import FrameSkipped
from plugins.frames import Pixels

logger = logging.getLogger(__name__)

#: What is taken for colours whose coding is not known: that of video before HD.
USUAL_COLOURS: Final = Colorspace.ITU601
#: The worker's processes share the cores already.
THREADS: Final = 1


class Colours:
    """Converts the frames of one stream, and keeps for the next frame what it has worked out for the last."""

    def __init__(self) -> None:
        self._converters: dict[str, VideoReformatter] = {}
        # A tool may look at several frames at once.
        self._lock = threading.Lock()

    def pixels(self, frame: VideoFrame, pixel_format: str) -> Pixels:
        """The frame's pixels; raises `FrameSkipped` where its coding can't be converted."""
        with self._lock:
            converter = self._converters.setdefault(pixel_format, VideoReformatter())
            try:
                converted = converter.reformat(frame, format=pixel_format, threads=THREADS)
            except FFmpegError as error:
                logger.debug("Took usual colours for unknown ones", extra={"action": "colours", "reason": str(error)})
                converted = _as_usual(converter, frame, pixel_format)
        return np.asarray(converted.to_ndarray(), dtype=np.uint8)


def _as_usual(converter: VideoReformatter, frame: VideoFrame, pixel_format: str) -> VideoFrame:
    try:
        return converter.reformat(frame, format=pixel_format, src_colorspace=USUAL_COLOURS, threads=THREADS)
    except FFmpegError as error:
        raise FrameSkipped("The colours of this frame can't be read; it is left out") from error
