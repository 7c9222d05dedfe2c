"""Jobs: list, read, cancel, purge. Submitting is in submit.py, a job's files in job_files.py, its log in job_log.py."""

from __future__ import annotations

import asyncio
import logging
from enum import StrEnum
from typing import Final

from starlette.responses import JSONResponse, Response

from app.api.caller import tenant_of
from app.api.downloads import file_headers
from app.api.job_views import etag_of, extended_fields, phase9_head, snapshot_of, summary, with_frames
from app.api.parameters import choice, flag, integer, job_id_of, moment_ms, page_key, text
from app.api.publishing import move
from app.errors import JobAlreadyEnded
from app.jobs import retention, store, transitions
from app.jobs.job import Job, JobStatus
from app.models_phase9 import CancelResponse
from app.models_phase10 import CancelState, JobList, PurgeResponse
from app.state import ApiRequest

logger = logging.getLogger(__name__)

DEFAULT_PAGE: Final = 50
MAX_PAGE: Final = 200


class JobOrder(StrEnum):
    """How a list is sorted."""

    NEWEST = "-created_at"
    OLDEST = "created_at"


async def list_jobs(request: ApiRequest) -> Response:
    """`GET /v1/jobs`: a page of summaries."""
    limit = integer(request, "limit", default=DEFAULT_PAGE, low=1, high=MAX_PAGE)
    query = store.JobQuery(
        status=choice(request, "status", JobStatus),
        plugin=text(request, "plugin"),
        batch_id=text(request, "batch_id"),
        text=text(request, "q"),
        created_after_ms=moment_ms(request, "created_after"),
        created_before_ms=moment_ms(request, "created_before"),
        oldest_first=choice(request, "sort", JobOrder) is JobOrder.OLDEST,
        after=page_key(request, "after"),
        limit=limit,
    )
    page = await request.state["database"].run_read(store.page, tenant_of(request), query)
    answer = JobList(jobs=[summary(job) for job in page.jobs], count=len(page.jobs), next_after=page.next_after)
    return JSONResponse(answer.model_dump(mode="json"))


async def get_job(request: ApiRequest) -> Response:
    """`GET /v1/jobs/{job_id}`: Phase 9's job, with all its frames."""
    snapshot = await snapshot_of(request)
    head = phase9_head(snapshot.job, with_status=True)
    return await with_frames(request, snapshot, head, {}, etag=etag_of(snapshot))


async def get_result(request: ApiRequest) -> Response:
    """`GET /v1/jobs/{job_id}/result`: Phase 9's result; null until the job is done."""
    snapshot = await snapshot_of(request)
    head = phase9_head(snapshot.job, with_status=False)
    answer = await with_frames(request, snapshot, head, {"result": snapshot.job.result}, etag=etag_of(snapshot))
    answer.headers.update(file_headers(request, snapshot.job, "result.json"))
    return answer


async def get_extended(request: ApiRequest) -> Response:
    """`GET /v1/jobs/{job_id}/extended`: all of Phase 9's job, and what Phase 10 adds."""
    snapshot = await snapshot_of(request)
    head = phase9_head(snapshot.job, with_status=True)
    tail = extended_fields(request, snapshot).model_dump(mode="json")
    if not flag(request, "frames", default=True):
        return JSONResponse({**head, "frames": [], **tail})
    return await with_frames(request, snapshot, head, tail)


async def delete_job(request: ApiRequest) -> Response:
    """`DELETE /v1/jobs/{job_id}`: cancel; when it answers, the job is cancelled. 409 where it has ended."""
    job = await _cancel(request, job_id_of(request))
    return JSONResponse(CancelResponse(status="cancelled", job_id=job.id).model_dump())


async def cancel_job(request: ApiRequest) -> Response:
    """`POST /v1/jobs/{job_id}/cancel`: the same, idempotent: the status as it is then."""
    job = await cancel_or_leave(request, job_id_of(request))
    return JSONResponse(CancelState(status=job.status.value, job_id=job.id).model_dump())


async def cancel_or_leave(request: ApiRequest, job_id: str) -> Job:
    """Cancel a job, or leave it as it ended; raises `JobNotFound`."""
    try:
        return await _cancel(request, job_id)
    except JobAlreadyEnded:
        return await request.state["database"].run_read(store.get, tenant_of(request), job_id)


async def purge_job(request: ApiRequest) -> Response:
    """`POST /v1/jobs/{job_id}/purge`: delete an ended job with all it has. 409 where it has not ended."""
    job_id = job_id_of(request)
    await purge(request, job_id)
    return JSONResponse(PurgeResponse(job_id=job_id).model_dump())


async def purge(request: ApiRequest, job_id: str) -> None:
    """Delete an ended job: its row at once, then its events in steps, then its files.

    Raises `JobNotFound` and `JobNotEnded`. What does not come to its end here, the sweep finishes.
    """
    database = request.state["database"]
    forgotten = await database.run_write(retention.purge, tenant_of(request), job_id)
    try:
        while not await database.run_write(retention.delete_events, forgotten):
            # Between two steps others write.
            continue
        await asyncio.to_thread(retention.delete_files, request.state["blobs"], job_id)
        await database.run_write(retention.finish, forgotten)
    except Exception:
        # Each storage raises errors of its own. The job is gone whatever becomes of its files.
        logger.exception(
            "The files of a job that was purged could not be deleted",
            extra={"action": "purge_failed", "job_id": job_id},
        )
    logger.info("A job was purged", extra={"action": "job_purged", "job_id": job_id})


async def _cancel(request: ApiRequest, job_id: str) -> Job:
    job = await move(request, transitions.cancel, tenant_of(request), job_id)
    # By whose request it was cancelled, the line says anyway; by whose it was submitted, this says.
    facts = {"job_id": job.id, "attempt": job.attempt, "submitted_by": job.request_id}
    logger.info("A job was cancelled", extra={"action": "job_cancelled", **facts})
    return job
