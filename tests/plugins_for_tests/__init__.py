"""Plugins that misbehave, or behave very predictably: what tests hand to a real worker by `TRANSOM_PLUGINS`."""

from __future__ import annotations

import math
import os
import signal
import time
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field, JsonValue

from plugins.contract import Box, FrameData, MediaFrame, Plugin, Tool, ToolOptions
from plugins.errors import FrameSkipped


def nothing_found(frame: MediaFrame) -> FrameData:
    """An answer without a box."""
    return FrameData(frame_index=frame.index, timestamp_ms=frame.timestamp_ms)


def _numbered(frame: MediaFrame) -> FrameData:
    """One box that moves a pixel a frame, labelled with the frame's number."""
    left = float(frame.index % max(1, frame.width - 10))
    return FrameData(
        frame_index=frame.index,
        timestamp_ms=frame.timestamp_ms,
        boxes=[Box(x1=left, y1=0, x2=left + 10, y2=10)],
        scores=[0.5],
        labels=[str(frame.index)],
        track_ids=[1],
    )


class _Base(Plugin):
    version = "1.0.0"
    description = "For tests."
    license = "Apache-2.0"


class Milliseconds(ToolOptions):
    """How long a frame takes."""

    ms: float = Field(default=50, ge=0, le=600_000)


class SpinRun(Tool[Milliseconds]):
    """Keeps the interpreter busy, in pure Python."""

    name = "run"
    title = "Spin"
    description = "Counts for `ms` milliseconds a frame."
    Options: ClassVar[type[ToolOptions]] = Milliseconds

    def process(self, frame: MediaFrame) -> FrameData:
        """Count until the time is over."""
        end = time.perf_counter() + self.options.ms / 1000
        count = 0
        while time.perf_counter() < end:
            count += 1
        return _numbered(frame)


class MillisecondsUntil(Milliseconds):
    """How long a frame takes, and what ends that."""

    until: str = Field(default="", description="A file: once it is there no frame takes any time.")


class SleepRun(Tool[MillisecondsUntil]):
    """Sleeps."""

    name = "run"
    title = "Sleep"
    description = "Sleeps for `ms` milliseconds a frame."
    Options: ClassVar[type[ToolOptions]] = MillisecondsUntil

    def process(self, frame: MediaFrame) -> FrameData:
        """Sleep, in naps where a file may end it."""
        end = time.perf_counter() + self.options.ms / 1000
        longest = 0.02 if self.options.until else math.inf
        while (left := end - time.perf_counter()) > 0 and not self._is_released():
            time.sleep(min(left, longest))
        return _numbered(frame)

    def _is_released(self) -> bool:
        return bool(self.options.until) and Path(self.options.until).exists()


class AtFrame(ToolOptions):
    """Where it happens."""

    frame: int = Field(default=3, ge=0)


class CrashRun(Tool[AtFrame]):
    """Raises what no tool should."""

    name = "run"
    title = "Crash"
    description = "Raises at a frame."
    Options: ClassVar[type[ToolOptions]] = AtFrame

    def process(self, frame: MediaFrame) -> FrameData:
        """Raise at the frame."""
        if frame.index == self.options.frame:
            raise RuntimeError("secret-path-in-a-traceback")
        return _numbered(frame)


class Every(ToolOptions):
    """How often."""

    every: int = Field(default=3, ge=1)


class SoftFailRun(Tool[Every]):
    """Can't process some frames."""

    name = "run"
    title = "Soft fail"
    description = "Skips every n-th frame."
    Options: ClassVar[type[ToolOptions]] = Every

    def process(self, frame: MediaFrame) -> FrameData:
        """Skip, or answer."""
        if frame.index % self.options.every == 0:
            raise FrameSkipped("this one is not to its taste")
        return _numbered(frame)


class Count(ToolOptions):
    """How many."""

    per_frame: int = Field(default=1, ge=0, le=1000)


