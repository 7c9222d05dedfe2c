"""How a video asks to be shown: turned by quarters, and mirrored, as phones and front cameras write it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

# isort: split
from av.error import FFmpegError
from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from plugins.colours import USUAL_COLOURS
from plugins.frames import Pixels

#: Nine fixed-point numbers in the machine's own order; the first, second, fourth and fifth turn and mirror.
MATRIX: Final = struct.Struct("=9i")

#: Pixels; the least that every coding can be made into.
SMALL: Final = 16
#: Quarter turns counterclockwise to OpenCV's names for them.
TURNS: Final = {1: cv2.ROTATE_90_COUNTERCLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_CLOCKWISE}


@dataclass(frozen=True, slots=True)
class Display:
    """From coded pixels to those that a person sees: mirrored left to right first, then turned."""

    mirrored: bool = False
    #: OpenCV's name for the turn.
    turn: int | None = None

    @property
    def lies_on_its_side(self) -> bool:
        """Whether width and height change places."""
        return self.turn in {cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_90_COUNTERCLOCKWISE}

    def shown(self, pixels: Pixels) -> Pixels:
        """The pixels as a person sees them."""
        if self.mirrored:
            pixels = np.asarray(cv2.flip(pixels, 1), dtype=np.uint8)
        return pixels if self.turn is None else np.asarray(cv2.rotate(pixels, self.turn), dtype=np.uint8)


class Displays:
    """What each frame of one stream asks for."""

    def __init__(self) -> None:
        self._rotation: int | None = None
        self._display: Display | None = None

    def of(self, frame: VideoFrame) -> Display:
        """What the frame asks for. Files may ask for any angle; players follow the quarter turns."""
        rotation = _rotation(frame)
        # The matrix itself is looked at where something changed: that takes longer.
        if self._display is None or rotation != self._rotation:
            self._rotation, self._display = rotation, _display(frame, rotation)
        return self._display


def _display(frame: VideoFrame, rotation: int) -> Display:
    try:
        # PyAV ties a frame and its side data into a knot that only the collector undoes: a small one may wait for it.
        small = VideoReformatter().reformat(frame, width=SMALL, height=SMALL, src_colorspace=USUAL_COLOURS, threads=1)
        data = small.side_data.get("DISPLAYMATRIX")
    except (FFmpegError, ValueError):
        # PyAV has no name for some newer kinds of side data, such as a camera's EXIF, and then shows none at all.
        return Display(turn=TURNS.get(round(rotation / 90) % 4))
    if not isinstance(data, SideData) or data.buffer_size < MATRIX.size:
        return Display()
    across_x, across_y, _, down_x, down_y, *_ = MATRIX.unpack_from(bytes(data))
    mirrored = across_x * down_y - across_y * down_x < 0
    if mirrored:
        across_x, across_y = -across_x, -across_y
    # Where the coded picture's right-hand direction goes.
    if abs(across_x) >= abs(across_y):
        turn = cv2.ROTATE_180 if across_x < 0 else None
    else:
        turn = cv2.ROTATE_90_CLOCKWISE if across_y > 0 else cv2.ROTATE_90_COUNTERCLOCKWISE
    return Display(mirrored, turn)


def _rotation(frame: VideoFrame) -> int:
    """Degrees counterclockwise."""
    try:
        return frame.rotation
    except ValueError:
        # A matrix that flattens the picture has no angle.
        return 0
