"""The tool `motion.activity`: how much of the picture moves in each frame, and when something happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from pydantic import JsonValue

from plugins.contract import FrameData, MediaFrame, Tool, ToolContext
from plugins.motion.options import ActivityOptions
from plugins.motion.scene import Scene, warn_of_single_image

#: The result names so many periods, those with the most motion.
PERIODS_LISTED: Final = 500


@dataclass(slots=True)
class Period:
    """A time in which something moved."""

    first_frame: int
    last_frame: int
    first_ms: float
    last_ms: float
    peak: float


class Activity(Tool[ActivityOptions]):
    """Measures motion without saying where it is; a frame has no boxes, and `data` has the moving part of it."""

    name = "activity"
    title = "Measure activity"
    description = "How much of the picture moves in each frame, and the times in which anything did."
    Options = ActivityOptions

    def __init__(self, options: ActivityOptions, context: ToolContext) -> None:
        super().__init__(options, context)
        self._scene = Scene(options, context)
        self._periods: list[Period] = []
        self._frames = 0
        self._frames_active = 0

    def process(self, frame: MediaFrame) -> FrameData:
        """The part of the picture that moves, 0 to 1."""
        mask = self._scene.moving(frame)
        part = 0.0 if mask is None else np.count_nonzero(mask) / mask.size
        self._frames += 1
        if part >= self.options.active_fraction:
            self._frames_active += 1
            self._active(frame, part)
        return FrameData(
            frame_index=frame.index, timestamp_ms=frame.timestamp_ms, data={"moving_fraction": round(part, 5)}
        )

    def finish(self) -> dict[str, JsonValue]:
        """The periods in the order of time; warns if there was but one frame."""
        if self._frames == 1:
            warn_of_single_image(self.context)
        busiest = sorted(self._periods, key=lambda period: -period.peak)[:PERIODS_LISTED]
        listed: list[JsonValue] = [
            _summary(period) for period in sorted(busiest, key=lambda period: period.first_frame)
        ]
        return {
            "periods": len(self._periods),
            "frames": self._frames,
            "frames_active": self._frames_active,
            "scene_changes": self._scene.changes,
            "period_list": listed,
        }

    def _active(self, frame: MediaFrame, part: float) -> None:
        last = self._periods[-1] if self._periods else None
        if last is None or frame.timestamp_ms - last.last_ms > 1000 * self.options.quiet_seconds:
            at = frame.index, frame.index, frame.timestamp_ms, frame.timestamp_ms
            self._periods.append(Period(*at, part))
        else:
            last.last_frame, last.last_ms, last.peak = frame.index, frame.timestamp_ms, max(last.peak, part)


def _summary(period: Period) -> dict[str, JsonValue]:
    return {
        "first_frame": period.first_frame,
        "last_frame": period.last_frame,
        "first_ms": period.first_ms,
        "last_ms": period.last_ms,
        "peak_fraction": round(period.peak, 5),
    }
