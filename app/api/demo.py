"""The demonstration: a job over the bundled sample, for who has no film at hand."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.responses import Response

from app.api.multipart import Form
from app.api.submit import accept, accepted_response
from app.api.uploads import StoredFile, open_upload
from app.sample import SAMPLE_NAME, SAMPLE_PLUGIN, sample_file
from app.state import ApiRequest
from app.storage.blobs import input_key

#: The sample has half a megabyte; whatever it will be, it is read whole.
_MAX_BYTES: Final = 64 * 1024 * 1024


async def submit_demo(request: ApiRequest) -> Response:
    """`POST /v1/demo`: submit the bundled sample; 202 with the job's address, 404 where no worker has its plugin."""

    async def read(job_id: str) -> Form:
        return Form({"plugin": [SAMPLE_PLUGIN]}, await _store_sample(request, job_id))

    return accepted_response(await accept(request, "demo", read))


async def _store_sample(request: ApiRequest, job_id: str) -> StoredFile:
    content = await asyncio.to_thread(sample_file().read_bytes)
    async with open_upload(request.state["blobs"], input_key(job_id), max_bytes=_MAX_BYTES) as upload:
        upload.take(content)
    upload.stored.name = SAMPLE_NAME
    return upload.stored
