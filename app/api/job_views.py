"""Jobs as answers: Phase 9's shapes, Phase 10's additions, and frames streamed from the log in pages."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

import pydantic_core
import sqlalchemy as sa
from starlette.responses import Response, StreamingResponse

from app.api.caller import tenant_of
from app.api.conditional import not_modified
from app.api.links import link
from app.api.parameters import job_id_of, rfc3339
from app.jobs import renderings, store
from app.jobs.frames import FrameRecord, FrameRecords, frame_filter
from app.jobs.job import Job, Playable
from app.jobs.renderings import Kind, Rendering, State
from app.models_phase9 import JobResponse
from app.models_phase10 import ExtendedFields, JobSummary, PlaybackState
from app.realtime.cursor import Cursor
from app.realtime.event_log import read_since, state
from app.realtime.events import LogEvent
from app.realtime.message_types import ErrorDetails
from app.state import ApiRequest

#: Frames a page; also what one chunk of a streamed answer holds.
FRAMES_A_PAGE: Final = 500
#: How the WebM that stands for an input stands itself.
_STATES: Final[dict[State, PlaybackState]] = {
    State.WANTED: "making",
    State.MAKING: "making",
    State.READY: "ready",
    State.FAILED: "failed",
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A job, and the place of the log at which that is true."""

    job: Job
    cursor: Cursor
    #: The WebM that stands for the input in browsers; None where there is none.
    made: Rendering | None = None

    @property
    def playback(self) -> PlaybackState | None:
        """How the input can be watched; None where nobody knows yet."""
        if self.made is not None:
            return _STATES[self.made.status]
        match self.job.playable:
            case Playable.INPUT:
                return "input"
            case Playable.STILL:
                return "still"
            case Playable.MADE:
                return "possible"
            case None:
                # Of a job that ended before anybody opened its input, whoever asks has it looked at.
                return "possible" if self.job.status.terminal else None


async def snapshot_of(request: ApiRequest) -> Snapshot:
    """The job that the path names, with its cursor; raises `JobNotFound`."""
    return await snapshot_by_id(request, job_id_of(request))


async def snapshot_by_id(request: ApiRequest, job_id: str) -> Snapshot:
    """The same for a job that is known by its id."""
    return await request.state["database"].run_read(_snapshot, tenant_of(request), job_id)


def job_response(job: Job) -> JobResponse:
    """Phase 9's answer for a job without frames."""
    return JobResponse(**_phase9(job), frames=[])


def extended_fields(request: ApiRequest, snapshot: Snapshot) -> ExtendedFields:
    """What Phase 10 adds."""
    job = snapshot.job
    base = link(request, f"/v1/jobs/{job.id}")
    return ExtendedFields(
        progress=job.progress,
        plugin_timings=job.plugin_timings,
        # An ended job without any has an empty list: then it is known.
        warnings=[] if job.warnings is None and job.status.terminal else job.warnings,
        tool_timings=job.tool_timings,
        stage=job.stage,
        attempt=job.attempt,
        fallback_reason=job.fallback_reason,
        error=None if job.error is None else ErrorDetails.model_validate(job.error),
        created_at=rfc3339(job.created_at_ms),
        started_at=rfc3339(job.started_at_ms),
        finished_at=rfc3339(job.finished_at_ms),
        cursor=str(snapshot.cursor),
        links={
            "self": base,
            "extended": f"{base}/extended",
            "frames": f"{base}/frames",
            "events": f"{base}/events",
            "input": f"{base}/input",
            **({} if snapshot.playback in {None, "still"} else {"playback": f"{base}/playback"}),
        },
        playback=snapshot.playback,
        plugin=job.plugin,
        tools=job.tools,
        input_name=job.input_name,
        input_type=job.input_type,
        input_bytes=job.input_bytes,
        priority=job.priority.name.lower(),
        retry_of=job.retry_of,
        batch_id=job.batch_id,
    )


