"""From pixels that move to boxes: clean the mask, take its shapes, join what lies close together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from plugins.frames import Pixels

#: Of more shapes than this, as a moving camera makes them, only the largest are looked at: joining takes its time.
SHAPES_AT_MOST = 300


class Rectangle(NamedTuple):
    """A box in pixels; the right and bottom edges lie outside."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def width(self) -> float:
        """Pixels from left to right."""
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        """Pixels from top to bottom."""
        return self.y2 - self.y1

    @property
    def area(self) -> float:
        """Square pixels."""
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        """The point in the middle."""
        return (self.x1 + self.x2) / 2, (self.y1 + self.y2) / 2

    def moved(self, dx: float, dy: float) -> Rectangle:
        """The same box elsewhere."""
        return Rectangle(self.x1 + dx, self.y1 + dy, self.x2 + dx, self.y2 + dy)

    def scaled(self, times: float) -> Rectangle:
        """The same box in a picture so many times as large."""
        return Rectangle(self.x1 * times, self.y1 * times, self.x2 * times, self.y2 * times)

    def joined(self, other: Rectangle) -> Rectangle:
        """The smallest box around both."""
        return Rectangle(min(self.x1, other.x1), min(self.y1, other.y1), max(self.x2, other.x2), max(self.y2, other.y2))

    def gap(self, other: Rectangle) -> float:
        """The distance between the nearest edges, the longer of across and down; 0 or less where they touch."""
        across = max(self.x1, other.x1) - min(self.x2, other.x2)
        down = max(self.y1, other.y1) - min(self.y2, other.y2)
        return max(across, down)

    def overlap(self, other: Rectangle) -> float:
        """Intersection over union, 0 to 1."""
        across = min(self.x2, other.x2) - max(self.x1, other.x1)
        down = min(self.y2, other.y2) - max(self.y1, other.y1)
        if across <= 0 or down <= 0:
            return 0.0
        shared = across * down
        return shared / (self.area + other.area - shared)


@dataclass(frozen=True)
class Region:
    """A part of a frame that moves; `score` says how clearly it stands out, 0 to 1."""

    box: Rectangle
    score: float


def boxes_of(mask: Pixels, *, min_area: float, merge_distance: float) -> list[Rectangle]:
    """The boxes around the shapes in the mask, joined where they lie closer than `merge_distance`.

    `min_area` is measured on a joined box's own pixels that move, not on the box.
    """
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    # A speck is no part of anything, however near; without this, noise would stretch the boxes.
    shapes = [contour for contour in contours if cv2.contourArea(contour) >= min_area / 8]
    largest = sorted(shapes, key=cv2.contourArea, reverse=True)[:SHAPES_AT_MOST]
    boxes = [Rectangle(x, y, x + width, y + height) for x, y, width, height in map(cv2.boundingRect, largest)]
    joined = _join(boxes, merge_distance)
    return [box for box in joined if np.count_nonzero(_within(mask, box)) >= min_area]


def cleaned(mask: Pixels) -> Pixels:
    """The mask without single pixels, and with small holes filled."""
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3)))
    closed = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7)))
    return np.asarray(closed, dtype=np.uint8)


def _join(boxes: list[Rectangle], distance: float) -> list[Rectangle]:
    waiting = sorted(boxes, key=lambda box: -box.area)
    done: list[Rectangle] = []
    while waiting:
        box = waiting.pop(0)
        near = [other for other in waiting if box.gap(other) <= distance]
        if not near:
            done.append(box)
            continue
        waiting = [other for other in waiting if box.gap(other) > distance]
        for other in near:
            box = box.joined(other)
        # It has grown, so that it may now be near to others.
        waiting.insert(0, box)
        waiting.extend(done)
        done = []
    return done


def _within(mask: Pixels, box: Rectangle) -> Pixels:
    return mask[int(box.y1) : int(box.y2), int(box.x1) : int(box.x2)]
