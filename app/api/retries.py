"""Trying an ended job again: a new job over the same input and options, which names the old one."""

from __future__ import annotations

import asyncio
import json

from starlette.responses import Response

from app.api.caller import tenant_of
from app.api.multipart import Form
from app.api.parameters import job_id_of
from app.api.submit import accept, accepted_response, discard_inputs
from app.api.uploads import StoredFile
from app.errors import JobNotEnded
from app.jobs import store
from app.jobs.job import Job
from app.state import ApiRequest
from app.storage.blobs import BlobStore, input_key
from app.storage.media_types import HEAD_BYTES


async def retry_job(request: ApiRequest) -> Response:
    """`POST /v1/jobs/{job_id}/retry`: a new job over the same input and options; the old one stays as it ended."""
    old_id = job_id_of(request)

    async def read(job_id: str) -> Form:
        return await form_again(request, old_id, job_id)

    # The address says all there is to say, so a stored answer is given again also when the old job is gone.
    return accepted_response(await accept(request, f"retry {old_id}", read, by_body=False))


async def form_again(request: ApiRequest, old_id: str, job_id: str) -> Form:
    """The form that an ended job was submitted with, its file stored as that of the job `job_id`.

    The new job is then checked and placed like any other: a plugin may have gone, a GPU may have come.
    Raises `JobNotFound`, `JobNotEnded`, and `BlobNotFound` where the input is gone.
    """
    old = await request.state["database"].run_read(store.get, tenant_of(request), old_id)
    if not old.status.terminal:
        raise JobNotEnded(
            f"The job is {old.status}; a job is tried again when it has ended", job_status=str(old.status)
        )
    return Form(
        fields={
            "plugin": [old.plugin],
            "tool": old.tools,
            "options": [json.dumps(old.options)],
            "device": [old.device_requested],
            "fallback": [str(old.fallback_allowed).lower()],
            "priority": [old.priority.name.lower()],
            **({} if old.webhook_url is None else {"webhook_url": [old.webhook_url]}),
        },
        file=await _shared_input(request, old, job_id),
        retry_of=old.id,
    )


async def _shared_input(request: ApiRequest, old: Job, job_id: str) -> StoredFile:
    sharing = asyncio.ensure_future(asyncio.to_thread(_share_input, request.state["blobs"], old, job_id))
    try:
        return await asyncio.shield(sharing)
    except asyncio.CancelledError:
        # A thread does not stop half-way: what it makes after all is deleted when it has.
        await asyncio.wait([sharing])
        await discard_inputs(request, [job_id])
        raise


def _share_input(blobs: BlobStore, old: Job, job_id: str) -> StoredFile:
    """Each job has its input under its own key, so either can be purged without asking who else needs it."""
    with blobs.open_read(old.input_key) as file:
        head = file.read(HEAD_BYTES)
    # Last, so that nothing is left behind where the old job is purged at this moment.
    blobs.share(old.input_key, input_key(job_id))
    return StoredFile(name=old.input_name, size=old.input_bytes, head=head)
