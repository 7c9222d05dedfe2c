"""A job's frames, and those of a whole batch, as files that other programs read; streamed, in constant memory."""

from __future__ import annotations

import asyncio
import csv
import io
import zipfile
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import PurePosixPath
from typing import Any, Final

import pydantic_core
from starlette.responses import Response, StreamingResponse

from app.api.caller import tenant_of
from app.api.downloads import ExportFormat, disposition
from app.api.job_views import (
    Snapshot,
    extended_fields,
    frame_records,
    phase9_head,
    snapshot_by_id,
    snapshot_of,
)
from app.api.parameters import batch_id_of, choice
from app.api.playback import export_video
from app.batches import store
from app.batches.batch import ItemState
from app.errors import JobNotFound, NotForBatches
from app.jobs.frames import FrameRecord
from app.state import ApiRequest

#: Items of a batch that are read at once.
ITEMS_A_PAGE: Final = 200
#: What a box's row says; where there are several tools, which of them found it.
CSV_COLUMNS: Final = (
    "frame_index",
    "timestamp_ms",
    "x1",
    "y1",
    "x2",
    "y2",
    "score",
    "label",
    "track_id",
    "text",
    "tool",
)
ITEM_COLUMNS: Final = ("n", "line", "name", "status", "job_id", "file", "error", "detail")
#: A spreadsheet takes a cell that begins so for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


async def export_job(request: ApiRequest) -> Response:
    """`GET /v1/jobs/{job_id}/export`: what was found in a job's input, in a format of choice, as a file.

    A video is made once it is asked for: until it is there this is `NOT_READY`, with how far it is.
    """
    kind = choice(request, "format", ExportFormat) or ExportFormat.JSON
    snapshot = await snapshot_of(request)
    name = f"{PurePosixPath(snapshot.job.input_name or snapshot.job.id).stem}.{kind.ending}"
    if kind is ExportFormat.VIDEO:
        return await export_video(request, snapshot, name)
    return StreamingResponse(
        _written(request, snapshot, kind),
        media_type=kind.media_type,
        headers={"Content-Disposition": disposition("attachment", name)},
    )


async def export_batch(request: ApiRequest) -> Response:
    """`GET /v1/batches/{batch_id}/export`: an archive: a file for each item that is done, and a list of all items."""
    kind = choice(request, "format", ExportFormat) or ExportFormat.JSON
    if kind is ExportFormat.VIDEO:
        raise NotForBatches("A batch has no video of its own: export the jobs that you want to watch")
    tenant, batch_id = tenant_of(request), batch_id_of(request)
    batch = await request.state["database"].run_read(store.get, tenant, batch_id)
    return StreamingResponse(
        _archive(request, tenant, batch_id, kind),
        media_type="application/zip",
        headers={"Content-Disposition": disposition("attachment", f"{batch.name or batch.id}.zip")},
    )


class _Sink(io.RawIOBase):
    """What an archive is written to; it can't go back, so the archive is one that can be written from front to end."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: Any, /) -> int:
        """Keep it until it is taken."""
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """What was written since."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


async def _archive(request: ApiRequest, tenant: str, batch_id: str, kind: ExportFormat) -> AsyncIterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        listed = _Rows()
        listed.write(ITEM_COLUMNS)
        async for item in _items(request, tenant, batch_id):
            name = _file_name(item, kind)
            snapshot = None if item.job is None or name is None else await _there(request, item.job.id)
            listed.write(_item_row(item, None if snapshot is None else name))
            if snapshot is None or name is None:
                continue
            with archive.open(name, "w", force_zip64=True) as member:
                async for chunk in _written(request, snapshot, kind):
                    # Packing takes its time.
                    await asyncio.to_thread(member.write, chunk)
                    if written := sink.take():
                        yield written
            yield sink.take()
        archive.writestr("items.csv", listed.take())
    yield sink.take()


async def _there(request: ApiRequest, job_id: str) -> Snapshot | None:
    """A job's snapshot; None for one that was deleted while the archive was made."""
    try:
        return await snapshot_by_id(request, job_id)
    except JobNotFound:
        return None


async def _items(request: ApiRequest, tenant: str, batch_id: str) -> AsyncGenerator[ItemState, None]:
    after = 0
    while True:
        page = await request.state["database"].run_read(
            store.items, tenant, batch_id, status=None, after=after, limit=ITEMS_A_PAGE
        )
        for item in page:
            yield item
        if len(page) < ITEMS_A_PAGE:
            return
        after = page[-1].n


def _file_name(item: ItemState, kind: ExportFormat) -> str | None:
    """Numbered, so that two inputs of one name are two files; None for one that is not done."""
    if item.job is None or item.status != "done":
        return None
    stem = PurePosixPath((item.name or item.job.id).replace("\\", "/")).stem
    return f"{item.n:06}-{stem[:100]}.{kind.ending}"


def _item_row(item: ItemState, file: str | None) -> tuple[object, ...]:
    error = item.error
    if error is None and item.job is not None and item.job.error is not None:
        error = {"code": str(item.job.error["error_code"]), "detail": str(item.job.error["message"])}
    told = error or {"code": "", "detail": ""}
    return (item.n, item.line, item.name, item.status.value, item.job_id, file, told["code"], told["detail"])


