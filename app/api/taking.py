"""A job takes an upload: its bytes become the job's input, and the upload is of no other job."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

import sqlalchemy as sa

from app.api.caller import tenant_of
from app.api.multipart import Form
from app.api.uploads import StoredFile
from app.errors import BlobNotFound, Invalid, UploadNotFound
from app.jobs.ids import is_id, one_form
from app.state import ApiRequest
from app.storage.blobs import BlobStore, input_key, upload_key
from app.storage.media_types import HEAD_BYTES
from app.uploads import store
from app.uploads.upload import Upload

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Taken:
    """An upload whose bytes are the input of a job that will be committed."""

    upload_id: str
    tenant: str
    job_id: str

    def claim(self, connection: sa.Connection) -> None:
        """Say so in the transaction that makes the job; raises `UploadUsed` where another job was faster."""
        store.claim(connection, self.tenant, self.upload_id, self.job_id)


async def take_upload(request: ApiRequest, form: Form, job_id: str) -> Taken | None:
    """Make the upload that a form names the file of the job `job_id`; None where it names none.

    The upload itself stays as it is until the job's transaction. Raises `UploadNotFound`, `UploadExpired`,
    `UploadIncomplete`, `UploadUsed`, and `Invalid` beside a file.
    """
    given = form.one("upload_id")
    if given is None:
        return None
    if form.file is not None and form.file.size:
        message = "can't be sent beside a file"
        raise Invalid(f"upload_id {message}", errors=[{"field": "upload_id", "message": message}])
    tenant = tenant_of(request)
    upload = await request.state["database"].run_read(store.get, tenant, known_id(given))
    store.require_unused(upload)
    store.require_complete(upload)
    gathering = asyncio.ensure_future(asyncio.to_thread(_gather, request.state["blobs"], upload, job_id))
    try:
        form.file = await asyncio.shield(gathering)
    except BlobNotFound:
        # Whoever has taken it meanwhile has deleted it.
        store.require_unused(await request.state["database"].run_read(store.get, tenant, upload.id))
        raise UploadNotFound("What was uploaded is gone: upload the file again") from None
    except asyncio.CancelledError:
        # A thread does not stop half-way: the caller deletes what it makes, so it has to have ended.
        await asyncio.wait([gathering])
        raise
    return Taken(upload.id, tenant, job_id)


def known_id(text: str) -> str:
    """An upload's id as answers have it; what is no id at all names no upload: raises `UploadNotFound`."""
    found = one_form(text)
    if not is_id(found):
        raise UploadNotFound(f"There is no upload {text[:64]}")
    return found


async def discard_content(request: ApiRequest, upload_id: str) -> None:
    """Delete the bytes of an upload that is over; what the storage does not delete now the sweep deletes later."""
    try:
        await asyncio.to_thread(request.state["blobs"].delete, upload_key(upload_id))
    except Exception:
        # Each storage raises errors of its own, and none of them is what the caller has to hear of.
        logger.exception("An upload could not be deleted", extra={"action": "discard_failed", "upload_id": upload_id})


def _gather(blobs: BlobStore, upload: Upload, job_id: str) -> StoredFile:
    key = input_key(job_id)
    # A form without a file has left an empty one.
    blobs.delete(key)
    blobs.gather(upload_key(upload.id), upload.length, key)
    with blobs.open_read(key) as file:
        head = file.read(HEAD_BYTES)
    return StoredFile(name=upload.name, size=upload.length, head=head)
