"""The runner tells how far it is: measured, never back, and 100 only at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from plugins.contract import MediaFrame
from plugins.errors import ToolCrashed
from plugins.runtime import progress
from plugins.runtime.observers import RecordingObserver
from tests.phase10.tool_runs import ScriptedSource, frames_of, recorded, run
from tests.unit.plugins.made_media import video

FRAMES = 8

EveryFrame = Callable[[ScriptedSource], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def frames() -> list[MediaFrame]:
    """The frames of a small video."""
    return frames_of(video(frames=FRAMES))


@pytest.fixture
def every_frame(monkeypatch: pytest.MonkeyPatch) -> EveryFrame:
    """What is told of the progress of a run whose every frame is due to be told, however fast it went."""
    monkeypatch.setattr(progress, "SHORTEST_SECONDS", 0.0)
    monkeypatch.setattr(progress, "INTERVAL_SECONDS", 0.0)

    def told(media: ScriptedSource) -> list[dict[str, Any]]:
        _, observer = recorded("numbered", media=media)
        return observer.of("progress")

    return told


def test_progress_begins_at_zero_and_ends_at_a_hundred() -> None:
    """The first and the last thing said of progress are its ends, however short the run is."""
    _, observer = recorded("numbered", frames=1)
    percents = [told["percent"] for told in observer.of("progress")]

    assert percents[0] == 0
    assert percents[-1] == 100
    assert percents.count(100) == 1


def test_percent_is_the_part_of_the_frames_that_is_done(frames: list[MediaFrame], every_frame: EveryFrame) -> None:
    """Where the file counts its frames, each tell is the whole percent of frames done, with both numbers."""
    told = every_frame(ScriptedSource(frames, frames_total=FRAMES))
    during = [item for item in told if item["stage"] == "processing"]

    assert [item["frames_done"] for item in during] == list(range(1, FRAMES + 1))
    assert all(item["percent"] == min(99, 100 * item["frames_done"] // FRAMES) for item in during)
    assert {item["frames_total"] for item in during} == {FRAMES}


def test_progress_is_the_position_where_nobody_counted_frames(
    frames: list[MediaFrame], every_frame: EveryFrame
) -> None:
    """Without a total the measured position in the input is told, and no total is invented."""
    positions = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
    told = every_frame(ScriptedSource(frames, positions=positions))
    during = [item for item in told if item["stage"] == "processing"]

    assert [item["percent"] for item in during] == [10, 20, 30, 40, 50, 60, 70, 80]
    assert {item["frames_total"] for item in during} == {None}


def test_progress_never_goes_back(frames: list[MediaFrame], every_frame: EveryFrame) -> None:
    """A position that jumps back, as in a damaged file, leaves the percent where it was."""
    told = every_frame(ScriptedSource(frames, positions=(0.1, 0.5, 0.2, 0.3, 0.6, 0.1, 0.1, 0.7)))
    percents = [item["percent"] for item in told]

    assert percents == sorted(percents)


def test_a_hundred_is_kept_for_the_end(frames: list[MediaFrame], every_frame: EveryFrame) -> None:
    """A file that announces fewer frames than it has does not make the run look finished."""
    told = every_frame(ScriptedSource(frames, frames_total=2))
    percents = [item["percent"] for item in told]

    assert max(percents[:-1]) == 99
    assert percents[-1] == 100


def test_nothing_is_known_where_nothing_is_measured(frames: list[MediaFrame], every_frame: EveryFrame) -> None:
    """Without total and position the percent stays 0 until the last frame, and no time left is told."""
    told = every_frame(ScriptedSource(frames))

    assert {item["percent"] for item in told if item["stage"] in {"starting", "processing"}} == {0}
    assert all(item.get("eta_seconds") is None for item in told[:-1])
    assert told[-1]["percent"] == 100


def test_time_left_is_told_once_the_rate_was_measured(frames: list[MediaFrame]) -> None:
    """The first few frames name no time left; later ones do, and it is none at the end."""
    _, observer = recorded("sleepy", media=ScriptedSource(frames, frames_total=FRAMES), options={"ms": 110})
    told = observer.of("progress")
    during = [item["eta_seconds"] for item in told if item["stage"] == "processing"]

    assert during[0] is None
    assert during[-2] > 0
    assert during[-1] == 0
    assert told[-1]["eta_seconds"] == 0


def test_progress_names_its_stages(frames: list[MediaFrame], every_frame: EveryFrame) -> None:
    """A person can read what the run is at: starting, processing, finishing, finished."""
    told = every_frame(ScriptedSource(frames, frames_total=FRAMES))

    assert list(dict.fromkeys(item["stage"] for item in told)) == ["starting", "processing", "finishing", "finished"]


def test_finishing_says_that_every_frame_is_done() -> None:
    """Before the tools sum up, the true number of frames is told, though not yet 100."""
    _, observer = recorded("numbered", frames=7)
    finishing = observer.of("progress")[-2]

    assert finishing["stage"] == "finishing"
    assert finishing["frames_done"] == 7
    assert finishing["percent"] == 99


def test_a_failed_run_never_reaches_a_hundred() -> None:
    """A tool that crashes leaves the progress where it was, and where that is, is told however fast it went."""
    observer = RecordingObserver()
    with pytest.raises(ToolCrashed):
        run("crasher", observer=observer, options={"frame": 3})

    assert all(told["percent"] < 100 for told in observer.of("progress"))
    assert observer.of("progress")[-1]["frames_done"] == 3


def test_the_last_progress_counts_the_frames_that_there_were() -> None:
    """At the end the total is what was really decoded."""
    outcome, observer = recorded("numbered", frames=9)
    last = observer.of("progress")[-1]

    assert (last["frames_done"], last["frames_total"]) == (9, 9)
    assert outcome.frames_processed == 9
