"""Videos of frames: their times and sizes, and what is drawn into them."""

from __future__ import annotations

import io
import math
import re
from pathlib import Path
from typing import Any

import cv2
import numpy as np

# isort: split
import av
import pytest

from plugins.rendering.drawing import Drawing, Scale
from plugins.rendering.lettering import written
from plugins.rendering.palette import COLOURS, DARK, colour_of
from plugins.rendering.webm import TooLargeVideo, WebM, size_within

PALETTE = Path(__file__).parents[3] / "web-ui/src/components/frame/palette.ts"
ALL = np.uint8(255)


def gray(width: int, height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """A picture without anything in it."""
    return np.full((height, width, 3), 100, dtype=np.uint8)


def frame(**lists: Any) -> dict[str, Any]:
    """A frame as the API has it."""
    count = len(lists["boxes"])
    return {
        "frame_index": 0,
        "timestamp_ms": 0.0,
        "scores": [0.5] * count,
        "labels": ["thing"] * count,
        **lists,
    }


def box(left: float, top: float, right: float, bottom: float) -> dict[str, float]:
    """A box."""
    return {"x1": left, "y1": top, "x2": right, "y2": bottom}


def test_times_stay_and_never_meet() -> None:
    """WebM counts milliseconds: frames that are closer, or at the same time, are a millisecond apart."""
    file = io.BytesIO()
    with WebM(file, width=64, height=48, max_bytes=10**6) as video:
        for time in (0.0, 0.0, 0.4, 33.4, 33.6, 1000.0):
            video.write(gray(64, 48), time)

    file.seek(0)
    with av.open(file, mode="r") as container:
        assert [round(float(shown.time or 0) * 1000) for shown in container.decode(video=0)] == [0, 1, 2, 33, 34, 1000]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((640, 360), (640, 360)),
        ((641, 359), (640, 360)),
        ((3840, 2160), (1920, 1080)),
        ((1080, 3000), (692, 1920)),
        ((1, 1), (2, 2)),
        ((30_000, 3), (1920, 2)),
    ],
)
def test_sizes(size: tuple[int, int], expected: tuple[int, int]) -> None:
    """Even sides, and none that is larger than browsers like."""
    assert size_within(*size) == expected


def test_a_video_has_a_bound() -> None:
    """Noise can't be made small: it ends where there is enough of it."""
    noise = np.random.default_rng(1).integers(0, 255, (480, 640, 3), dtype=np.uint8)

    def written_without_end() -> None:
        with WebM(io.BytesIO(), width=640, height=480, max_bytes=100_000) as video:
            for number in range(100):
                video.write(noise, number * 40.0)

    with pytest.raises(TooLargeVideo):
        written_without_end()


def test_colours_are_those_of_the_web_ui() -> None:
    """The same colours in the same order, found by the same sum."""
    source = PALETTE.read_text()
    codes = re.findall(r"#([0-9a-f]{6})", source)

    assert [bytes.fromhex(code) for code in codes] == [bytes(colour[::-1]) for colour in (*COLOURS, DARK)]
    # FNV-1a of nothing, and of "a" as its authors give it.
    assert colour_of("") == COLOURS[(0x811C9DC5 >> 8) % len(COLOURS)]
    assert colour_of("a") == COLOURS[(0xE40C292C >> 8) % len(COLOURS)]


def test_labels_can_be_read() -> None:
    """Dark on each colour: at least seven to one, as accessibility asks for at its strictest."""

    def luminance(colour: tuple[int, int, int]) -> float:
        parts = [part / 255 for part in reversed(colour)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    assert min((luminance(colour) + 0.05) / (luminance(DARK) + 0.05) for colour in COLOURS) >= 7


def test_any_text_can_be_written() -> None:
    """Whatever a tool calls things: other scripts, control characters, nothing, a novel."""
    for text in ("Möwe", "猫", "a\nb\0c", "", "x" * 10_000, "\ud800"):
        picture = written(text, 12, COLOURS[0])
        assert picture.shape[0] == 17
        assert 0 < picture.shape[1] < 1500


def test_a_box_is_where_it_was_found() -> None:
    """Its line runs along its edges, at the video's scale, and nothing is drawn elsewhere."""
    pixels = gray(200, 160)
    Drawing(200, 160).draw(pixels, frame(boxes=[box(40, 60, 60, 140)], labels=["x"]), Scale(2, 1))
    drawn = np.argwhere((pixels != 100).any(axis=2))

    assert (np.abs(pixels[100, 80].astype(int) - colour_of("x")) < 40).all()
    assert (np.abs(pixels[100, 119].astype(int) - colour_of("x")) < 40).all()
    assert (pixels[100, 100] == 100).all()
    top, left = drawn.min(axis=0)
    bottom, right = drawn.max(axis=0)
    # The label stands above its box, and may be wider.
    assert 30 < top <= 60
    assert 140 <= bottom < 145
    assert 74 <= left <= 80
    assert 119 <= right < 180


def test_what_can_not_be_drawn_stops_nothing() -> None:
    """Numbers without end, boxes far outside or turned around, more of them than there are pixels."""
    boxes = [
        box(-math.inf, 0, math.inf, 1),
        box(math.nan, math.nan, 5, 5),
        box(1e300, -1e300, 1e301, 5),
        box(50, 50, 10, 10),
        *(box(n % 30, n % 20, n % 30 + 40, n % 20 + 10) for n in range(5000)),
    ]
    pixels = gray(64, 48)
    drawing = Drawing(64, 48)
    drawing.draw(pixels, frame(boxes=boxes, track_ids=list(range(len(boxes)))), Scale(1, 1))
    drawing.draw(pixels, frame(boxes=[]), Scale(1, 1))

    assert pixels.shape == (48, 64, 3)


def test_a_track_shows_where_it_came_from() -> None:
    """The way of its box's middle over the frames before; a track that ended leaves none."""
    drawing = Drawing(320, 240)
    for index in range(10):
        pixels = gray(320, 240)
        shown = frame(boxes=[box(20 * index, 100, 20 * index + 20, 120)], labels=["walker"], track_ids=[4])
        drawing.draw(pixels, {**shown, "frame_index": index}, Scale(1, 1))

    assert (np.abs(pixels[109, 60].astype(int) - colour_of("walker")) < 60).all()
    after = gray(320, 240)
    drawing.draw(after, {**frame(boxes=[]), "frame_index": 10}, Scale(1, 1))
    assert (after == 100).all()


def test_outlines_are_drawn_where_there_are_some() -> None:
    """A polygon stands for its box."""
    pixels = gray(100, 100)
    triangle = [[50.0, 20.0], [80.0, 80.0], [20.0, 80.0]]
    found = frame(boxes=[box(20, 20, 80, 80)], polygons=[triangle], scores=[0.1])
    Drawing(100, 100).draw(pixels, found, Scale(1, 1))

    assert (cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)[79, 30:70] != 100).all()
    assert (pixels[50, 21] == 100).all()
