"""A job's log and frames, a page at a time or all of it as a stream of lines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Final

import pydantic_core
from starlette.responses import Response, StreamingResponse

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
    if _wants_lines(request):
        return StreamingResponse(_event_lines(request, snapshot, wanted, after), media_type=NDJSON)
    limit = integer(request, "limit", default=200, low=1, high=MAX_EVENTS)
    page = await request.state["database"].run_read(
        read_since, snapshot.job.tenant, after, wanted=wanted, through=snapshot.cursor.seq, limit=limit
    )
    cursor = Cursor(epoch, page.scanned_to)
    more = page.scanned_to < snapshot.cursor.seq
    messages = ",".join(event.wire(epoch) for event in page.events)
    ends = pydantic_core.to_json({"cursor": str(cursor), "next_after": str(cursor) if more else None}).decode()
    return Response(f'{{"messages":[{messages}],{ends[1:]}', media_type="application/json")


async def get_frames(request: ApiRequest) -> Response:
    """`GET /v1/jobs/{job_id}/frames`: the frames of the last attempt; `after` is a `next_after`."""
    snapshot = await snapshot_of(request)
    if _wants_lines(request):
        return StreamingResponse(_frame_lines(request, snapshot), media_type=NDJSON)
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
    return Response(body, media_type="application/json")


async def _after(request: ApiRequest, snapshot: Snapshot) -> int:
    text = request.query_params.get("after")
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


def _wants_lines(request: ApiRequest) -> bool:
    return NDJSON in request.headers.get("accept", "")


async def _event_lines(request: ApiRequest, snapshot: Snapshot, wanted: Filter, after: int) -> AsyncIterator[str]:
    position = after
    while position < snapshot.cursor.seq:
        page = await request.state["database"].run_read(
            read_since, snapshot.job.tenant, position, wanted=wanted, through=snapshot.cursor.seq
        )
        if page.events:
            yield "".join(event.wire(snapshot.cursor.epoch) + "\n" for event in page.events)
        position = page.scanned_to


async def _frame_lines(request: ApiRequest, snapshot: Snapshot) -> AsyncIterator[bytes]:
    async for page in frame_pages(request, snapshot):
        yield b"".join(frame + b"\n" for _, frame in page)