class NumberRun(Tool[Count]):
    """Answers at once and predictably."""

    name = "run"
    title = "Number"
    description = "Numbers the frames."
    Options: ClassVar[type[ToolOptions]] = Count

    def process(self, frame: MediaFrame) -> FrameData:
        """The frame's number as a label."""
        return _numbered(frame)

    def finish(self) -> dict[str, JsonValue]:
        """A result that is known beforehand."""
        return {"answer": 42}


class SecondNumberRun(NumberRun):
    """A second tool of the same plugin."""

    name = "again"
    title = "Number again"


class WarnRun(Tool[Every]):
    """Warns and shows partial results."""

    name = "run"
    title = "Warn"
    description = "Warns at every n-th frame."
    Options: ClassVar[type[ToolOptions]] = Every

    def process(self, frame: MediaFrame) -> FrameData:
        """Warn, or not."""
        if frame.index % self.options.every == 0:
            self.context.warn(
                f"frame {frame.index} looks odd", severity="high", code="LOOKS_ODD", frame_index=frame.index
            )
            self.context.partial({"odd_so_far": frame.index})
        return nothing_found(frame)


class Kill(ToolOptions):
    """Where, and the file that says that it has been done."""

    frame: int = Field(default=5, ge=0)
    marker: str = ""


class KillRun(Tool[Kill]):
    """Ends its own process, as the kernel would when memory runs out."""

    name = "run"
    title = "Kill"
    description = "Kills its process at a frame, once a marker file; without one, always."
    Options: ClassVar[type[ToolOptions]] = Kill

    def process(self, frame: MediaFrame) -> FrameData:
        """Die, or answer."""
        marker = Path(self.options.marker) if self.options.marker else None
        if frame.index == self.options.frame and not (marker and marker.exists()):
            if marker:
                marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return _numbered(frame)


class Seconds(ToolOptions):
    """How long."""

    seconds: float = Field(default=30, ge=0, le=3600)


class HangRun(Tool[Seconds]):
    """Does not come back from a call, deaf to everything but a kill."""

    name = "run"
    title = "Hang"
    description = "Blocks in one call at the second frame."
    Options: ClassVar[type[ToolOptions]] = Seconds

    def process(self, frame: MediaFrame) -> FrameData:
        """Block."""
        if frame.index == 1:
            time.sleep(self.options.seconds)
        return _numbered(frame)


class Gate(Milliseconds):
    """Where it is, and the file whose coming opens it."""

    frame: int = Field(default=3, ge=0)
    marker: str


class GateRun(Tool[Gate]):
    """Waits until a test has seen what it wanted to see before."""

    name = "run"
    title = "Gate"
    description = "Waits at a frame until there is a marker file."
    Options: ClassVar[type[ToolOptions]] = Gate

    def process(self, frame: MediaFrame) -> FrameData:
        """Sleep, and wait at the frame."""
        time.sleep(self.options.ms / 1000)
        while frame.index == self.options.frame and not Path(self.options.marker).exists():
            time.sleep(0.01)
        return _numbered(frame)


def plugin_of(plugin_name: str, *kinds: type[Tool[Any]]) -> type[Plugin]:
    """A plugin of this name with these tools."""
    return type(plugin_name.title(), (_Base,), {"name": plugin_name, "title": plugin_name.title(), "tools": kinds})


Spin = plugin_of("spin", SpinRun)
Sleepy = plugin_of("sleepy", SleepRun)
Crasher = plugin_of("crasher", CrashRun)
SoftFail = plugin_of("softfail", SoftFailRun)
Numbered = plugin_of("numbered", NumberRun)
Twins = plugin_of("twins", NumberRun, SecondNumberRun)
Warner = plugin_of("warner", WarnRun)
Killer = plugin_of("killer", KillRun)
Hang = plugin_of("hang", HangRun)
Gated = plugin_of("gated", GateRun)
