"""A plugin whose tools answer in different shapes, and fail in different ways, over one input."""

from __future__ import annotations

import time
from typing import ClassVar

from pydantic import Field, JsonValue

from plugins.contract import Box, FrameData, MediaFrame, Plugin, Tool, ToolOptions
from plugins.errors import FrameSkipped


def _box(left: float) -> Box:
    return Box(x1=left, y1=1, x2=left + 5, y2=6)


class HowMany(ToolOptions):
    """How many things there are in a frame, and how long it takes to see them."""

    things: int = Field(default=1, ge=0, le=20)
    ms: float = Field(default=0, ge=0, le=1000)


class Words(Tool[HowMany]):
    """Finds texts, each in a polygon."""

    name = "words"
    title = "Words"
    description = "Texts and polygons."
    Options: ClassVar[type[ToolOptions]] = HowMany

    def process(self, frame: MediaFrame) -> FrameData:
        """So many words."""
        time.sleep(self.options.ms / 1000)
        many = range(self.options.things)
        return FrameData(
            frame_index=frame.index,
            timestamp_ms=frame.timestamp_ms,
            boxes=[_box(number) for number in many],
            scores=[0.9 for _ in many],
            labels=["word" for _ in many],
            texts=[f"word {number} of frame {frame.index}" for number in many],
            polygons=[[(number, 1), (number + 5, 1), (number + 5, 6)] for number in many],
            data={"language": "en"},
        )

    def finish(self) -> dict[str, JsonValue]:
        """What was asked for."""
        return {"things": self.options.things}


class Tracks(Words):
    """Finds things that have a number; warns of every second frame."""

    name = "tracks"
    title = "Tracks"
    description = "Numbers, and warnings."

    def process(self, frame: MediaFrame) -> FrameData:
        """So many tracks."""
        if frame.index % 2:
            self.context.warn("odd", severity="medium", code="ODD", frame_index=frame.index)
        many = range(self.options.things)
        return FrameData(
            frame_index=frame.index,
            timestamp_ms=frame.timestamp_ms,
            boxes=[_box(20 + number) for number in many],
            scores=[0.4 for _ in many],
            labels=["track" for _ in many],
            track_ids=list(many),
        )


class Choosy(Words):
    """Can't process every third frame."""

    name = "choosy"
    title = "Choosy"
    description = "Skips every third frame."

    def process(self, frame: MediaFrame) -> FrameData:
        """Skip, or answer."""
        if frame.index % 3 == 0:
            raise FrameSkipped("not to its taste")
        return super().process(frame)


class Breaks(Words):
    """Crashes at the fourth frame."""

    name = "breaks"
    title = "Breaks"
    description = "Crashes at the fourth frame."

    def process(self, frame: MediaFrame) -> FrameData:
        """Answer, or crash."""
        if frame.index == 3:
            raise RuntimeError("broken")
        return super().process(frame)


class Mixed(Plugin):
    """All of them."""

    name = "mixed"
    version = "1.0.0"
    title = "Mixed"
    description = "For tests."
    license = "Apache-2.0"
    tools = (Words, Tracks, Choosy, Breaks)
