"""What a tool answers, made fit to show: of this frame, inside the picture, fit for JSON. Each repair is a warning.

A detection that can't be repaired is left out whole: its box, score, label and what else stands beside them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from plugins.contract import Box, FrameData, MediaFrame
from plugins.runtime.plain_json import plain_json, plain_text

BOX_OUTSIDE: Final = "BOX_OUTSIDE"
BOX_INVALID: Final = "BOX_INVALID"
SCORE_INVALID: Final = "SCORE_INVALID"
POLYGON_INVALID: Final = "POLYGON_INVALID"
INDEX_WRONG: Final = "FRAME_INDEX_WRONG"
TIMESTAMP_INVALID: Final = "TIMESTAMP_INVALID"
DATA_INVALID: Final = "DATA_INVALID"
TEXT_INVALID: Final = "TEXT_INVALID"

SENTENCES: Final = {
    BOX_OUTSIDE: "A box reached outside the picture; it was clipped, or left out where nothing was inside.",
    BOX_INVALID: "A box had no area or no numbers; its detection was left out.",
    SCORE_INVALID: "A score was not between 0 and 1; it was clipped, or left out where it was no number.",
    POLYGON_INVALID: "A polygon had a corner without numbers; its detection was left out.",
    TIMESTAMP_INVALID: "The tool named no time for the frame; the frame's own is used.",
    DATA_INVALID: "The frame's data held what JSON has not, or what lay too deep; it was replaced.",
    TEXT_INVALID: "A label or text held what is no character; it was replaced.",
}

#: Told a stable code and a sentence.
Warn = Callable[[str, str], None]

_PARALLEL: Final = ("boxes", "scores", "labels", "track_ids", "texts", "polygons")


def repaired(answer: object, frame: MediaFrame, warn: Warn) -> FrameData:
    """The answer as it can be shown; one warning for each kind of repair.

    Raises `TypeError` for what is no frame data, and `pydantic.ValidationError` for frame data that was made without
    being checked and does not fit.
    """
    if not isinstance(answer, FrameData):
        raise TypeError(f"a tool answers with FrameData, not with {type(answer).__name__}")
    data = FrameData.model_validate(vars(answer))
    changes: dict[str, object] = {}
    if data.frame_index != frame.index:
        warn(INDEX_WRONG, f"The tool answered for frame {data.frame_index} when it was given {frame.index}.")
        changes["frame_index"] = frame.index
    if not math.isfinite(data.timestamp_ms):
        warn(TIMESTAMP_INVALID, SENTENCES[TIMESTAMP_INVALID])
        changes["timestamp_ms"] = frame.timestamp_ms
    if data.data is not None and (values := plain_json(data.data)) is not data.data:
        warn(DATA_INVALID, SENTENCES[DATA_INVALID])
        changes["data"] = values
    changes |= _repaired_detections(data, frame, warn)
    return data.model_copy(update=changes) if changes else data


def _repaired_detections(data: FrameData, frame: MediaFrame, warn: Warn) -> dict[str, object]:
    """The lists that change; none where every detection is as it should be."""
    codes: dict[str, None] = {}
    boxes = [_repaired_box(box, frame, codes) for box in data.boxes]
    scores = [_repaired_score(score, codes) for score in data.scores]
    keep = [box is not None and score is not None for box, score in zip(boxes, scores, strict=True)]
    for place, polygon in enumerate(data.polygons or []):
        if not all(math.isfinite(x) and math.isfinite(y) for x, y in polygon):
            codes[POLYGON_INVALID] = None
            keep[place] = False
    words = {name: [plain_text(word) for word in getattr(data, name) or []] for name in ("labels", "texts")}
    if any(kept != (getattr(data, name) or []) for name, kept in words.items()):
        codes[TEXT_INVALID] = None
    if not codes:
        return {}
    for code in codes:
        warn(code, SENTENCES[code])
    columns: dict[str, list[Any] | None] = {name: getattr(data, name) for name in _PARALLEL}
    columns |= {"boxes": boxes, "scores": scores, "labels": words["labels"]}
    if data.texts is not None:
        columns["texts"] = words["texts"]
    return {
        name: [value for value, kept in zip(values, keep, strict=True) if kept]
        for name, values in columns.items()
        if values is not None
    }


def _repaired_box(box: Box, frame: MediaFrame, codes: dict[str, None]) -> Box | None:
    if not (box.x1 < box.x2 and box.y1 < box.y2 and all(map(math.isfinite, (box.x1, box.y1, box.x2, box.y2)))):
        codes[BOX_INVALID] = None
        return None
    x1, x2 = max(0.0, box.x1), min(float(frame.width), box.x2)
    y1, y2 = max(0.0, box.y1), min(float(frame.height), box.y2)
    if (x1, y1, x2, y2) == (box.x1, box.y1, box.x2, box.y2):
        return box
    codes[BOX_OUTSIDE] = None
    return Box(x1=x1, y1=y1, x2=x2, y2=y2) if x1 < x2 and y1 < y2 else None


def _repaired_score(score: float, codes: dict[str, None]) -> float | None:
    if 0 <= score <= 1:
        return score
    codes[SCORE_INVALID] = None
    return min(1.0, max(0.0, score)) if math.isfinite(score) else None
