"""A job's input as browsers play it, and with what was found in it: as it is, or as the WebM that a worker makes of it.

Nothing is made before somebody asks: of ten thousand videos of a batch few are ever watched.
"""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from app.api.caller import tenant_of
from app.api.downloads import disposition
from app.api.job_files import DISARMED, blob_response
from app.api.job_views import Snapshot
from app.api.parameters import job_id_of
from app.errors import BlobNotFound, NotAVideo, NotReady, RenderingFailed
from app.jobs import renderings, store
from app.jobs.job import Job, Playable
from app.jobs.renderings import Kind, Rendering, State
from app.problems import problem
from app.state import ApiRequest

WEBM: Final = "video/webm"
#: When to ask again, in seconds.
RETRY_AFTER: Final = "2"
_PICTURE: Final = "The input is a single picture: show the input itself"


async def get_playback(request: ApiRequest) -> Response:
    """`GET /v1/jobs/{job_id}/playback`: the input as a video that browsers play.

    Where they do not play the input itself, the first call has a WebM made of it, and until that is there this is
    `NOT_READY`, with how far it is.
    """
    job = await request.state["database"].run_read(store.get, tenant_of(request), job_id_of(request))
    if job.playable is Playable.STILL:
        raise NotAVideo(_PICTURE)
    headers = {**DISARMED, "Content-Disposition": "inline", "Cache-Control": "private, no-cache"}
    if job.playable is Playable.INPUT:
        return await blob_response(request, job.input_key, job.input_type, headers)
    if job.playable is None and not job.status.terminal:
        return _not_ready(request, "No worker has looked at the input yet", progress=0)
    return await _rendered(request, job, Kind.PLAYBACK, headers)


async def export_video(request: ApiRequest, snapshot: Snapshot, name: str) -> Response:
    """The input with what was found in it as a file of that name; raises `NotAVideo` and `RenderingFailed`."""
    job = snapshot.job
    if job.playable is Playable.STILL:
        raise NotAVideo("The input is a single picture, of which no video is made: export its frames as JSON or CSV")
    if not job.status.terminal:
        return _not_ready(request, f"The job is {job.status}; its video is made once it has ended", progress=0)
    headers = {**DISARMED, "Content-Disposition": disposition("attachment", name), "Cache-Control": "private, no-cache"}
    return await _rendered(request, job, Kind.ANNOTATED, headers)


async def _rendered(request: ApiRequest, job: Job, kind: Kind, headers: dict[str, str]) -> Response:
    database = request.state["database"]
    found = await database.run_read(renderings.find, job.tenant, job.id, kind)
    if found is None:
        found = await database.run_write(renderings.want, job.tenant, job.id, kind)
    match found.status:
        case State.READY:
            return await _file(request, found, headers)
        case State.FAILED:
            raise RenderingFailed(found.error)
        case State.WANTED:
            return _not_ready(request, "The video waits for a worker", progress=0)
        case State.MAKING:
            return _not_ready(request, "The video is being made", progress=found.progress)


async def _file(request: ApiRequest, rendering: Rendering, headers: dict[str, str]) -> Response:
    try:
        return await blob_response(request, rendering.key, WEBM, headers, etag=rendering.etag)
    except BlobNotFound:
        # It was lost with its storage: what was made once can be made again.
        await request.state["database"].run_write(renderings.lose, rendering)
        return _not_ready(request, "The video was lost, and is made again", progress=0)


def _not_ready(request: ApiRequest, detail: str, *, progress: int) -> Response:
    answer = problem(request, NotReady(detail, progress=progress))
    answer.headers["Retry-After"] = RETRY_AFTER
    return answer
