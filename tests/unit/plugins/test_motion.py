"""Motion finds what moves in the sample and in real videos, and little else."""

from __future__ import annotations

import io
import json
from collections import defaultdict
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from pydantic import JsonValue, ValidationError

from plugins.contract import FrameData, MediaKind, ToolContext
from plugins.media import open_media
from plugins.motion import Motion
from plugins.motion.detect import Detect
from plugins.motion.options import DetectOptions
from plugins.motion.regions import Rectangle
from plugins.samples import sample_path
from tests.media import astronaut, bikes, pedestrians
from tests.unit.plugins.made_media import video

#: The sample's frames, from the one on where the scene is known.
LEARNED = 13


def run(
    source: Path | BinaryIO, options: DetectOptions | None = None
) -> tuple[list[FrameData], dict[str, JsonValue], ToolContext]:
    """What the tool finds in every frame, its result, and what it said."""
    context = ToolContext()
    tool = Detect(options or DetectOptions(), context)
    with open_media(source, max_pixels=10_000_000) as media:
        found = [tool.process(frame) for frame in media]
    return found, tool.finish(), context


def rectangles(data: FrameData) -> list[Rectangle]:
    """The boxes of a frame."""
    return [Rectangle(box.x1, box.y1, box.x2, box.y2) for box in data.boxes]


def truth() -> list[list[tuple[str, Rectangle]]]:
    """What moves in each frame of the sample, and where."""
    content = json.loads((files("plugins.samples") / "harbour.json").read_text())
    return [[(thing["name"], Rectangle(*thing["box"])) for thing in frame] for frame in content["frames"]]


@pytest.fixture(scope="module")
def harbour() -> tuple[list[FrameData], dict[str, JsonValue], ToolContext]:
    """A run over the sample."""
    with sample_path() as path:
        return run(path)


def test_the_sample_is_found(harbour: tuple[list[FrameData], dict[str, JsonValue], ToolContext]) -> None:
    """Most of what moves in the sample has a box around it, for every single thing that moves."""
    found, _, _ = harbour
    seen: dict[str, list[bool]] = defaultdict(list)
    for data, things in list(zip(found, truth(), strict=True))[LEARNED:]:
        for name, box in things:
            seen[name].append(any(box.overlap(other) >= 0.3 for other in rectangles(data)))
    parts = {name: sum(hits) / len(hits) for name, hits in seen.items()}

    everything = [hit for hits in seen.values() for hit in hits]
    assert sum(everything) / len(everything) > 0.88
    assert len(parts) == 6
    assert min(parts.values()) > 0.7, parts


def test_little_else_is_found(harbour: tuple[list[FrameData], dict[str, JsonValue], ToolContext]) -> None:
    """Waves and noise are no motion: hardly a box lies where nothing moves."""
    found, _, _ = harbour
    wrong = [
        box
        for data, things in zip(found, truth(), strict=True)
        for box in rectangles(data)
        if not any(box.overlap(other) > 0 for _, other in things)
    ]

    assert len(wrong) <= 0.01 * sum(len(data.boxes) for data in found)


def test_a_thing_keeps_its_number(harbour: tuple[list[FrameData], dict[str, JsonValue], ToolContext]) -> None:
    """The gull, which meets nobody, has one number from its coming to its going; other things have few."""
    found, result, _ = harbour
    numbers: dict[str, set[int | None]] = defaultdict(set)
    for data, things in zip(found, truth(), strict=True):
        for name, box in things:
            for other, number in zip(rectangles(data), data.track_ids or [], strict=True):
                if box.overlap(other) >= 0.3:
                    numbers[name].add(number)

    assert len(numbers["gull"]) == 1
    assert all(len(used) <= 3 for used in numbers.values()), numbers
    assert isinstance(result["tracks"], int)
    assert 6 <= result["tracks"] <= 12


def test_the_result_is_that_of_the_frames(
    harbour: tuple[list[FrameData], dict[str, JsonValue], ToolContext],
) -> None:
    """The summary counts what the frames show, and the longest track is the one with the most frames."""
    found, result, context = harbour
    counted: dict[int, list[int]] = defaultdict(list)
    for data in found:
        for number in data.track_ids or []:
            assert number is not None
            counted[number].append(data.frame_index)
    longest = result["longest_track"]
    listed = result["track_list"]

    assert result["frames"] == 250
    assert result["frames_with_motion"] == sum(bool(data.boxes) for data in found)
    assert isinstance(longest, dict)
    assert isinstance(listed, list)
    assert result["tracks"] == len(listed) == len(counted)
    longest_number = longest["track_id"]
    assert isinstance(longest_number, int)
    assert len(counted[longest_number]) == max(len(indices) for indices in counted.values())
    assert longest["last_frame"] == counted[longest_number][-1]
    assert context.warnings == []
    json.dumps(result)