def _written(request: ApiRequest, snapshot: Snapshot, kind: ExportFormat) -> AsyncIterator[bytes]:
    match kind:
        case ExportFormat.JSON:
            return _as_json(request, snapshot)
        case ExportFormat.NDJSON:
            return _as_lines(request, snapshot)
        case ExportFormat.CSV:
            return _as_csv(request, snapshot)
        case ExportFormat.COCO:
            return _as_coco(request, snapshot)
        case ExportFormat.VIDEO:
            raise TypeError("a video is not written from frames alone")


async def _as_json(request: ApiRequest, snapshot: Snapshot) -> AsyncIterator[bytes]:
    head = phase9_head(snapshot.job, with_status=True)
    tail = {**extended_fields(request, snapshot).model_dump(mode="json"), "result": snapshot.job.result}
    yield pydantic_core.to_json(head)[:-1] + b',"frames":['
    comma = b""
    async for records in frame_records(request, snapshot):
        yield comma + b",".join(pydantic_core.to_json(record.frame) for record in records)
        comma = b","
    yield b"]," + pydantic_core.to_json(tail)[1:]


async def _as_lines(request: ApiRequest, snapshot: Snapshot) -> AsyncIterator[bytes]:
    async for records in frame_records(request, snapshot):
        yield b"".join(pydantic_core.to_json(record.frame) + b"\n" for record in records)


async def _as_csv(request: ApiRequest, snapshot: Snapshot) -> AsyncIterator[bytes]:
    rows = _Rows()
    rows.write(CSV_COLUMNS)
    yield rows.take()
    alone = snapshot.job.tools[0] if len(snapshot.job.tools) == 1 else None
    async for records in frame_records(request, snapshot):
        for record in records:
            for row in _boxes(record.frame, alone):
                rows.write(row)
        if text := rows.take():
            yield text


def _boxes(frame: dict[str, Any], tool: str | None) -> list[tuple[object, ...]]:
    """A row a box."""
    count = len(frame["boxes"])
    columns = [frame.get(name) or [None] * count for name in ("track_ids", "texts")]
    tools = frame.get("tools") or [tool] * count
    return [
        (
            frame["frame_index"],
            frame["timestamp_ms"],
            *(box[corner] for corner in ("x1", "y1", "x2", "y2")),
            frame["scores"][index],
            frame["labels"][index],
            *(column[index] for column in columns),
            tools[index],
        )
        for index, box in enumerate(frame["boxes"])
    ]


class _Rows:
    """CSV as RFC 4180 has it, in UTF-8; a text is never a formula to whoever opens it."""

    def __init__(self) -> None:
        self._text = io.StringIO()
        self._writer = csv.writer(self._text, lineterminator="\r\n")

    def write(self, row: tuple[object, ...]) -> None:
        """One row."""
        self._writer.writerow([_harmless(cell) for cell in row])

    def take(self) -> bytes:
        """What was written since."""
        written = self._text.getvalue().encode()
        self._text.seek(0)
        self._text.truncate()
        return written


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


async def _as_coco(request: ApiRequest, snapshot: Snapshot) -> AsyncIterator[bytes]:
    """COCO's object detection format (cocodataset.org, "Data format"), with a score for each annotation.

    An image is a frame; its id is the frame's index and one, for ids begin at 1. Boxes are x, y, width, height.
    """
    job = snapshot.job
    info = {"description": job.input_name, "job_id": job.id, "plugin": job.plugin, "tools": job.tools}
    yield b'{"info":' + pydantic_core.to_json(info) + b',"licenses":[],"images":['
    comma = b""
    async for records in frame_records(request, snapshot):
        yield comma + b",".join(pydantic_core.to_json(_image(record, job.input_name)) for record in records)
        comma = b","
    yield b'],"annotations":['
    comma, number = b"", 0
    categories: dict[str, int] = {}
    async for records in frame_records(request, snapshot):
        made = []
        for record in records:
            for annotation in _annotations(record, categories):
                number += 1
                made.append(pydantic_core.to_json({"id": number, **annotation}))
        if made:
            yield comma + b",".join(made)
            comma = b","
    named = [{"id": identifier, "name": label, "supercategory": ""} for label, identifier in categories.items()]
    yield b'],"categories":' + pydantic_core.to_json(named) + b"}"


def _image(record: FrameRecord, name: str | None) -> dict[str, Any]:
    index = record.frame["frame_index"]
    return {
        "id": index + 1,
        "file_name": name or "",
        "frame_index": index,
        "timestamp_ms": record.frame["timestamp_ms"],
        "width": record.width or 0,
        "height": record.height or 0,
    }


def _annotations(record: FrameRecord, categories: dict[str, int]) -> list[dict[str, Any]]:
    frame = record.frame
    polygons = frame.get("polygons") or [None] * len(frame["boxes"])
    tracks = frame.get("track_ids") or [None] * len(frame["boxes"])
    made = []
    for index, box in enumerate(frame["boxes"]):
        width, height = box["x2"] - box["x1"], box["y2"] - box["y1"]
        polygon = polygons[index]
        annotation = {
            "image_id": frame["frame_index"] + 1,
            "category_id": categories.setdefault(frame["labels"][index], len(categories) + 1),
            "bbox": [box["x1"], box["y1"], width, height],
            "area": width * height,
            "iscrowd": 0,
            "score": frame["scores"][index],
            "segmentation": [[number for point in polygon for number in point]] if polygon else [],
        }
        if tracks[index] is not None:
            annotation["track_id"] = tracks[index]
        made.append(annotation)
    return made
