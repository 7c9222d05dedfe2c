"""The runner over real media, with the built-in plugin: images and videos, whole and cut off."""

from __future__ import annotations

import io
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugins.contract import MediaFrame
from plugins.errors import UnsupportedMedia
from plugins.media import open_media
from plugins.runtime.observers import RecordingObserver
from tests.phase10.tool_runs import MAX_PIXELS, ScriptedSource, frames_of, recorded, run
from tests.unit.plugins.made_media import encoded_image, quarters_image, video


def test_motion_runs_over_the_sample(sample: Path) -> None:
    """Every frame of the bundled video is told, things move in it, and the outcome sums it up."""
    with open_media(sample, max_pixels=MAX_PIXELS) as media:
        outcome, observer = recorded("motion", "detect", media=media)
    frames = [told["data"] for told in observer.of("frame")]

    assert [data.frame_index for data in frames] == list(range(250))
    assert any(data.boxes for data in frames)
    assert outcome.results["detect"]["frames"] == 250


def test_an_image_is_one_frame() -> None:
    """A still picture is told as one frame, between progress 0 and 100."""
    outcome, observer = recorded("numbered", media=encoded_image(quarters_image(), "PNG"))

    assert outcome.frames_processed == 1
    assert [told["data"].frame_index for told in observer.of("frame")] == [0]
    assert observer.of("progress")[-1]["percent"] == 100


def test_a_tool_for_images_takes_no_video() -> None:
    """A tool is not given what it does not take, and says which tool and which kind."""
    assert run("odd", "image", media=encoded_image(quarters_image(), "PNG")).frames_processed == 1
    with pytest.raises(UnsupportedMedia, match="'image' does not take a video"):
        run("odd", "image", media=video(frames=2))


def test_one_tool_that_takes_it_not_keeps_all_from_running() -> None:
    """Of several tools one that does not take the input is an error before anything is told."""
    observer = RecordingObserver()
    with pytest.raises(UnsupportedMedia):
        run("odd", "answer", "image", observer=observer)

    assert observer.calls == []


def test_two_runs_over_one_source_are_alike() -> None:
    """A source can be run over again from its first frame: a second run finds the same."""
    with open_media(io.BytesIO(video(frames=5)), max_pixels=MAX_PIXELS) as media:
        _, first = recorded("numbered", media=media)
        _, second = recorded("numbered", media=media)

    assert [told["data"] for told in first.of("frame")] == [told["data"] for told in second.of("frame")]
    assert len(second.of("frame")) == 5


class Watched(ScriptedSource):
    """Fresh frames of a real video, and how many of them somebody held at once."""

    held = 0

    def __init__(self, content: bytes) -> None:
        super().__init__(frames_of(content)[:1])
        self._content = content

    def __iter__(self) -> Iterator[MediaFrame]:
        """The frames, each looked after when the next is made."""
        given: list[weakref.ref[MediaFrame]] = []
        with open_media(io.BytesIO(self._content), max_pixels=MAX_PIXELS) as media:
            for frame in media:
                given.append(weakref.ref(frame))
                self.held = max(self.held, sum(reference() is not None for reference in given))
                yield frame


def test_frames_are_not_kept() -> None:
    """However long the video, only the frame in hand and the next one are in memory."""
    source = Watched(video(frames=40))
    outcome = run("numbered", media=source)

    assert outcome.frames_processed == 40
    assert source.held <= 3
