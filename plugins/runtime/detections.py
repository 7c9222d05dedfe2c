"""What a tool answers, made fit to show: inside the picture, finite, and of equal length. Each repair is a warning."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from plugins.contract import Box, FrameData, MediaFrame

BOX_OUTSIDE: Final = "BOX_OUTSIDE"
SCORE_INVALID: Final = "SCORE_INVALID"
INDEX_WRONG: Final = "FRAME_INDEX_WRONG"

#: Told a stable code and a sentence.
Warn = Callable[[str, str], None]

_PARALLEL: Final = ("boxes", "scores", "labels", "track_ids", "texts", "polygons")


def repaired(data: FrameData, frame: MediaFrame, warn: Warn) -> FrameData:
    """The same data where nothing is wrong with it, else a repaired copy."""
    changes: dict[str, object] = {}
    if data.frame_index != frame.index:
        warn(INDEX_WRONG, f"The tool answered for frame {data.frame_index} when it was given {frame.index}.")
        changes["frame_index"] = frame.index
    boxes = [_clipped(box, frame) for box in data.boxes]
    scores = [_bounded(score) for score in data.scores]
    if boxes != data.boxes:
        warn(BOX_OUTSIDE, "A box reached outside the picture; it was clipped, or left out where nothing was inside.")
    if scores != data.scores:
        warn(SCORE_INVALID, "A score was not between 0 and 1; it was clipped, or left out where it was no number.")
    keep = [box is not None and score is not None for box, score in zip(boxes, scores, strict=True)]
    if boxes != data.boxes or scores != data.scores:
        columns: dict[str, list[Any]] = {"boxes": boxes, "scores": scores}
        for name in _PARALLEL:
            values = columns.get(name, getattr(data, name))
            if values is not None:
                changes[name] = [value for value, kept in zip(values, keep, strict=True) if kept]
    return data.model_copy(update=changes) if changes else data


def _clipped(box: Box, frame: MediaFrame) -> Box | None:
    if not all(math.isfinite(value) for value in (box.x1, box.y1, box.x2, box.y2)):
        return None
    x1, x2 = max(0.0, box.x1), min(float(frame.width), box.x2)
    y1, y2 = max(0.0, box.y1), min(float(frame.height), box.y2)
    if x1 >= x2 or y1 >= y2:
        return None
    return box if (x1, y1, x2, y2) == (box.x1, box.y1, box.x2, box.y2) else Box(x1=x1, y1=y1, x2=x2, y2=y2)


def _bounded(score: float) -> float | None:
    return min(1.0, max(0.0, score)) if math.isfinite(score) else None
