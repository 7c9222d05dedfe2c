"""The runner tells every frame as it is found, and what it tells fits the picture and the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.realtime.message_types import FrameData as WireFrame
from plugins.contract import Box, FrameData
from plugins.errors import ToolCrashed
from plugins.runtime.observers import RecordingObserver
from tests.phase10.odd_plugin import ANSWERS, INSIDE
from tests.phase10.tool_runs import recorded, run

WIDTH, HEIGHT = 64, 48
REFUSED = {"nothing", "a_dict", "bad_box"}


def answered(kind: str) -> tuple[list[FrameData], list[dict[str, Any]]]:
    """The frames and warnings told of a run whose tool answers oddly at its second frame."""
    _, observer = recorded("odd", "answer", frames=3, options={"answer": kind, "frames": [1]})
    return [told["data"] for told in observer.of("frame")], observer.of("warning")


def second(kind: str) -> FrameData:
    """What was told of the frame that was answered oddly."""
    frames, _ = answered(kind)
    assert [data.frame_index for data in frames] == [0, 1, 2]
    return frames[1]


def test_every_frame_is_told_once_and_in_order() -> None:
    """Frames come with the tool's own data, in the order of the input, each with its time in the input."""
    _, observer = recorded("numbered", frames=12)
    frames = observer.of("frame")

    assert [told["data"].frame_index for told in frames] == list(range(12))
    assert [told["data"].labels for told in frames] == [[str(index)] for index in range(12)]
    assert [told["data"].timestamp_ms for told in frames] == [40.0 * index for index in range(12)]
    assert {(told["plugin"], told["tool"]) for told in frames} == {("numbered", "run")}


def test_a_frame_is_told_before_the_next_is_processed() -> None:
    """Frames are told while the run goes on: when the fourth crashes, three were told."""
    observer = RecordingObserver()
    with pytest.raises(ToolCrashed):
        run("crasher", observer=observer, options={"frame": 3})

    assert [told["data"].frame_index for told in observer.of("frame")] == [0, 1, 2]


def test_a_frame_can_be_made_into_a_picture() -> None:
    """Each frame comes with its picture, which is a JPEG when somebody asks."""
    _, observer = recorded("numbered", frames=2)

    for told in observer.of("frame"):
        assert told["picture"].jpeg(max_width=32, quality=50).startswith(b"\xff\xd8")


def test_several_tools_see_the_same_frames() -> None:
    """Two tools over one input are told frame by frame, side by side, from one decoding."""
    _, observer = recorded("twins", "run", "again", frames=3)
    frames = observer.of("frame")

    assert [(told["data"].frame_index, told["tool"]) for told in frames] == [
        (index, tool) for index in range(3) for tool in ("run", "again")
    ]
    assert frames[0]["picture"] is frames[1]["picture"]


def test_a_skipped_frame_is_not_told() -> None:
    """A frame that the tool can't process has no frame message, and the others keep their numbers."""
    outcome, observer = recorded("softfail", frames=7, options={"every": 3})

    assert [told["data"].frame_index for told in observer.of("frame")] == [1, 2, 4, 5]
    assert outcome.frames_processed == 7


def test_a_box_that_reaches_out_is_clipped() -> None:
    """A box partly outside is cut at the picture's edges; its neighbours stay."""
    data = second("box_partly_outside")

    assert data.boxes == [INSIDE, Box(x1=0, y1=0, x2=WIDTH, y2=5), INSIDE]
    assert data.labels == ["a", "b", "c"]


@pytest.mark.parametrize(
    "kind",
    [
        "box_wholly_outside",
        "box_without_numbers",
        "box_inside_out",
        "score_without_number",
        "polygon_without_numbers",
    ],
)
def test_a_detection_that_can_not_be_shown_is_left_out_whole(kind: str) -> None:
    """What has no place in the picture or no number goes with all that belongs to it, and its neighbours stay."""
    data = second(kind)

    assert data.boxes == [INSIDE, INSIDE]
    assert data.scores == [0.1, 0.3]
    assert data.labels == ["a", "c"]
    assert data.track_ids == [1, 3]
    assert data.texts == ["A", "C"]
    assert data.polygons is not None
    assert len(data.polygons) == 2


@pytest.mark.parametrize(("kind", "score"), [("score_above_one", 1.0), ("score_below_zero", 0.0)])
def test_a_score_out_of_range_is_brought_to_its_end(kind: str, score: float) -> None:
    """A score beyond 0 to 1 becomes the nearer end; the detection stays."""
    assert second(kind).scores == [0.1, score, 0.3]


def test_a_wrong_number_or_time_is_the_frames_own() -> None:
    """A tool that answers for another frame, or at no time at all, is told for the frame it was given."""
    assert second("wrong_index").frame_index == 1
    assert second("time_without_number").timestamp_ms == 40.0


def test_numbers_that_json_has_not_are_null() -> None:
    """What is no number anywhere in a frame's data is null, so that every client can read it."""
    data = second("data_without_number").data

    assert data == {"sharpness": None, "levels": [1.0, {"top": None}]}


def test_half_a_character_is_replaced() -> None:
    """A label or text that no client could read is shown with a replacement, in its place."""
    assert second("label_without_characters").labels == ["a", "caf\ufffd", "c"]
    assert second("text_without_characters").texts == ["A", "caf\ufffd", "C"]


@pytest.mark.parametrize("kind", ["unequal", "unequal_unchecked", "negative_index"])
def test_an_answer_that_fits_no_model_skips_the_frame(kind: str) -> None:
    """A frame whose lists do not belong together is left out, and the run goes on."""
    frames, _ = answered(kind)

    assert [data.frame_index for data in frames] == [0, 2]


@pytest.mark.parametrize("kind", sorted(REFUSED))
def test_an_answer_that_is_no_answer_is_a_crash(kind: str) -> None:
    """A tool that does not answer with frame data has failed, and the run says so."""
    observer = RecordingObserver()
    with pytest.raises(ToolCrashed):
        run("odd", "answer", observer=observer, options={"answer": kind})

    assert observer.of("plugin_status")[-1]["status"] == "failed"


@pytest.mark.parametrize("kind", sorted(ANSWERS.keys() - REFUSED))
def test_whatever_is_told_fits_the_wire(kind: str) -> None:
    """Every frame that is told is valid JSON and a valid message, whatever the tool answered."""
    frames, warnings = answered(kind)

    assert len(warnings) == 1
    for data in frames:
        text = WireFrame.model_validate(data.model_dump(exclude_none=True)).model_dump_json()
        assert "NaN" not in text
        assert "Infinity" not in text
        assert json.loads(text)["frame_index"] == data.frame_index


def test_time_of_a_frame_is_the_tools_own() -> None:
    """Each frame names the milliseconds that the tool took for it: at least as long as it slept."""
    _, observer = recorded("sleepy", frames=3, options={"ms": 20})

    assert all(told["timing_ms"] >= 20 for told in observer.of("frame"))
