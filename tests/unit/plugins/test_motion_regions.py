"""Regions: what lies close together is one, and specks are none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.frames import Pixels
from plugins.motion.regions import Rectangle, boxes_of, cleaned

SIDE = 200

shapes = st.lists(
    st.tuples(st.integers(0, 180), st.integers(0, 180), st.integers(4, 40), st.integers(4, 40)), max_size=12
)


def mask(*filled: tuple[int, int, int, int]) -> Pixels:
    """A mask with these rectangles (left, top, width, height)."""
    pixels = np.zeros((SIDE, SIDE), dtype=np.uint8)
    for left, top, width, height in filled:
        pixels[top : top + height, left : left + width] = 255
    return pixels


@pytest.mark.parametrize(("gap", "expected"), [(3, [Rectangle(10, 10, 53, 30)]), (12, 2)])
def test_near_shapes_are_one(gap: int, expected: list[Rectangle] | int) -> None:
    """Two shapes closer than the distance have one box; farther apart they have two."""
    found = boxes_of(mask((10, 10, 20, 20), (30 + gap, 10, 20, 20)), min_area=50, merge_distance=5)

    assert (found if isinstance(expected, list) else len(found)) == expected


def test_a_chain_of_near_shapes_is_one() -> None:
    """Joining goes on: what is near to the joined box belongs to it."""
    found = boxes_of(mask(*((10 + 24 * step, 10, 20, 20) for step in range(6))), min_area=50, merge_distance=5)

    assert found == [Rectangle(10, 10, 150, 30)]


def test_small_shapes_are_left_out() -> None:
    """The smallest area is that of the pixels that move."""
    small = mask((10, 10, 9, 9))

    assert boxes_of(small, min_area=82, merge_distance=0) == []
    assert boxes_of(small, min_area=81, merge_distance=0) == [Rectangle(10, 10, 19, 19)]


def test_cleaning_takes_specks_and_fills_gaps() -> None:
    """Single pixels vanish; a hole of a pixel is filled."""
    noisy = mask((50, 50, 30, 30))
    noisy[10, 10] = 255
    noisy[60, 60] = 0
    clean = cleaned(noisy)

    assert clean[10, 10] == 0
    assert clean[60, 60] == 255


@given(shapes)
def test_boxes_hold_their_shapes_and_lie_apart(filled: list[tuple[int, int, int, int]]) -> None:
    """Whatever moves, boxes cover it wholly, stay in the picture, and no two are nearer than the distance."""
    pixels = mask(*filled)
    found = boxes_of(pixels, min_area=1, merge_distance=4)
    uncovered = pixels.copy()
    for box in found:
        uncovered[int(box.y1) : int(box.y2), int(box.x1) : int(box.x2)] = 0

    assert not uncovered.any()
    assert all(0 <= box.x1 < box.x2 <= SIDE and 0 <= box.y1 < box.y2 <= SIDE for box in found)
    assert all(one.gap(other) > 4 for place, one in enumerate(found) for other in found[place + 1 :])


@given(shapes.filter(lambda filled: len(filled) >= 2))
def test_overlap_is_symmetric_and_at_most_one(filled: list[tuple[int, int, int, int]]) -> None:
    """Intersection over union doesn't depend on the order, and is 1 only for the same box."""
    first, second = (Rectangle(x, y, x + width, y + height) for x, y, width, height in filled[:2])

    assert first.overlap(second) == second.overlap(first)
    assert 0 <= first.overlap(second) <= 1
    assert (first.overlap(second) == 1) == (first == second)
