"""A job's files: its input, with `Range`, the previews of its frames, and the small picture that lists show."""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import AsyncIterator
from typing import Final

from starlette.responses import JSONResponse, Response, StreamingResponse

from app.api.caller import tenant_of
from app.api.conditional import not_modified, range_applies
from app.api.downloads import disposition, wants_file
from app.api.parameters import job_id_of
from app.errors import BlobNotFound, NotReady, RangeNotSatisfiable
from app.jobs import store
from app.jobs.job import Job, JobStatus
from app.models_phase10 import PreviewList
from app.problems import problem
from app.state import ApiRequest
from app.storage.blobs import BlobStore, preview_key, preview_prefix, thumbnail_key

CHUNK_BYTES: Final = 256 * 1024
#: How long a preview may be on its way that a message has named already: what a slow storage takes to write it.
COMING_SECONDS: Final = 2.0
#: Between two looks for it at first; each is twice as long as the one before.
FIRST_LOOK_SECONDS: Final = 0.01
#: So many requests wait for a picture at a time; further ones are answered at once, for each looks again and again.
WAITING_AT_MOST: Final = 32
_WAITING: Final[set[object]] = set()
_PREVIEW: Final = re.compile(r"(\d+)\.jpg")
#: No file has a byte with more digits, and Python itself refuses to read very many.
_RANGE: Final = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
#: Whatever a file holds, a browser that opens it runs nothing of it.
_SANDBOXED: Final = {"Content-Security-Policy": "sandbox; default-src 'none'"}
DISARMED: Final = {**_SANDBOXED, "Accept-Ranges": "bytes"}


async def get_input(request: ApiRequest) -> Response:
    """`GET /v1/jobs/{job_id}/input`: the file as it was sent."""
    job = await request.state["database"].run_read(store.get, tenant_of(request), job_id_of(request))
    headers = {
        **DISARMED,
        "Content-Disposition": disposition("attachment" if wants_file(request) else "inline", job.input_name or job.id),
        # An input never changes, but it may be deleted.
        "Cache-Control": "private, no-cache",
    }
    return await blob_response(request, job.input_key, job.input_type, headers)


async def get_preview(request: ApiRequest) -> Response:
    """`GET /v1/jobs/{job_id}/frames/{frame_index}.jpg`: a preview; few frames have one.

    While the job runs, one that is still on its way is waited for.
    """
    job = await request.state["database"].run_read(store.get, tenant_of(request), job_id_of(request))
    key = preview_key(job.id, request.path_params["frame_index"])
    if not await _comes(request.state["blobs"], key, job):
        raise NotReady("This frame has no preview (yet); the messages with an image_url name those that do")
    headers = {**DISARMED, "Cache-Control": "private, max-age=3600"}
    return await blob_response(request, key, "image/jpeg", headers)


async def get_thumbnail(request: ApiRequest) -> Response:
    """`GET /v1/jobs/{job_id}/thumbnail`: a small picture of the input; a video that runs has a later one now and then.

    It is made by the worker that opens the input, so what could not be opened has none.
    """
    job = await request.state["database"].run_read(store.get, tenant_of(request), job_id_of(request))
    blobs = request.state["blobs"]
    try:
        await _comes(blobs, thumbnail_key(job.id), job)
        content = await asyncio.to_thread(_content, blobs, thumbnail_key(job.id))
    except BlobNotFound:
        raise NotReady("There is no picture of this input (yet): a worker makes it when it opens the input") from None
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    caching = "private, max-age=3600" if job.status.terminal else "private, no-cache"
    headers = {**_SANDBOXED, "Cache-Control": caching, "ETag": etag}
    if not_modified(request, etag):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="image/jpeg", headers=headers)


async def get_previews(request: ApiRequest) -> Response:
    """`GET /v1/jobs/{job_id}/previews`: which frames have a preview."""
    job = await request.state["database"].run_read(store.get, tenant_of(request), job_id_of(request))
    names = await asyncio.to_thread(request.state["blobs"].names, preview_prefix(job.id))
    found = sorted(int(match[1]) for name in names if (match := _PREVIEW.fullmatch(name)))
    return JSONResponse(PreviewList(previews=found).model_dump())


async def _comes(blobs: BlobStore, key: str, job: Job) -> bool:
    """Whether a picture is there; while the job runs, a moment is waited for it."""
    if await asyncio.to_thread(blobs.exists, key):
        return True
    if job.status is not JobStatus.RUNNING or len(_WAITING) >= WAITING_AT_MOST:
        return False
    waiting = object()
    _WAITING.add(waiting)
    try:
        pause = FIRST_LOOK_SECONDS
        deadline = time.monotonic() + COMING_SECONDS
        while (left := deadline - time.monotonic()) > 0:
            await asyncio.sleep(min(pause, left))
            if await asyncio.to_thread(blobs.exists, key):
                return True
            pause *= 2
        return False
    finally:
        _WAITING.discard(waiting)


def _content(blobs: BlobStore, key: str) -> bytes:
    """All of a blob that may be written anew at any moment: asked for its size first, it might be another one then."""
    with blobs.open_read(key) as file:
        return file.read()


async def blob_response(
    request: ApiRequest, key: str, media_type: str, headers: dict[str, str], *, etag: str | None = None
) -> Response:
    """A blob, or the range of it that was asked for, streamed in constant memory; raises `BlobNotFound`.

    Its tag is its key where that never names anything else.
    """
    blobs = request.state["blobs"]
    size = await asyncio.to_thread(blobs.size, key)
    etag = etag or f'"{key}"'
    headers = {**headers, "ETag": etag}
    if not_modified(request, etag):
        return Response(status_code=304, headers=headers)
    start, end, status = 0, size, 200
    bounds = _bounds(request.headers.get("range", ""), size)
    if bounds is not None and range_applies(request, etag):
        start, end = bounds
        if start >= end:
            answer = problem(request, RangeNotSatisfiable(f"The file has {size} bytes"))
            answer.headers["Content-Range"] = f"bytes */{size}"
            return answer
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        status = 206
    headers["Content-Length"] = str(end - start)
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=media_type)
    return StreamingResponse(_chunks(blobs, key, start, end), status, headers=headers, media_type=media_type)


def _bounds(text: str, size: int) -> tuple[int, int] | None:
    """The first byte and the one after the last; None where there is no range that we serve (RFC 9110, 14.1.2).

    Several ranges in one request are allowed to be ignored, and are; so is one with a number that no file has.
    """
    match = _RANGE.fullmatch(text.strip())
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        return max(0, size - int(match[2])), size
    first = int(match[1])
    if not match[2]:
        return first, size
    last = int(match[2])
    return None if last < first else (first, min(size, last + 1))


async def _chunks(blobs: BlobStore, key: str, start: int, end: int) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(blobs.open_read, key)
    try:
        await asyncio.to_thread(file.seek, start)
        left = end - start
        while left > 0:
            chunk = await asyncio.to_thread(file.read, min(CHUNK_BYTES, left))
            if not chunk:
                return
            left -= len(chunk)
            yield chunk
    finally:
        file.close()
