"""Drawing with fractions of a pixel, on twice the size, so that slow things move smoothly."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from plugins.frames import Pixels

Colour = tuple[int, int, int]
Point = tuple[float, float]

SCALE = 2
#: Bits of a coordinate behind the point, in OpenCV's drawing functions.
FRACTION_BITS = 4


class Canvas:
    """A picture of width × height that is drawn in its own units and read at its own size. Colours are BGR."""

    def __init__(self, pixels: Pixels) -> None:
        """Draw over `pixels`, which have the doubled size."""
        self.pixels = pixels

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        """A filled polygon."""
        cv2.fillPoly(self.pixels, [self._fixed(points)], colour, cv2.LINE_AA, FRACTION_BITS)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        """A filled rectangle."""
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], colour)

    def line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """A line through the points."""
        thickness = max(1, round(width * SCALE))
        cv2.polylines(self.pixels, [self._fixed(points)], False, colour, thickness, cv2.LINE_AA, FRACTION_BITS)

    def ellipse(self, centre: Point, radii: Point, colour: Colour) -> None:
        """A filled ellipse."""
        middle = self._fixed([centre])[0]
        axes = self._fixed([radii])[0]
        cv2.ellipse(
            self.pixels,
            (int(middle[0]), int(middle[1])),
            (int(axes[0]), int(axes[1])),
            0, 0, 360, colour, -1, cv2.LINE_AA, FRACTION_BITS,
        )  # fmt: skip

    def ring(self, centre: Point, radius: float, colour: Colour, width: float) -> None:
        """A circle."""
        middle = self._fixed([centre])[0]
        size = int(self._fixed([(radius, radius)])[0][0])
        thickness = max(1, round(width * SCALE))
        cv2.circle(self.pixels, (int(middle[0]), int(middle[1])), size, colour, thickness, cv2.LINE_AA, FRACTION_BITS)

    def _fixed(self, points: Sequence[Point]) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
        return np.asarray(np.round(np.array(points) * SCALE * 2**FRACTION_BITS), dtype=np.int32)
