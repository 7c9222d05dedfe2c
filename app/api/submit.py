"""`POST /v1/jobs`: the upload goes to blob storage as it arrives, then the job and its first event are committed."""

from __future__ import annotations

import asyncio
import json
import logging

import sqlalchemy as sa
from starlette.responses import JSONResponse, Response

from app.api.caller import tenant_of
from app.api.fleet import fleet_plugins
from app.api.idempotency import Stored, TakenKey, fingerprint_of, take_key
from app.api.job_views import job_response
from app.api.multipart import Form, read_form
from app.api.publishing import move
from app.api.submissions import KNOWN_FIELDS, job_from_form
from app.errors import BadRequest, Invalid
from app.jobs import transitions
from app.jobs.ids import new_id
from app.jobs.job import Job
from app.state import ApiRequest
from app.storage.blobs import input_key

logger = logging.getLogger(__name__)


async def submit_job(request: ApiRequest) -> Response:
    """Take a job; 202 with its address."""
    key = await take_key(request)
    job_id = new_id()
    try:
        form = await _read(request, job_id)
        if isinstance(key, Stored):
            await discard_input(request, job_id)
            return key.replay(fingerprint_of(form))
        job = job_from_form(
            form,
            await fleet_plugins(request),
            job_id=job_id,
            tenant=tenant_of(request),
            request_id=request.scope.get("request_id"),
        )
        response = JSONResponse(
            job_response(job).model_dump(mode="json"),
            202,
            headers={"Location": f"{request.scope.get('root_path', '')}/v1/jobs/{job_id}"},
        )
        await commit_submission(request, job, key, fingerprint_of(form), response)
    except BaseException:
        await discard_input(request, job_id)
        if isinstance(key, TakenKey):
            await key.give_up(request.state["database"])
        raise
    return response


async def commit_submission(
    request: ApiRequest, job: Job, key: TakenKey | None, fingerprint: str, response: Response
) -> None:
    """Commit the job, its first event and the answer under its key; then publish, and ring the bell."""

    def transact(connection: sa.Connection) -> transitions.Moved:
        if key is not None:
            key.finish(connection, fingerprint, response)
        return transitions.submit(connection, job)

    await move(request, transact)
    request.state["queue"].ring(job.queue)
    logger.info("A job was submitted", extra={"action": "job_submitted", "job_id": job.id, "plugin": job.plugin})


async def discard_input(request: ApiRequest, job_id: str) -> None:
    """Delete what was stored for a job that was not made."""
    await asyncio.to_thread(request.state["blobs"].delete, input_key(job_id))


async def _read(request: ApiRequest, job_id: str) -> Form:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    settings = request.state["settings"]
    if kind == "multipart/form-data":
        return await read_form(request, request.state["blobs"], input_key(job_id), max_bytes=settings.max_upload_bytes)
    if kind == "application/json":
        return await _read_json(request)
    raise BadRequest("Send multipart/form-data with the fields 'file' and 'plugin'")


async def _read_json(request: ApiRequest) -> Form:
    try:
        body = await request.json()
    except ValueError:
        raise BadRequest("The body is not JSON") from None
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object")
    unknown = [{"field": name[:64], "message": "is not known"} for name in body if name not in KNOWN_FIELDS]
    if unknown:
        raise Invalid("The body has unknown fields", errors=unknown)
    return Form({name: _texts(value) for name, value in body.items()})


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [item if isinstance(item, str) else json.dumps(item) for item in values]
