"""Videos whose every frame carries its own number as a picture, and a plugin that reads it there.

What a box says of a frame can then be compared with the frame that it is shown on.
"""

from __future__ import annotations

from typing import ClassVar, Final

import numpy as np

from plugins.contract import Box, FrameData, MediaFrame, Plugin, Tool, ToolOptions
from plugins.frames import Pixels

#: The number's bits stand beside each other at the top, the highest first: white is one.
BITS: Final = 10
WIDTH, HEIGHT = 320, 240
BAR_HEIGHT: Final = 60
BOX_TOP, BOX_BOTTOM, BOX_WIDTH = 120, 180, 40
#: How far the box of a frame is from that of the frame before.
STEP: Final = 4
LABEL: Final = "thing"


def picture(number: int) -> Pixels:
    """A gray picture with its number."""
    pixels = np.full((HEIGHT, WIDTH, 3), 110, dtype=np.uint8)
    for bit in range(BITS):
        left = bit * WIDTH // BITS
        pixels[:BAR_HEIGHT, left : left + WIDTH // BITS] = 235 if number >> (BITS - 1 - bit) & 1 else 20
    return pixels


def number_in(gray: Pixels) -> int:
    """The number that a picture carries, whatever its size and coding made of it."""
    height, width = gray.shape
    row = gray[height * BAR_HEIGHT // (2 * HEIGHT)]
    bits = [row[(2 * bit + 1) * width // (2 * BITS)] > 128 for bit in range(BITS)]
    return sum(1 << (BITS - 1 - place) for place, bit in enumerate(bits) if bit)


def box_left(number: int) -> float:
    """Where the box of the frame of this number begins."""
    return 10.0 + STEP * number


class Follow(Tool[ToolOptions]):
    """Puts a box where the number that is in the picture says."""

    name = "follow"
    title = "Follow"
    description = "One box."
    Options: ClassVar[type[ToolOptions]] = ToolOptions

    def process(self, frame: MediaFrame) -> FrameData:
        """The box of the number."""
        number = number_in(frame.gray())
        left = box_left(number)
        return FrameData(
            frame_index=frame.index,
            timestamp_ms=frame.timestamp_ms,
            boxes=[Box(x1=left, y1=BOX_TOP, x2=left + BOX_WIDTH, y2=BOX_BOTTOM)],
            scores=[0.9],
            labels=[LABEL],
            track_ids=[7],
        )


class Counting(Plugin):
    """A plugin with that tool."""

    name = "counting"
    title = "Counting"
    version = "1.0.0"
    description = "For tests."
    license = "Apache-2.0"
    tools: ClassVar = (Follow,)
