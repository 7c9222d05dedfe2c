"""What the sample shows: a harbour that stands still, and who moves through it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from plugins.frames import Pixels
from plugins.samples.canvas import SCALE, Canvas, Colour

WIDTH, HEIGHT = 640, 360
HORIZON, QUAY = 150, 252
WALLS: list[Colour] = [(150, 178, 214), (120, 140, 196), (168, 196, 206), (132, 168, 150), (110, 122, 178)]


@dataclass(frozen=True, kw_only=True)
class Mover:
    """Something that crosses the picture: its first frame, where it starts, and how far it gets in a frame."""

    name: str
    first_frame: int
    start_x: float
    y: float
    speed: float
    draw: Callable[[Canvas, float, float, int], None]

    def x(self, frame: int) -> float:
        """Where it is."""
        return self.start_x + self.speed * (frame - self.first_frame)


def background(rng: np.random.Generator) -> Pixels:
    """Sky, hills, houses, water and quay, at the doubled size, with the grain of their surfaces."""
    rows = np.linspace(0, 1, HEIGHT * SCALE)[:, np.newaxis, np.newaxis]
    sky = np.array([226, 196, 160]) * (1 - rows) + np.array([214, 226, 240]) * rows
    pixels = np.repeat(sky, WIDTH * SCALE, axis=1).astype(np.uint8)
    canvas = Canvas(pixels)
    canvas.polygon([(x, 118 + 16 * math.sin(x / 70) + 6 * math.sin(x / 23)) for x in range(0, 641, 8)]
                   + [(640, HORIZON), (0, HORIZON)], (168, 172, 148))  # fmt: skip
    _houses(canvas, rng)
    canvas.box(0, HORIZON, WIDTH, QUAY, (160, 136, 92))
    for _ in range(420):
        x, y = rng.uniform(0, WIDTH), rng.uniform(HORIZON + 3, QUAY - 4)
        length = 4 + 22 * (y - HORIZON) / (QUAY - HORIZON)
        shade = int(rng.integers(-16, 22))
        canvas.line([(x, y), (x + length, y)], (160 + shade, 136 + shade, 92 + shade), 0.8)
    _quay(canvas, rng)
    grain = rng.normal(0, 5, pixels.shape[:2])[:, :, np.newaxis]
    return np.clip(cv2.GaussianBlur(pixels, (0, 0), 0.6) + grain, 0, 255).astype(np.uint8)


def _houses(canvas: Canvas, rng: np.random.Generator) -> None:
    left = 330.0
    for number in range(9):
        right = left + float(rng.uniform(28, 42))
        top = float(rng.uniform(82, 108))
        canvas.box(left, top, right, HORIZON, WALLS[number % len(WALLS)])
        canvas.polygon([(left - 2, top), ((left + right) / 2, top - 14), (right + 2, top)], (72, 78, 132))
        for x in np.arange(left + 5, right - 7, 9):
            for y in np.arange(top + 6, HORIZON - 12, 13):
                canvas.box(float(x), float(y), float(x) + 4, float(y) + 7, (96, 86, 70))
        left = right


def _quay(canvas: Canvas, rng: np.random.Generator) -> None:
    canvas.box(0, QUAY, WIDTH, HEIGHT, (146, 154, 160))
    canvas.box(0, QUAY, WIDTH, QUAY + 7, (104, 112, 120))
    for row in range(12):
        top = QUAY + 8 + row * (6 + row * 0.55)
        size = 14 + row * 2.2
        for x in np.arange(-size * (row % 2) / 2, WIDTH, size):
            shade = int(rng.integers(-14, 14))
            stone = (146 + shade, 154 + shade, 160 + shade)
            canvas.box(float(x), top, float(x) + size - 1.2, top + 5 + row * 0.55, stone)
    for x in range(40, WIDTH, 120):
        canvas.box(x - 4, QUAY - 9, x + 4, QUAY + 4, (58, 60, 64))
        canvas.ellipse((x, QUAY - 9), (6, 3), (66, 70, 76))


def sailing_boat(canvas: Canvas, x: float, y: float, frame: int) -> None:
    """A small boat with two sails, on the water line `y`."""
    y += 1.2 * math.sin(frame / 14)
    canvas.polygon([(x - 34, y - 9), (x + 36, y - 9), (x + 24, y + 3), (x - 26, y + 3)], (60, 66, 140))
    canvas.line([(x, y - 9), (x, y - 70)], (70, 92, 120), 1.6)
    canvas.polygon([(x + 2, y - 68), (x + 2, y - 13), (x + 31, y - 13)], (236, 242, 246))
    canvas.polygon([(x - 2, y - 62), (x - 2, y - 13), (x - 27, y - 13)], (206, 222, 238))


def ferry(canvas: Canvas, x: float, y: float, frame: int) -> None:
    """A ferry under steam, far out."""
    y += 0.6 * math.sin(frame / 19)
    canvas.polygon([(x - 56, y - 13), (x + 52, y - 13), (x + 44, y + 3), (x - 48, y + 3)], (112, 62, 40))
    canvas.box(x - 38, y - 26, x + 42, y - 13, (238, 240, 240))
    canvas.box(x - 20, y - 34, x + 30, y - 26, (226, 230, 232))
    canvas.box(x + 6, y - 46, x + 16, y - 34, (48, 58, 190))
    for window in range(9):
        canvas.box(x - 33 + window * 8, y - 22, x - 29 + window * 8, y - 17, (120, 92, 60))


def van(canvas: Canvas, x: float, y: float, frame: int) -> None:
    """A delivery van on the quay."""
    canvas.polygon([(x - 62, y - 62), (x + 28, y - 62), (x + 56, y - 36), (x + 62, y - 10), (x - 62, y - 10)],
                   (74, 154, 232))  # fmt: skip
    canvas.polygon([(x + 26, y - 56), (x + 48, y - 36), (x + 20, y - 36), (x + 20, y - 56)], (130, 106, 78))
    canvas.box(x - 50, y - 48, x + 8, y - 26, (96, 182, 244))
    for wheel in (x - 36, x + 36):
        canvas.ellipse((wheel, y - 10), (11, 11), (44, 42, 42))
        canvas.ellipse((wheel, y - 10), (5, 5), (160, 164, 166))


def cyclist(canvas: Canvas, x: float, y: float, frame: int) -> None:
    """Somebody on a bicycle, riding to the left."""
    for wheel in (x - 19, x + 19):
        canvas.ring((wheel, y - 14), 13, (42, 40, 40), 2.2)
    canvas.line(
        [(x - 19, y - 14), (x - 4, y - 14), (x + 6, y - 34), (x - 14, y - 34), (x - 4, y - 14)], (60, 60, 176), 2
    )
    canvas.line([(x + 19, y - 14), (x + 6, y - 34)], (60, 60, 176), 2)
    turn = frame / 4
    pedal = (x - 4 + 6 * math.cos(turn), y - 14 + 6 * math.sin(turn))
    canvas.line([(x + 6, y - 38), (x - 4, y - 27), pedal], (84, 62, 44), 5)
    canvas.polygon([(x + 2, y - 38), (x + 12, y - 38), (x + 4, y - 64), (x - 7, y - 64)], (58, 132, 52))
    canvas.line([(x - 3, y - 60), (x - 14, y - 38)], (58, 132, 52), 4)
    canvas.ellipse((x - 4, y - 72), (6, 7), (136, 164, 206))


def walker(canvas: Canvas, x: float, y: float, frame: int) -> None:
    """Somebody walking."""
    swing = 8 * math.sin(frame / 4)
    for side in (swing, -swing):
        canvas.line([(x, y - 32), (x + side * 0.6, y - 16), (x + side, y)], (92, 58, 46), 6)
    canvas.line([(x, y - 54), (x - swing, y - 34)], (66, 40, 140), 5)
    canvas.polygon([(x - 8, y - 58), (x + 8, y - 58), (x + 7, y - 30), (x - 7, y - 30)], (74, 48, 164))
    canvas.ellipse((x, y - 66), (6, 7.5), (138, 168, 212))


def gull(canvas: Canvas, x: float, y: float, frame: int) -> None:
    """A gull that beats its wings."""
    y += 7 * math.sin(frame / 17)
    lift = 8 * math.sin(frame / 3)
    canvas.polygon([(x - 19, y - lift), (x - 4, y - 3), (x, y + 2), (x - 6, y + 2)], (96, 90, 88))
    canvas.polygon([(x + 19, y - lift), (x + 4, y - 3), (x, y + 2), (x + 6, y + 2)], (110, 104, 102))
    canvas.ellipse((x, y), (8, 3.4), (248, 248, 250))


#: From the farthest to the nearest: who comes later in the list is drawn over the others.
MOVERS = (
    Mover(name="ferry", first_frame=20, start_x=705, y=172, speed=-3.0, draw=ferry),
    Mover(name="gull", first_frame=35, start_x=-25, y=56, speed=4.4, draw=gull),
    Mover(name="sailing boat", first_frame=60, start_x=-45, y=219, speed=3.4, draw=sailing_boat),
    Mover(name="walker", first_frame=15, start_x=-16, y=310, speed=2.4, draw=walker),
    Mover(name="cyclist", first_frame=162, start_x=680, y=330, speed=-5.5, draw=cyclist),
    Mover(name="van", first_frame=45, start_x=-70, y=352, speed=7.0, draw=van),
)
