"""The runner passes on what tools warn of, warns of what it repairs, and does not flood anybody."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.errors import ToolCrashed
from plugins.runtime.observers import RecordingObserver
from plugins.runtime.warning_counts import TELL_A_CODE
from tests.phase10.tool_runs import ScriptedSource, frames_of, recorded, run
from tests.unit.plugins.made_media import video

CODES = {
    "box_partly_outside": "BOX_OUTSIDE",
    "box_wholly_outside": "BOX_OUTSIDE",
    "box_without_numbers": "BOX_INVALID",
    "box_inside_out": "BOX_INVALID",
    "score_above_one": "SCORE_INVALID",
    "score_below_zero": "SCORE_INVALID",
    "score_without_number": "SCORE_INVALID",
    "polygon_without_numbers": "POLYGON_INVALID",
    "wrong_index": "FRAME_INDEX_WRONG",
    "time_without_number": "TIMESTAMP_INVALID",
    "data_without_number": "DATA_INVALID",
    "label_without_characters": "TEXT_INVALID",
    "text_without_characters": "TEXT_INVALID",
    "unequal": "LENGTHS_UNEQUAL",
    "unequal_unchecked": "LENGTHS_UNEQUAL",
    "negative_index": "FRAME_INVALID",
}


def test_a_tools_warning_is_told_as_it_said_it() -> None:
    """Message, severity, code, frame and the tool's name arrive unchanged, and before the frame that it is about."""
    _, observer = recorded("warner", frames=2, options={"every": 2})
    names = [name for name, _ in observer.calls]

    assert observer.of("warning") == [
        {
            "plugin": "warner",
            "message": "frame 0 looks odd",
            "severity": "high",
            "code": "LOOKS_ODD",
            "frame_index": 0,
            "tool": "run",
        }
    ]
    assert names.index("warning") < names.index("frame")


def test_warnings_are_in_the_outcome_too() -> None:
    """The outcome lists the same sentences that were told."""
    outcome, observer = recorded("warner", frames=6, options={"every": 3})

    assert outcome.warnings == ["frame 0 looks odd", "frame 3 looks odd"]
    assert outcome.warnings == [told["message"] for told in observer.of("warning")]


def test_a_tool_can_warn_from_its_first_line_to_its_last() -> None:
    """What a tool warns of while it is made and while it sums up is told like the rest."""
    _, observer = recorded("odd", "talk", frames=1)

    assert [told["message"] for told in observer.of("warning")] == ["made", "frame 0", "done"]


@pytest.mark.parametrize(("kind", "code"), CODES.items())
def test_each_repair_has_a_stable_code(kind: str, code: str) -> None:
    """What is wrong with an answer is warned of once, with its code and the frame it happened at."""
    _, observer = recorded("odd", "answer", frames=3, options={"answer": kind, "frames": [1]})

    assert [(told["code"], told["frame_index"]) for told in observer.of("warning")] == [(code, 1)]


def test_a_skipped_frame_is_warned_of_with_the_tools_reason() -> None:
    """A person sees which frame was skipped and why."""
    _, observer = recorded("softfail", frames=2, options={"every": 2})
    (warning,) = observer.of("warning")

    assert (warning["code"], warning["frame_index"]) == ("FRAME_SKIPPED", 0)
    assert "not to its taste" in warning["message"]


def test_a_damaged_place_in_the_input_is_warned_of() -> None:
    """Damage that decoding meets is told where it is met, and the run goes on."""
    source = ScriptedSource(frames_of(video(frames=4)), damaged_before=(2,))
    outcome, observer = recorded("numbered", media=source)
    (warning,) = observer.of("warning")

    assert (warning["code"], warning["frame_index"], warning["message"]) == ("FRAME_DAMAGED", 2, "A damaged place.")
    assert outcome.frames_processed == 4


def test_damage_in_a_real_file_is_warned_of() -> None:
    """A video that was cut off in the middle gives its frames and says that something is missing."""
    whole = video(container="matroska", codec="mpeg4", frames=60)
    outcome, observer = recorded("numbered", media=whole[: len(whole) // 2])

    assert 0 < outcome.frames_processed < 60
    assert {told["code"] for told in observer.of("warning")} == {"FRAME_DAMAGED"}


def test_one_code_is_told_a_few_times_and_then_counted() -> None:
    """A tool that warns at every frame is heard at first; the rest is one sentence with the number, at the end."""
    outcome, observer = recorded("odd", "talk", frames=40, options={"code": "DARK"})
    told = [item for item in observer.of("warning") if item["code"] == "DARK"]

    assert [item["message"] for item in told[:-1]] == [f"frame {index}" for index in range(TELL_A_CODE)]
    assert "40" in told[-1]["message"]
    assert len([message for message in outcome.warnings if "frame" in message]) == TELL_A_CODE


@pytest.mark.parametrize("options", [{}, {"numbered_codes": True}])
def test_nothing_floods_anybody(options: dict[str, Any]) -> None:
    """Thousands of warnings without a code, or each with its own, are bounded as well, and all are counted."""
    outcome, observer = recorded("odd", "talk", frames=40, options={**options, "times": 50})
    completed = observer.of("plugin_status")[-1]

    assert completed["warnings_count"] == 2002
    assert len(observer.of("warning")) < 500
    assert len(outcome.warnings) < 500


def test_a_warning_can_be_shown_whatever_it_is_made_of() -> None:
    """A message with half a character, as names of files have them, is told with a replacement for it."""
    outcome, _ = recorded("odd", "talk", frames=1, options={"says": "half"})

    assert "caf\ufffd" in outcome.warnings


def test_completed_counts_every_warning() -> None:
    """The count at the end is of all warnings, told or only counted."""
    _, observer = recorded("odd", "talk", frames=40, options={"code": "DARK"})

    assert observer.of("plugin_status")[-1]["warnings_count"] == 42


def test_each_tool_counts_its_own_warnings() -> None:
    """Two tools in one run do not share their counts."""
    _, observer = recorded("odd", "talk", "answer", frames=3, options={"talk": {}, "answer": {}})
    ends = [told for told in observer.of("plugin_status") if told["status"] == "completed"]

    assert [(told["tool"], told["warnings_count"]) for told in ends] == [("talk", 5), ("answer", 0)]


def test_a_warning_that_is_none_is_the_tools_failure() -> None:
    """A severity that does not exist fails as it does without a runner: in the tool."""
    observer = RecordingObserver()
    with pytest.raises(ToolCrashed):
        run("odd", "talk", options={"says": "nonsense"}, observer=observer)

    assert observer.of("plugin_status")[-1]["status"] == "failed"