def summary(job: Job) -> JobSummary:
    """A job as lists show it."""
    return JobSummary(
        job_id=job.id,
        status=job.status.value,
        plugin=job.plugin,
        tools=job.tools,
        input_name=job.input_name,
        input_type=job.input_type,
        input_bytes=job.input_bytes,
        device_requested=job.device_requested,
        device_used=job.device_used,
        fallback=job.fallback,
        priority=job.priority.name.lower(),
        batch_id=job.batch_id,
        retry_of=job.retry_of,
        progress=job.progress,
        stage=job.stage,
        attempt=job.attempt,
        warnings_count=len(job.warnings or ()),
        error=None if job.error is None else ErrorDetails.model_validate(job.error),
        created_at=rfc3339(job.created_at_ms) or "",
        started_at=rfc3339(job.started_at_ms),
        finished_at=rfc3339(job.finished_at_ms),
    )


def phase9_head(job: Job, *, with_status: bool) -> dict[str, Any]:
    """Phase 9's fields before `frames`; the result's answer has no status."""
    head = _phase9(job)
    if not with_status:
        del head["status"]
    return head


def etag_of(snapshot: Snapshot) -> str | None:
    """What names a job's answer once it has ended and will not change; None before."""
    job = snapshot.job
    return f'"{job.id}.{job.attempt}.{snapshot.cursor.epoch}"' if job.status.terminal else None


async def with_frames(
    request: ApiRequest, snapshot: Snapshot, head: dict[str, Any], tail: dict[str, Any], *, etag: str | None = None
) -> Response:
    """One JSON object: `head`, the frames of the last attempt, `tail`. Large ones are streamed in constant memory."""
    headers = {}
    if etag is not None:
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if not_modified(request, etag):
            return Response(status_code=304, headers=headers)
    pages = frame_pages(request, snapshot)
    first = await anext(pages, None)
    second = await anext(pages, None)
    opening = pydantic_core.to_json(head)[:-1] + b',"frames":[' + _joined(first)
    closing = b"]" + (b"," + pydantic_core.to_json(tail)[1:] if tail else b"}")
    if second is None:
        return Response(opening + closing, media_type="application/json", headers=headers)
    more = second

    async def stream() -> AsyncIterator[bytes]:
        yield opening + b"," + _joined(more)
        async for page in pages:
            yield b"," + _joined(page)
        yield closing

    return StreamingResponse(stream(), media_type="application/json", headers=headers)


def _joined(page: list[tuple[int, bytes]] | None) -> bytes:
    return b",".join(frame for _, frame in page or ())


async def frame_pages(
    request: ApiRequest, snapshot: Snapshot, *, after: int = 0
) -> AsyncGenerator[list[tuple[int, bytes]], None]:
    """The frames of the snapshot's attempt after a seq, in pages that are never empty: each its last seq and its JSON.

    Of several tools over one input the frames are merged by `frame_index`, each detection naming its tool.
    """
    async for records in frame_records(request, snapshot, after=after):
        yield [(record.seq, pydantic_core.to_json(record.frame)) for record in records]


async def frame_records(
    request: ApiRequest, snapshot: Snapshot, *, after: int = 0
) -> AsyncGenerator[list[FrameRecord], None]:
    """The same as objects."""
    made = FrameRecords(snapshot.job)
    async for events in _frame_events(request, snapshot, after):
        if page := made.of(events):
            yield page
    if rest := made.rest():
        yield rest


async def _frame_events(request: ApiRequest, snapshot: Snapshot, after: int) -> AsyncIterator[list[LogEvent]]:
    job = snapshot.job
    wanted, position = frame_filter(job), after
    while position < snapshot.cursor.seq:
        page = await request.state["database"].run_read(
            read_since,
            job.tenant,
            position,
            wanted=wanted,
            through=snapshot.cursor.seq,
            limit=FRAMES_A_PAGE,
        )
        if page.events:
            yield page.events
        position = page.scanned_to


def _snapshot(connection: sa.Connection, tenant: str, job_id: str) -> Snapshot:
    job = store.get(connection, tenant, job_id)
    now = state(connection)
    made = None
    if job.playable not in (Playable.INPUT, Playable.STILL):
        made = renderings.find(connection, tenant, job_id, Kind.PLAYBACK)
    return Snapshot(job, Cursor(now.epoch, now.head(tenant)), made)


def _phase9(job: Job) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "status": job.status.value,
        "device_requested": job.device_requested,
        "device_used": job.device_used,
        "fallback": job.fallback,
    }
