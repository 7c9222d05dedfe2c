"""One decoded frame of an image or a video: what tools are given.

Owns the conversions between pixels (BGR, gray, a small JPEG). How pixels are decoded is the business of
`plugins.images` and `plugins.videos`.
"""

from __future__ import annotations

from typing import Final

# OpenCV and PyAV each bring their own FFmpeg; OpenCV has to be loaded first.
import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

#: Pictures no wider than this are made of one of this width: a large frame is gone through once, however many are.
REDUCED_WIDTH: Final = 960


class DecodedFrame:
    """A `MediaFrame`. Pixels are converted when they are asked for, once, and stay as long as the frame does.

    The arrays belong to the frame and every tool of a run sees the same ones: they can't be written to; copy first.
    """

    def __init__(self, *, index: int, timestamp_ms: float, width: int, height: int) -> None:
        self.index = index
        self.timestamp_ms = timestamp_ms
        self.width = width
        self.height = height
        self._bgr: Pixels | None = None
        self._gray: Pixels | None = None
        self._reduced: Pixels | None = None

    def bgr(self) -> Pixels:
        """Height × width × 3, in OpenCV's order of colours."""
        if self._bgr is None:
            self._bgr = _read_only(self._decode_bgr())
        return self._bgr

    def gray(self) -> Pixels:
        """Height × width."""
        if self._gray is None:
            self._gray = _read_only(self._decode_gray())
        return self._gray

    def jpeg(self, *, max_width: int, quality: int) -> bytes:
        """The frame as a JPEG no wider than `max_width` pixels; `quality` is 1 to 95. It is never enlarged."""
        pixels = self._narrowed(self.bgr() if max_width > REDUCED_WIDTH else self._reduced_bgr(), max_width)
        made, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if not made:
            # More than 65,500 pixels high.
            raise ValueError(f"a picture of {pixels.shape[1]} × {pixels.shape[0]} pixels can't be a JPEG")
        return encoded.tobytes()

    def _reduced_bgr(self) -> Pixels:
        if self._reduced is None:
            self._reduced = self._narrowed(self.bgr(), REDUCED_WIDTH)
        return self._reduced

    def _narrowed(self, pixels: Pixels, max_width: int) -> Pixels:
        if pixels.shape[1] <= max_width:
            return pixels
        height = max(1, round(self.height * max_width / self.width))
        return np.asarray(cv2.resize(pixels, (max_width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)

    def _decode_bgr(self) -> Pixels:
        raise NotImplementedError

    def _decode_gray(self) -> Pixels:
        return np.asarray(cv2.cvtColor(self.bgr(), cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def _read_only(pixels: Pixels) -> Pixels:
    """The same pixels, safe from a tool that would draw into what the others see."""
    shown = pixels.view()
    shown.flags.writeable = False
    return shown
