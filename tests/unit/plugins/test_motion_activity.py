"""Activity says how much moves and when, and agrees with what is found."""

from __future__ import annotations

import io
import itertools
from typing import Any, cast

import numpy as np

from plugins.contract import FrameData, ToolContext
from plugins.frames import Pixels
from plugins.media import open_media
from plugins.motion.activity import Activity
from plugins.motion.options import ActivityOptions
from tests.media import astronaut
from tests.unit.plugins.made_media import video

WIDTH, HEIGHT = 200, 120


def run(content: bytes, **options: Any) -> tuple[list[FrameData], dict[str, Any], ToolContext]:
    """What is measured in every frame, the result, and what was said."""
    context = ToolContext()
    tool = Activity(ActivityOptions(**options), context)
    with open_media(io.BytesIO(content), max_pixels=10_000_000) as media:
        found = [tool.process(frame) for frame in media]
    return found, cast("dict[str, Any]", tool.finish()), context


def moving_at(*spans: range) -> bytes:
    """A video of 100 frames, 40 ms each: a square moves in these spans of frames, and is not there in others."""

    def at(index: int) -> Pixels:
        pixels = np.full((HEIGHT, WIDTH, 3), 90, dtype=np.uint8)
        for span in spans:
            if index in span:
                left = 5 * (index - span.start)
                pixels[40:70, left : left + 30] = 240
        return pixels

    return video(frames=100, picture=at, options={"qscale": "2"})


def test_each_time_of_motion_is_a_period() -> None:
    """Two passages, far apart, are two periods with their first and last frame; their peak is the square's size."""
    frames, result, context = run(moving_at(range(20, 40), range(70, 95)), quiet_seconds=0.5)

    active = [frame.frame_index for frame in frames if cast("dict[str, float]", frame.data)["moving_fraction"] > 0.001]
    first, second = result["period_list"]
    assert (first["first_frame"], second["first_frame"]) == (20, 70)
    # The scene takes a moment to be still again.
    assert 39 <= first["last_frame"] <= 44
    assert (first["first_ms"], second["first_ms"]) == (800.0, 2800.0)
    square = 30 * 30 / (WIDTH * HEIGHT)
    assert all(0.7 * square < period["peak_fraction"] < 2.5 * square for period in result["period_list"])
    assert result["frames_active"] == len(active)
    assert (result["periods"], result["frames"]) == (2, 100)
    assert all(frame.boxes == [] for frame in frames)
    assert context.warnings == []


def test_a_short_quiet_ends_no_period() -> None:
    """What counts as one time is an option."""
    content = moving_at(range(20, 40), range(70, 95))

    assert run(content, quiet_seconds=3)[1]["periods"] == 1
    assert run(content, active_fraction=0.5)[1]["period_list"] == []


def test_nothing_happens_in_a_still_video_or_a_picture() -> None:
    """No period; of a single picture a warning says why."""
    still = run(moving_at())
    picture = run(astronaut().read_bytes())

    assert [(result["periods"], result["frames_active"]) for _, result, _ in (still, picture)] == [(0, 0), (0, 0)]
    assert [warning.code for warning in picture[2].warnings] == ["SINGLE_IMAGE"]


def test_a_cut_is_told_and_is_no_activity() -> None:
    """A new scene is learned anew instead of counting as motion for ever."""
    content = video(frames=60, picture=lambda index: np.full((HEIGHT, WIDTH, 3), 30 if index < 30 else 220, np.uint8))
    frames, result, context = run(content)

    parts = [cast("dict[str, float]", frame.data)["moving_fraction"] for frame in frames]
    assert result["scene_changes"] == 1
    assert [warning.code for warning in context.warnings] == ["SCENE_CHANGED"]
    assert max(itertools.chain(parts[:29], parts[42:])) == 0
