"""A job's log and frames: a page at a time, all of it as a stream of lines, or all of it as a file to keep."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import Final

import pydantic_core
from starlette.responses import Response, StreamingResponse

from app.api.downloads import Lines, file_headers, lines_of, wants_file
from app.api.job_views import FRAMES_A_PAGE, Snapshot, frame_pages, snapshot_of
from app.api.parameters import integer, invalid
from app.errors import CursorReset
from app.realtime.cursor import Cursor, InvalidCursor
from app.realtime.event_log import read_since, state
from app.realtime.events import Filter
from app.state import ApiRequest

NDJSON: Final = "application/x-ndjson"
MAX_EVENTS: Final = 1000


async def get_events(request: ApiRequest) -> Response:
    """`GET /v1/jobs/{job_id}/events`: the job's messages as on the wire, after a cursor."""
    snapshot = await snapshot_of(request)
    after = await _after(request, snapshot)
    wanted = Filter(job_ids=frozenset({snapshot.job.id}))
    epoch = snapshot.cursor.epoch
    lines = lines_of(request, NDJSON)
    headers = file_headers(request, snapshot.job, f"events.{lines}")
    pages = _event_pages(request, snapshot, wanted, after)
    if lines is Lines.NDJSON:
        return StreamingResponse(_as_lines(pages), media_type=NDJSON, headers=headers)
    if _is_whole(request):
        end = {"cursor": str(snapshot.cursor), "next_after": None}
        return StreamingResponse(_as_object("messages", pages, end), media_type="application/json", headers=headers)
    limit = integer(request, "limit", default=200, low=1, high=MAX_EVENTS)
    page = await request.state["database"].run_read(
        read_since, snapshot.job.tenant, after, wanted=wanted, through=snapshot.cursor.seq, limit=limit
    )
    cursor = Cursor(epoch, page.scanned_to)
    more = page.scanned_to < snapshot.cursor.seq
    messages = ",".join(event.wire(epoch) for event in page.events)
    ends = pydantic_core.to_json({"cursor": str(cursor), "next_after": str(cursor) if more else None}).decode()
    return Response(f'{{"messages":[{messages}],{ends[1:]}', media_type="application/json", headers=headers)


async def get_frames(request: ApiRequest) -> Response:
    """`GET /v1/jobs/{job_id}/frames`: the frames of the last attempt; `after` is a `next_after`."""
    snapshot = await snapshot_of(request)
    lines = lines_of(request, NDJSON)
    headers = file_headers(request, snapshot.job, f"frames.{lines}")
    if lines is Lines.NDJSON:
        return StreamingResponse(_as_lines(_frames(request, snapshot)), media_type=NDJSON, headers=headers)
    if _is_whole(request):
        whole = _as_object("frames", _frames(request, snapshot), {"next_after": None})
        return StreamingResponse(whole, media_type="application/json", headers=headers)
    after = integer(request, "after", default=0, low=0, high=2**62)
    limit = integer(request, "limit", default=200, low=1, high=FRAMES_A_PAGE)
    frames: list[tuple[int, bytes]] = []
    async with aclosing(frame_pages(request, snapshot, after=after)) as pages:
        async for page in pages:
            frames += page
            if len(frames) > limit:
                break
    more = len(frames) > limit
    frames = frames[:limit]
    next_after = pydantic_core.to_json(frames[-1][0] if more else None)
    body = b'{"frames":[' + b",".join(frame for _, frame in frames) + b'],"next_after":' + next_after + b"}"
    return Response(body, media_type="application/json", headers=headers)


async def _after(request: ApiRequest, snapshot: Snapshot) -> int:
    # What a stream is given back as `since` is right here too.
    text = request.query_params.get("after", request.query_params.get("since"))
    if text is None or text == "start":
        return 0
    try:
        cursor = Cursor.parse(text)
    except InvalidCursor as error:
        raise invalid("after", f"must be a cursor: {error}") from None
    now = await request.state["database"].run_read(state)
    reason = now.reset_reason(snapshot.job.tenant, cursor)
    if reason is not None:
        raise CursorReset(f"This cursor can't be continued: {reason}", reason=reason, cursor=str(snapshot.cursor))
    return cursor.seq


def _is_whole(request: ApiRequest) -> bool:
    """Whether a JSON answer holds everything: a file that was cut off after a page would not say so."""
    return wants_file(request) and not {"limit", "after"} & set(request.query_params)


async def _event_pages(
    request: ApiRequest, snapshot: Snapshot, wanted: Filter, after: int
) -> AsyncIterator[list[bytes]]:
    position = after
    while position < snapshot.cursor.seq:
        page = await request.state["database"].run_read(
            read_since, snapshot.job.tenant, position, wanted=wanted, through=snapshot.cursor.seq
        )
        if page.events:
            yield [event.wire(snapshot.cursor.epoch).encode() for event in page.events]
        position = page.scanned_to


async def _frames(request: ApiRequest, snapshot: Snapshot) -> AsyncIterator[list[bytes]]:
    async for page in frame_pages(request, snapshot):
        yield [frame for _, frame in page]


async def _as_lines(pages: AsyncIterator[list[bytes]]) -> AsyncIterator[bytes]:
    async for page in pages:
        yield b"".join(item + b"\n" for item in page)


async def _as_object(name: str, pages: AsyncIterator[list[bytes]], end: Mapping[str, object]) -> AsyncIterator[bytes]:
    """One JSON object whose list `name` holds all items, in constant memory."""
    before = f'{{"{name}":['.encode()
    async for page in pages:
        yield before + b",".join(page)
        before = b","
    opening = b"" if before == b"," else before
    yield opening + b"]," + pydantic_core.to_json(end)[1:]
