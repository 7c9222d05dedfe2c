"""The calls that wait for a job: Phase 9's `POST /v1/analyze`, and one tool over one small image."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Final

from starlette.responses import Response

from app.api.job_views import Snapshot, frame_pages, phase9_head, snapshot_by_id, with_frames
from app.api.multipart import Form, read_form
from app.api.submit import accept
from app.api.uploads import read_raw
from app.errors import (
    EmptyInput,
    InvalidDevice,
    JobCancelled,
    JobFailed,
    TimedOut,
    TooDamagedInput,
    TooLargeImage,
    TooLongInput,
    TooManyPixels,
    TransomError,
    UnreadableInput,
    UnsupportedInput,
)
from app.jobs.job import Job, JobStatus
from app.models_phase10 import ToolRunResponse
from app.state import ApiRequest
from app.storage.blobs import input_key

#: How often the job is looked at while a call waits: often at first, for small images take milliseconds.
LOOK_SECONDS: Final = (0.01, 0.02, 0.05, 0.1, 0.25)
#: What Phase 9 takes as a device.
DEVICES: Final = frozenset({"cpu", "gpu"})
#: A failed job as the error of the call that waited for it; any other is the server's own.
_FAILURES: Final[dict[str, type[TransomError]]] = {
    kind.code: kind
    for kind in (
        JobCancelled,
        UnreadableInput,
        EmptyInput,
        TooDamagedInput,
        TooManyPixels,
        TooLongInput,
        TooLargeImage,
        UnsupportedInput,
    )
}


async def analyze(request: ApiRequest) -> Response:
    """`POST /v1/analyze`: submit, wait, and answer with the result."""
    snapshot = await _run(request, "analyze", {})
    head = phase9_head(snapshot.job, with_status=False)
    return await with_frames(request, snapshot, head, {"result": snapshot.job.result})


async def run_tool(request: ApiRequest) -> Response:
    """`POST /v1/plugins/{plugin}/tools/{tool}/run`: one tool over one image, and its answer."""
    named = {"plugin": [request.path_params["plugin"]], "tool": [request.path_params["tool"]]}
    snapshot = await _run(request, "run_tool", named, check=_require_image)
    frames = [json.loads(frame) async for page in frame_pages(request, snapshot) for _, frame in page]
    job = snapshot.job
    answer = ToolRunResponse(
        tool_name=job.tools[0],
        plugin_id=job.plugin,
        result={**(job.result or {}), "frames": frames},
        processing_time_ms=sum((job.tool_timings or {}).values()),
    )
    return Response(answer.model_dump_json(), media_type="application/json")


async def _run(
    request: ApiRequest, call: str, named: dict[str, list[str]], *, check: Callable[[Job], None] = lambda job: None
) -> Snapshot:
    fields = {name: request.query_params.getlist(name) for name in request.query_params} | named
    if "device" in fields:
        _require_phase9_device(fields["device"][-1])

    async def read(job_id: str) -> Form:
        form = await _read(request, job_id)
        # What the address says wins over what the body says.
        form.fields = {**form.fields, **fields}
        return form

    def check_device(job: Job) -> None:
        _require_phase9_device(job.device_requested)
        check(job)

    accepted = await accept(request, call, read, check_device)
    return await _until_ended(request, accepted.job_id)


def _require_phase9_device(name: str) -> None:
    if name not in DEVICES:
        errors = [{"field": "device", "message": "must be cpu or gpu"}]
        raise InvalidDevice("device must be cpu or gpu", errors=errors)


def _require_image(job: Job) -> None:
    if not job.input_type.startswith("image/"):
        raise UnsupportedInput("This call takes an image; submit a video as a job")


async def _read(request: ApiRequest, job_id: str) -> Form:
    limit = request.state["settings"].max_upload_bytes
    if request.headers.get("content-type", "").lower().startswith("multipart/"):
        return await read_form(request, request.state["blobs"], input_key(job_id), max_bytes=limit)
    return Form(file=await read_raw(request, request.state["blobs"], input_key(job_id), max_bytes=limit))


async def _until_ended(request: ApiRequest, job_id: str) -> Snapshot:
    limit = request.state["settings"].max_wait_seconds
    deadline = asyncio.get_running_loop().time() + limit
    looks = 0
    while True:
        snapshot = await snapshot_by_id(request, job_id)
        if snapshot.job.status.terminal:
            _raise_failure(snapshot.job)
            return snapshot
        if asyncio.get_running_loop().time() > deadline or await request.is_disconnected():
            raise TimedOut(
                f"The job did not end within {limit:g} seconds; it goes on, and GET /v1/jobs/{job_id} follows it",
                job_id=job_id,
            )
        await asyncio.sleep(LOOK_SECONDS[min(looks, len(LOOK_SECONDS) - 1)])
        looks += 1


def _raise_failure(job: Job) -> None:
    if job.status is JobStatus.DONE:
        return
    error = job.error or {"error_code": "CANCELLED", "message": "The job was cancelled"}
    code = str(error["error_code"])
    raise _FAILURES.get(code, JobFailed)(str(error["message"]), job_id=job.id, error_code=code)