def test_boxes_scores_and_labels_are_sound(
    harbour: tuple[list[FrameData], dict[str, JsonValue], ToolContext],
) -> None:
    """Boxes lie in the picture, scores between 0 and 1, labels say motion, and times are those of the frames."""
    found, _, _ = harbour

    for index, data in enumerate(found):
        assert data.frame_index == index
        assert data.timestamp_ms == 40.0 * index
        assert all(0 < score <= 1 for score in data.scores)
        assert set(data.labels) <= {"motion"}
        assert all(
            0 <= box.x1 < box.x2 <= 640 and 0 <= box.y1 < box.y2 <= 360 and box.area > 50 for box in rectangles(data)
        )
    assert not any(data.boxes for data in found[:10]), "the scene is still learned"


def test_the_same_run_gives_the_same_answer(
    harbour: tuple[list[FrameData], dict[str, JsonValue], ToolContext],
) -> None:
    """Two runs over one input agree in every number."""
    found, result, _ = harbour
    with sample_path() as path:
        again, result_again, _ = run(path)

    assert again == found
    assert result_again == result


def test_people_are_found_and_followed() -> None:
    """In a real recording of a square, people are found nearly always, and some are followed for long."""
    found, result, context = run(pedestrians())
    longest = result["longest_track"]

    assert result["frames"] == 795
    assert sum(bool(data.boxes) for data in found) > 700
    assert isinstance(longest, dict)
    assert isinstance(longest["frames"], int)
    assert longest["frames"] > 150
    assert isinstance(result["tracks"], int)
    assert 10 < result["tracks"] < 100
    # A picture that is mostly still has no box over most of it.
    assert all(box.area < 0.3 * 768 * 576 for data in found for box in rectangles(data))
    assert context.warnings == []


def test_a_moving_camera_is_said_once() -> None:
    """Where the whole picture moves, the run goes on, and one warning says that the tool is not for this."""
    _, result, context = run(bikes())

    assert [warning.code for warning in context.warnings] == ["SCENE_CHANGED"]
    assert context.warnings[0].frame_index is not None
    assert isinstance(result["scene_changes"], int)
    assert result["scene_changes"] >= 1


def test_a_single_image_has_no_motion_and_says_so() -> None:
    """A still image gives empty lists and one low warning."""
    found, result, context = run(astronaut())

    assert [(data.boxes, data.scores, data.labels, data.track_ids) for data in found] == [([], [], [], [])]
    assert [(warning.code, warning.severity) for warning in context.warnings] == [("SINGLE_IMAGE", "low")]
    assert (result["tracks"], result["frames_with_motion"], result["longest_track"]) == (0, 0, None)


def square(index: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A bright square that crosses a gray picture after 15 frames."""
    pixels = np.full((120, 200, 3), 90, dtype=np.uint8)
    if index >= 15:
        left = 6 * (index - 15)
        pixels[40:70, left : left + 30] = (240, 240, 240)
    return pixels


def test_nothing_moves_in_a_still_video() -> None:
    """A video whose picture stays has no box at all."""
    found, result, _ = run(io.BytesIO(video(frames=40, picture=lambda _: square(0))))

    assert not any(data.boxes for data in found)
    assert result["tracks"] == 0


def test_options_matter() -> None:
    """The smallest region, the warm-up and the frames to confirm do what they say."""
    content = video(frames=40, picture=square, options={"qscale": "2"})

    def first_box(options: DetectOptions) -> int | None:
        found, _, _ = run(io.BytesIO(content), options)
        return next((data.frame_index for data in found if data.boxes), None)

    assert first_box(DetectOptions(confirm_frames=1)) == 15
    assert first_box(DetectOptions(confirm_frames=4)) == 18
    assert first_box(DetectOptions(confirm_frames=1, warmup_frames=25)) == 25
    assert first_box(DetectOptions(min_area_fraction=0.2)) is None


def test_the_width_of_analysis_does_not_move_the_boxes() -> None:
    """Boxes are in pixels of the input, however small it is looked at."""
    content = video(frames=30, picture=square, options={"qscale": "2"})

    for width in (64, 100, 640):
        found, _, _ = run(io.BytesIO(content), DetectOptions(analysis_width=width))
        (box,) = rectangles(found[25])
        assert box.overlap(Rectangle(60, 40, 90, 70)) > 0.5, width


@pytest.mark.parametrize(
    "options",
    [{"sensitivity": 2}, {"min_area_fraction": 0}, {"analysis_width": 10}, {"warmup_frames": -1}, {"colour": "red"}],
)
def test_wrong_options_are_refused(options: dict[str, object]) -> None:
    """Options out of range, and such that there are not, are refused."""
    with pytest.raises(ValidationError):
        DetectOptions.model_validate(options)


def test_the_manifest_says_what_can_be_chosen() -> None:
    """The manifest has the tools, their inputs, and for each option a title, a description, a default and a range."""
    manifest = Motion.manifest()

    assert (manifest.name, [tool.name for tool in manifest.tools]) == ("motion", ["detect", "activity"])
    assert manifest.default_tool == "detect"
    assert manifest.input_types == [MediaKind.IMAGE, MediaKind.VIDEO]
    for tool in manifest.tools:
        properties = tool.options_schema["properties"]
        assert isinstance(properties, dict)
        for option in properties.values():
            assert isinstance(option, dict)
            assert {"title", "description", "default"} <= set(option)
            least = {"minimum", "exclusiveMinimum"} & set(option)
            assert option["type"] == "boolean" or (least and "maximum" in option)
