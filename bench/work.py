"""A plugin whose tool does the same work at every frame: who disturbs it is seen in the time that it takes."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from plugins.contract import Box, FrameData, MediaFrame, Plugin, Tool, ToolOptions
from tests.plugins_for_tests import Numbered

__all__ = ["Numbered", "Work"]


class Loops(ToolOptions):
    """How much."""

    loops: int = Field(ge=0)


class WorkRun(Tool[Loops]):
    """Works, in pure Python."""

    name = "run"
    title = "Work"
    description = "Counts, and looks at the picture."
    Options: ClassVar[type[ToolOptions]] = Loops

    def process(self, frame: MediaFrame) -> FrameData:
        """Work; finds the picture itself, as bright as it is."""
        for _ in range(self.options.loops):
            pass
        return FrameData(
            frame_index=frame.index,
            timestamp_ms=frame.timestamp_ms,
            boxes=[Box(x1=0, y1=0, x2=frame.width, y2=frame.height)],
            scores=[float(frame.gray().mean()) / 255],
            labels=["picture"],
        )


class Work(Plugin):
    """For benchmarks."""

    name = "work"
    title = "Work"
    version = "1.0.0"
    description = "For benchmarks."
    license = "Apache-2.0"
    tools = (WorkRun,)
