"""A plugin that keeps its process until a file is there: so jobs can be submitted before any of them is run."""

from __future__ import annotations

import time
from pathlib import Path
from typing import ClassVar

from plugins.contract import FrameData, MediaFrame, Plugin, Tool, ToolOptions
from tests.plugins_for_tests import Numbered

__all__ = ["Gate", "Numbered"]

LOOK_SECONDS = 0.005


class UntilThere(ToolOptions):
    """The file that it waits for."""

    path: str


class GateRun(Tool[UntilThere]):
    """Waits."""

    name = "run"
    title = "Gate"
    description = "Waits until a file is there."
    Options: ClassVar[type[ToolOptions]] = UntilThere

    def process(self, frame: MediaFrame) -> FrameData:
        """Wait; finds nothing."""
        while not Path(self.options.path).exists():
            time.sleep(LOOK_SECONDS)
        return FrameData(frame_index=frame.index, timestamp_ms=frame.timestamp_ms)


class Gate(Plugin):
    """For benchmarks."""

    name = "gate"
    title = "Gate"
    version = "1.0.0"
    description = "For benchmarks."
    license = "Apache-2.0"
    tools = (GateRun,)
