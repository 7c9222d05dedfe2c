"""A job's frames as the API has them, made of what is in the log: in pages, in the order in which they were found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import pydantic_core

from app.database.engine import Database
from app.jobs.job import Job
from app.realtime.event_log import read_since
from app.realtime.events import Filter, LogEvent
from app.realtime.message_types import MessageType

#: A frame's lists, and what stands for a detection of a tool that does not have one.
_LISTS: Final[dict[str, Any]] = {
    "boxes": None,
    "scores": None,
    "labels": None,
    "track_ids": None,
    "texts": "",
    "polygons": [],
}


@dataclass(frozen=True, slots=True)
class FrameRecord:
    """A frame as the API has it, its last seq in the log, and the input's size in pixels where that was told."""

    seq: int
    frame: dict[str, Any]
    width: int | None
    height: int | None


class FrameRecords:
    """Makes frames of a job's events, page by page. Those of several tools are merged, each detection naming its tool.

    A frame that goes on in the next page is held back until that, or `rest`, is asked for.
    """

    def __init__(self, job: Job) -> None:
        self._several = len(job.tools) > 1
        self._held: list[tuple[str, dict[str, Any]]] = []
        self._last = FrameRecord(0, {}, None, None)

    def of(self, events: list[LogEvent]) -> list[FrameRecord]:
        """The frames that are complete with these events."""
        page: list[FrameRecord] = []
        for event in events:
            payload = pydantic_core.from_json(event.payload)
            tool, frame = payload["tool"], payload["data"]
            record = FrameRecord(event.seq, frame, payload.get("width"), payload.get("height"))
            if not self._several:
                page.append(record)
                continue
            if self._held and self._held[0][1]["frame_index"] != frame["frame_index"]:
                page.extend(self.rest())
            self._held.append((tool, frame))
            self._last = record
        return page

    def rest(self) -> list[FrameRecord]:
        """The frame that was held back, where there is one."""
        found, self._held = self._held, []
        return [replace(self._last, frame=_merged(found))] if found else []


def frame_filter(job: Job) -> Filter:
    """What of the log a job's frames are: those of its last attempt."""
    return Filter(job_ids=frozenset({job.id}), types=frozenset({MessageType.FRAME}), attempt=job.attempt)


def frames_of(database: Database, job: Job, *, a_page: int) -> Iterator[FrameRecord]:
    """The frames of a job that has ended, read in pages: each its own short transaction."""
    records = FrameRecords(job)
    wanted, position = frame_filter(job), 0
    while True:
        with database.read() as connection:
            page = read_since(connection, job.tenant, position, wanted=wanted, limit=a_page)
        yield from records.of(page.events)
        # Nothing of it comes any more: a page that is not full is the last one.
        if len(page.events) < a_page:
            break
        position = page.scanned_to
    yield from records.rest()


def _merged(found: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """One frame of what several tools found in it; where only some have a list, the others' part is filled."""
    frames = [frame for _, frame in found]
    merged: dict[str, Any] = {name: frames[0][name] for name in ("frame_index", "timestamp_ms")}
    for name, filler in _LISTS.items():
        if any(name in frame for frame in frames):
            merged[name] = [item for frame in frames for item in frame.get(name, [filler] * len(frame["boxes"]))]
    merged["tools"] = [tool for tool, frame in found for _ in frame["boxes"]]
    data = {tool: frame["data"] for tool, frame in found if "data" in frame}
    return {**merged, "data": data} if data else merged
