"""Draws what was found in a frame over its picture: boxes or outlines, labels, and where tracked things came from."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from plugins.frames import Pixels
from plugins.rendering.lettering import written
from plugins.rendering.palette import DARK, colour_of

#: Frames that a trail reaches back.
TRAIL_FRAMES: Final = 40
#: Tracks whose way is kept; beyond it the one that was seen longest ago is forgotten.
TRACKS_AT_MOST: Final = 1000
#: Detections of a frame that are drawn: with more, nothing of the picture would be left.
DRAWN_AT_MOST: Final = 2000
#: Labels too, for each is looked at for room beside all others.
LABELS_AT_MOST: Final = 200
#: A narrower box has no room for its label, in heights of its letters.
LABEL_ROOM: Final = 1.5
#: Coordinates beyond this are not drawn as they are, but no line looks another way for it.
FAR: Final = 20_000
#: OpenCV draws at parts of a pixel, of which this many bits count.
SHIFT: Final = 3

Points = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Scale:
    """From pixels of the input to those of the video."""

    x: float
    y: float

    def points(self, points: list[tuple[float, float]]) -> Points:
        """Places as OpenCV takes them."""
        scaled = np.array(points, dtype=np.float64).reshape(-1, 2) * (self.x, self.y)
        near = np.clip(np.nan_to_num(scaled, nan=0.0, posinf=FAR, neginf=-FAR), -FAR, FAR)
        # A box from 0 to 10 covers the pixels 0 to 9, and their middles are half a pixel further.
        return np.asarray(np.rint((near - 0.5) * (1 << SHIFT)), dtype=np.int32)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a label is."""

    left: int
    top: int
    right: int
    bottom: int

    def meets(self, other: _Place) -> bool:
        """Whether one covers a part of the other."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


class Drawing:
    """The drawings of one video: they go through its frames in order."""

    def __init__(self, width: int, height: int) -> None:
        self._line = max(2, round(min(width, height) / 360))
        self._letters = max(11, round(min(width, height) / 45))
        self._trails: dict[object, deque[tuple[int, float, float]]] = {}

    def draw(self, pixels: Pixels, frame: dict[str, Any], scale: Scale) -> None:
        """Draw a frame as the API has it over its pixels."""
        count = min(len(frame["boxes"]), DRAWN_AT_MOST)
        boxes = frame["boxes"][:count]
        polygons = frame.get("polygons") or [None] * count
        tracks = frame.get("track_ids") or [None] * count
        tools = frame.get("tools") or [None] * count
        for n, box in enumerate(boxes):
            if tracks[n] is not None:
                self._go((tools[n], tracks[n]), frame["frame_index"], box)
                self._draw_trail(pixels, (tools[n], tracks[n]), frame["labels"][n], scale)
        for n, box in enumerate(boxes):
            outline = polygons[n] if polygons[n] and len(polygons[n]) > 2 else None
            corners = [(box["x1"], box["y1"]), (box["x2"], box["y1"]), (box["x2"], box["y2"]), (box["x1"], box["y2"])]
            points = scale.points(outline or corners)
            for colour, line in ((DARK, self._line + 2), (colour_of(frame["labels"][n]), self._line)):
                cv2.polylines(pixels, [points], True, colour, line, cv2.LINE_AA, SHIFT)
        self._draw_labels(pixels, frame, count, scale)

    def _go(self, track: object, index: int, box: dict[str, float]) -> None:
        trail = self._trails.pop(track, None) or deque(maxlen=TRAIL_FRAMES)
        trail.append((index, (box["x1"] + box["x2"]) / 2, (box["y1"] + box["y2"]) / 2))
        # The one that was seen last is the last.
        self._trails[track] = trail
        if len(self._trails) > TRACKS_AT_MOST:
            del self._trails[next(iter(self._trails))]

    def _draw_trail(self, pixels: Pixels, track: object, label: str, scale: Scale) -> None:
        trail = self._trails[track]
        now = trail[-1][0]
        points = [(x, y) for index, x, y in trail if index > now - TRAIL_FRAMES]
        if len(points) > 1:
            cv2.polylines(pixels, [scale.points(points)], False, colour_of(label), self._line, cv2.LINE_AA, SHIFT)

    def _draw_labels(self, pixels: Pixels, frame: dict[str, Any], count: int, scale: Scale) -> None:
        """The surest first; one that would cover another, or whose box is too small, is left out."""
        height, width = pixels.shape[:2]
        taken: list[_Place] = []
        for n in sorted(range(count), key=lambda n: -frame["scores"][n])[:LABELS_AT_MOST]:
            box = frame["boxes"][n]
            if (box["x2"] - box["x1"]) * scale.x < LABEL_ROOM * self._letters:
                continue
            label = written(_text(frame, n), self._letters, colour_of(frame["labels"][n]))
            tall, wide = min(label.shape[0], height), min(label.shape[1], width)
            corner = scale.points([(box["x1"], box["y1"])])[0] >> SHIFT
            left = int(min(max(corner[0] - 1, 0), width - wide))
            top = int(corner[1]) - tall - 1
            top = min(max(top if top >= 0 else int(corner[1]) + 2, 0), height - tall)
            place = _Place(left, top, left + wide, top + tall)
            if any(place.meets(other) for other in taken):
                continue
            taken.append(place)
            pixels[top : top + tall, left : left + wide] = label[:tall, :wide]


def _text(frame: dict[str, Any], n: int) -> str:
    """`person 0.91`, `person #4 0.91`, and what was read."""
    track = (frame.get("track_ids") or {n: None})[n]
    read = (frame.get("texts") or {n: ""})[n]
    parts = (frame["labels"][n], None if track is None else f"#{track}", f"{frame['scores'][n]:.2f}", read)
    return " ".join(part for part in parts if part)
