"""A tool that writes down, where no fault can reach it, which process ran which frame of which job."""

from __future__ import annotations

import os
import signal
import time
from typing import Any, ClassVar
from uuid import uuid4

from pydantic import Field, JsonValue

from plugins.contract import Box, FrameData, MediaFrame, Plugin, Tool, ToolContext, ToolOptions
from plugins.errors import FrameSkipped


class What(ToolOptions):
    """What happens, and where it is written down; a frame of -1 never comes."""

    journal: str
    token: str
    ms: float = Field(default=20, ge=0)
    kill_at: int = -1
    crash_at: int = -1
    skip_every: int = 0
    warn_every: int = 0


class WitnessRun(Tool[What]):
    """Appends a line a frame; a line is one write, so those of several processes do not mix."""

    name = "run"
    title = "Witness"
    description = "Writes down each frame that it is given."
    Options: ClassVar[type[ToolOptions]] = What

    def __init__(self, options: What, context: ToolContext) -> None:
        super().__init__(options, context)
        self._run = uuid4().hex[:12]
        self._journal = os.open(options.journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._write("begin")

    def process(self, frame: MediaFrame) -> FrameData:
        """Write the frame down, before and after."""
        options = self.options
        self._write(f"{frame.index}")
        if frame.index == options.kill_at and _first_time(f"{options.journal}.{options.token}"):
            os.kill(os.getpid(), signal.SIGKILL)
        if frame.index == options.crash_at:
            raise RuntimeError("a crash that was asked for")
        if options.skip_every and frame.index % options.skip_every == 1:
            raise FrameSkipped("a frame that was to be skipped")
        if options.warn_every and frame.index % options.warn_every == 1:
            self.context.warn(f"frame {frame.index} was to be warned of", severity="medium", frame_index=frame.index)
            self.context.partial({"frames_so_far": frame.index})
        time.sleep(options.ms / 1000)
        self._write(f"{frame.index}")
        left = float(frame.index % 50)
        return FrameData(
            frame_index=frame.index,
            timestamp_ms=frame.timestamp_ms,
            boxes=[Box(x1=left, y1=0, x2=left + 10, y2=10)],
            scores=[0.5],
            labels=[str(frame.index)],
        )

    def finish(self) -> dict[str, JsonValue]:
        """The last line."""
        self._write("end")
        return {"token": self.options.token}

    def __del__(self) -> None:
        """A run that was stopped closes its file too."""
        os.close(self._journal)

    def _write(self, what: str) -> None:
        os.write(self._journal, f"{self.options.token} {self._run} {os.getpid()} {what}\n".encode())


class Witness(Plugin):
    """For the chaos harness."""

    name = "witness"
    version = "1.0.0"
    title = "Witness"
    description = "For tests."
    license = "Apache-2.0"
    tools: ClassVar[tuple[type[Tool[Any]], ...]] = (WitnessRun,)


def _first_time(marker: str) -> bool:
    try:
        os.close(os.open(marker, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True
