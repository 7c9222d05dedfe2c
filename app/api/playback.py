"""A job's input as browsers play it: as it is, or as the WebM that a worker makes of it."""

from __future__ import annotations

from starlette.responses import Response

from app.api.caller import tenant_of
from app.api.job_files import DISARMED, blob_response
from app.api.parameters import job_id_of
from app.errors import NotAVideo, NotReady
from app.jobs import store
from app.jobs.job import Playable
from app.state import ApiRequest


async def get_playback(request: ApiRequest) -> Response:
    """`GET /v1/jobs/{job_id}/playback`: the input as a video that browsers play."""
    job = await request.state["database"].run_read(store.get, tenant_of(request), job_id_of(request))
    if job.playable is Playable.STILL:
        raise NotAVideo("The input is a single picture: show the input itself")
    if job.playable is not Playable.INPUT:
        raise NotReady("No worker has looked at the input yet")
    headers = {**DISARMED, "Cache-Control": "private, no-cache"}
    return await blob_response(request, job.input_key, job.input_type, headers)
