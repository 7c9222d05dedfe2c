"""The calls that wait for a job: Phase 9's `POST /v1/analyze`, and one tool over one small image."""

from __future__ import annotations

import asyncio
import json
from typing import Final

from starlette.responses import JSONResponse, Response

from app.api.caller import tenant_of
from app.api.fleet import FleetPlugins, fleet_plugins
from app.api.job_views import Snapshot, frame_pages, phase9_head, snapshot_by_id, with_frames
from app.api.multipart import Form, read_form, read_raw
from app.api.submissions import job_from_form
from app.api.submit import commit_submission, discard_input
from app.errors import Invalid, InvalidDevice, TimedOut, UnsupportedInput, UrlInputDisabled
from app.jobs.ids import new_id
from app.jobs.job import Job, JobStatus
from app.models_phase10 import ToolRunResponse
from app.state import ApiRequest
from app.storage.blobs import input_key

#: How often the job is looked at while a call waits: often at first, for small images take milliseconds.
LOOK_SECONDS: Final = (0.01, 0.02, 0.05, 0.1, 0.25)


async def analyze(request: ApiRequest) -> Response:
    """`POST /v1/analyze`: submit, wait, and answer with the result."""
    query = request.query_params
    if query.get("image_url"):
        raise UrlInputDisabled
    if query.get("device", "cpu") not in {"cpu", "gpu"}:
        raise InvalidDevice("device must be cpu or gpu", field="device")
    fields = {name: query.getlist(name) for name in ("plugin", "tool", "options", "device") if name in query}
    snapshot = await _run(request, fields)
    head = phase9_head(snapshot.job, with_status=False)
    return await with_frames(request, snapshot, head, {"result": snapshot.job.result})


async def run_tool(request: ApiRequest) -> Response:
    """`POST /v1/plugins/{plugin}/tools/{tool}/run`: one tool over one image, and its answer."""
    fields = {
        "plugin": [request.path_params["plugin"]],
        "tool": [request.path_params["tool"]],
        **{name: request.query_params.getlist(name) for name in ("options", "device") if name in request.query_params},
    }
    snapshot = await _run(request, fields, images_only=True)
    frames = [json.loads(frame) async for page in frame_pages(request, snapshot) for _, frame in page]
    job = snapshot.job
    answer = ToolRunResponse(
        tool_name=job.tools[0],
        plugin_id=job.plugin,
        result={**(job.result or {}), "frames": frames},
        processing_time_ms=sum((job.tool_timings or {}).values()),
    )
    return JSONResponse(answer.model_dump(mode="json"))


async def _run(request: ApiRequest, fields: dict[str, list[str]], *, images_only: bool = False) -> Snapshot:
    job_id = new_id()
    try:
        form = await _read(request, job_id)
        form.fields = {**form.fields, **fields}
        job = _job(request, form, await fleet_plugins(request), job_id)
        if images_only and not job.input_type.startswith("image/"):
            raise UnsupportedInput("This call takes an image; submit a video as a job")
        await commit_submission(request, job, None, "", Response())
    except BaseException:
        await discard_input(request, job_id)
        raise
    return await _until_ended(request, job)


def _job(request: ApiRequest, form: Form, fleet: FleetPlugins, job_id: str) -> Job:
    return job_from_form(
        form, fleet, job_id=job_id, tenant=tenant_of(request), request_id=request.scope.get("request_id")
    )


async def _read(request: ApiRequest, job_id: str) -> Form:
    limit = request.state["settings"].max_upload_bytes
    if request.headers.get("content-type", "").startswith("multipart/"):
        return await read_form(request, request.state["blobs"], input_key(job_id), max_bytes=limit)
    return Form(file=await read_raw(request, request.state["blobs"], input_key(job_id), max_bytes=limit))


async def _until_ended(request: ApiRequest, job: Job) -> Snapshot:
    limit = request.state["settings"].max_wait_seconds
    deadline = asyncio.get_running_loop().time() + limit
    looks = 0
    while True:
        snapshot = await snapshot_by_id(request, job.id)
        if snapshot.job.status.terminal:
            _raise_failure(snapshot.job)
            return snapshot
        if asyncio.get_running_loop().time() > deadline:
            raise TimedOut(
                f"The job did not end within {limit:g} seconds; it goes on, and GET /v1/jobs/{job.id} follows it",
                job_id=job.id,
            )
        await asyncio.sleep(LOOK_SECONDS[min(looks, len(LOOK_SECONDS) - 1)])
        looks += 1


def _raise_failure(job: Job) -> None:
    if job.status is JobStatus.DONE:
        return
    error = job.error or {"error_code": "CANCELLED", "message": "The job was cancelled"}
    raise Invalid(str(error["message"]), job_id=job.id, error_code=error["error_code"])
