"""A plugin whose tools answer as none should: what the runner has to make fit, refuse, or pass on."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, cast

import numpy as np
from pydantic import Field, JsonValue, model_validator

from plugins.contract import Box, FrameData, MediaFrame, MediaKind, Plugin, Tool, ToolContext, ToolOptions
from plugins.errors import FrameSkipped

INSIDE = Box(x1=1, y1=1, x2=5, y2=5)
NAN = math.nan


def answer(frame: MediaFrame, **values: Any) -> FrameData:
    """One detection inside the picture, but for what is given."""
    usual: dict[str, Any] = {
        "frame_index": frame.index,
        "timestamp_ms": frame.timestamp_ms,
        "boxes": [INSIDE],
        "scores": [0.5],
        "labels": ["thing"],
    }
    return FrameData(**{**usual, **values})


def _three(frame: MediaFrame, **values: Any) -> FrameData:
    """Three detections with everything that goes beside a box; the middle one is what is odd."""
    beside: dict[str, Any] = {
        "boxes": [INSIDE] * 3,
        "scores": [0.1, 0.2, 0.3],
        "labels": ["a", "b", "c"],
        "track_ids": [1, None, 3],
        "texts": ["A", "B", "C"],
        "polygons": [[(1, 1), (2, 2)]] * 3,
    }
    return answer(frame, **{**beside, **values})


def _hollow(frame: MediaFrame) -> FrameData:
    """Lists of unequal length that no model has checked."""
    return FrameData.model_construct(
        frame_index=frame.index, timestamp_ms=frame.timestamp_ms, boxes=[INSIDE], scores=[], labels=["thing"]
    )


def _middle(box: Box) -> list[Box]:
    return [INSIDE, box, INSIDE]


#: What a tool answers, by what is odd about it.
ANSWERS: dict[str, Callable[[MediaFrame], object]] = {
    "box_partly_outside": lambda f: _three(f, boxes=_middle(Box(x1=-5, y1=-5, x2=9999, y2=5))),
    "box_wholly_outside": lambda f: _three(f, boxes=_middle(Box(x1=9000, y1=1, x2=9999, y2=5))),
    "box_without_numbers": lambda f: _three(f, boxes=_middle(Box(x1=NAN, y1=1, x2=3, y2=math.inf))),
    "box_inside_out": lambda f: _three(f, boxes=_middle(Box(x1=5, y1=5, x2=1, y2=1))),
    "score_above_one": lambda f: _three(f, scores=[0.1, 1.5, 0.3]),
    "score_below_zero": lambda f: _three(f, scores=[0.1, -1.5, 0.3]),
    "score_without_number": lambda f: _three(f, scores=[0.1, NAN, 0.3]),
    "polygon_without_numbers": lambda f: _three(f, polygons=[[(1, 1)], [(NAN, 1)], [(3, 3)]]),
    "wrong_index": lambda f: answer(f, frame_index=f.index + 1000),
    "time_without_number": lambda f: answer(f, timestamp_ms=math.inf),
    "data_without_number": lambda f: answer(f, data={"sharpness": NAN, "levels": [1.0, {"top": math.inf}]}),
    "label_without_characters": lambda f: _three(f, labels=["a", "caf\udce9", "c"]),
    "text_without_characters": lambda f: _three(f, texts=["A", "caf\udce9", "C"]),
    "unequal": lambda f: answer(f, scores=[]),
    "unequal_unchecked": _hollow,
    "negative_index": lambda f: answer(f, frame_index=-1),
    "nothing": lambda _: None,
    "a_dict": lambda f: {"frame_index": f.index},
    "bad_box": lambda f: answer(f, boxes=[Box(x1=cast("float", "left"), y1=0, x2=1, y2=1)]),
}


class Odd(ToolOptions):
    """Which answer, and at which frames (none: at all)."""

    answer: str = ""
    frames: Sequence[int] = Field(default=())


class AnswerRun(Tool[Odd]):
    """Answers oddly at some frames."""

    name = "answer"
    title = "Odd answers"
    description = "Gives an odd answer at the frames named."
    Options: ClassVar[type[ToolOptions]] = Odd

    def process(self, frame: MediaFrame) -> FrameData:
        """Answer oddly, or as usual."""
        odd = self.options.answer and (not self.options.frames or frame.index in self.options.frames)
        return cast("FrameData", ANSWERS[self.options.answer](frame)) if odd else answer(frame)


class Result(ToolOptions):
    """Which result."""

    result: str = "plain"


class ResultRun(AnswerRun):
    """Gives an odd result at the end, or none."""

    name = "result"
    title = "Odd results"
    Options: ClassVar[type[ToolOptions]] = Result

    def process(self, frame: MediaFrame) -> FrameData:
        """As usual."""
        return answer(frame)

    def finish(self) -> dict[str, JsonValue]:
        """Whatever was asked for."""
        kind = cast("Result", self.options).result
        if kind == "skipped":
            raise FrameSkipped("too late for that")
        if kind == "invalid":
            FrameData(frame_index=-1, timestamp_ms=0)
        if kind == "raises":
            raise RuntimeError("no result")
        results: dict[str, Any] = {
            "plain": {"answer": 42},
            "without_number": {"mean": 2.5, "parts": [1.5, {"top": NAN}]},
            "without_characters": {"name": "caf\udce9", "\udce9": None},
            "numpy": {"mean": np.float64(2.5)},
            "arrays": {"mean": np.zeros(3)},
            "a_list": [1, 2],
            "nothing": None,
        }
        return cast("dict[str, JsonValue]", results[kind])


#: Partial results that are not what they should be.
PARTIALS: dict[str, object] = {"partial_array": np.zeros(3), "partial_nan": {"mean": NAN, "count": 3}}


class Talk(ToolOptions):
    """What is said, and whether it goes on when saying it fails."""

    says: str = "warn"
    code: str | None = None
    numbered_codes: bool = False
    swallows: bool = False
    times: int = Field(default=1, ge=0)


class TalkRun(Tool[Talk]):
    """Says something at every frame."""

    name = "talk"
    title = "Talk"
    description = "Warns or shows a partial result at every frame."
    Options: ClassVar[type[ToolOptions]] = Talk

    def __init__(self, options: Talk, context: ToolContext) -> None:
        super().__init__(options, context)
        context.warn("made", code="MADE")

    def process(self, frame: MediaFrame) -> FrameData:
        """Say it."""
        for _ in range(self.options.times):
            try:
                self._say(frame.index)
            except Exception:
                if not self.options.swallows:
                    raise
        return answer(frame)

    def finish(self) -> dict[str, JsonValue]:
        """Say a last word."""
        self.context.warn("done", code="DONE")
        return {}

    def _say(self, index: int) -> None:
        if self.options.says == "partial":
            self.context.partial({"so_far": index})
        elif self.options.says == "nonsense":
            self.context.warn(f"frame {index}", severity=cast("Any", "fatal"))
        elif self.options.says in PARTIALS:
            self.context.partial(cast("JsonValue", PARTIALS[self.options.says]))
        elif self.options.says == "half":
            self.context.warn("caf\udce9")
        elif self.options.numbered_codes:
            self.context.warn(f"frame {index}", code=f"CODE_{index}")
        else:
            self.context.warn(f"frame {index}", code=self.options.code, frame_index=index)


class Raise(ToolOptions):
    """Where something is raised, and what."""

    where: str = "process"
    what: str = "RuntimeError"


RAISED: dict[str, Callable[[], BaseException]] = {
    "RuntimeError": lambda: RuntimeError("broken"),
    "ConnectionError": lambda: ConnectionError("the tool's own server is away"),
    "MemoryError": MemoryError,
    "FrameSkipped": lambda: FrameSkipped("not this one"),
    "SystemExit": lambda: SystemExit(0),
    "KeyboardInterrupt": KeyboardInterrupt,
    "GeneratorExit": GeneratorExit,
    "CancelledError": asyncio.CancelledError,
}


class RaiseRun(Tool[Raise]):
    """Raises when it is made, or at the first frame."""

    name = "raise"
    title = "Raise"
    description = "Raises where it is told to."
    Options: ClassVar[type[ToolOptions]] = Raise

    def __init__(self, options: Raise, context: ToolContext) -> None:
        super().__init__(options, context)
        if options.where == "init":
            raise RAISED[options.what]()

    def process(self, frame: MediaFrame) -> FrameData:
        """Raise, or answer."""
        if self.options.where == "process":
            raise RAISED[self.options.what]()
        return answer(frame)


class ImageRun(AnswerRun):
    """Takes images only."""

    name = "image"
    title = "Images only"
    inputs: ClassVar[frozenset[MediaKind]] = frozenset({MediaKind.IMAGE})


class Picky(ToolOptions):
    """Options whose check says more than their schema can."""

    low: int = 1
    high: int = 2

    @model_validator(mode="after")
    def _in_order(self) -> Picky:
        if self.low > self.high:
            raise ValueError("low must not be above high")
        if self.low == self.high:
            raise ZeroDivisionError("the check itself is broken")
        return self


class PickyRun(AnswerRun):
    """Takes some options only."""

    name = "picky"
    title = "Picky"
    Options: ClassVar[type[ToolOptions]] = Picky

    def process(self, frame: MediaFrame) -> FrameData:
        """As usual."""
        return answer(frame)


class OddPlugin(Plugin):
    """All of them."""

    name = "odd"
    version = "1.0.0"
    title = "Odd"
    description = "For tests."
    license = "Apache-2.0"
    tools = (AnswerRun, ResultRun, TalkRun, RaiseRun, ImageRun, PickyRun)
