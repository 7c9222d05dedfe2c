"""Taking a job: the upload goes to blob storage as it arrives, then the job and its first event are committed."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import pydantic_core
import sqlalchemy as sa
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from app.api.caller import tenant_of
from app.api.fleet import fleet_plugins
from app.api.idempotency import Answer, HeldKey, StoredAnswer, fingerprint_of, held_key
from app.api.job_views import job_response
from app.api.links import link
from app.api.multipart import MAX_FIELD_BYTES, Form, read_form
from app.api.publishing import move
from app.api.submissions import job_from_form
from app.errors import BadRequest, JobNotFound, TooLarge
from app.jobs import store, transitions
from app.jobs.ids import new_id
from app.jobs.job import Job
from app.state import ApiRequest
from app.storage.blobs import input_key

logger = logging.getLogger(__name__)

_REPLAYED: Final = {"Idempotency-Replayed": "true"}


@dataclass(frozen=True, slots=True)
class Accepted:
    """A job that was taken, now or when its key was first used, and the answer to that."""

    job_id: str
    answer: Answer
    replayed: bool


async def submit_job(request: ApiRequest) -> Response:
    """`POST /v1/jobs`: take a job; 202 with its address."""
    accepted = await accept(request, "submit", lambda job_id: _read(request, job_id))
    answer = accepted.answer
    headers = {**answer.headers, **(_REPLAYED if accepted.replayed else {})}
    return Response(answer.body, answer.status, headers=headers, media_type="application/json")


async def accept(
    request: ApiRequest,
    call: str,
    read: Callable[[str], Awaitable[Form]],
    check: Callable[[Job], None] = lambda job: None,
) -> Accepted:
    """Read a form with `read`, which stores its file for the job of that id, and commit it as a job.

    Raises what is wrong with it, and what `check` raises; then nothing of it stays. `call` tells the keys of
    different calls apart.
    """
    async with held_key(request) as key:
        job_id = new_id()
        form = await read(job_id)
        fingerprint = fingerprint_of(call, form)
        try:
            if isinstance(key, StoredAnswer):
                key.require_same(fingerprint)
            else:
                job = await _checked(request, form, job_id)
                check(job)
        except BaseException:
            await _discard_input(request, job_id)
            raise
        if isinstance(key, StoredAnswer):
            await _discard_input(request, job_id)
            return Accepted(json.loads(key.answer.body)["job_id"], key.answer, replayed=True)
        answer = Answer(202, {"Location": link(request, f"/v1/jobs/{job_id}")}, job_response(job).model_dump_json())
        await _commit(request, job, key, fingerprint, answer)
    request.state["queue"].ring(job.queue)
    logger.info("A job was submitted", extra={"action": "job_submitted", "job_id": job.id, "plugin": job.plugin})
    return Accepted(job_id, answer, replayed=False)


async def _checked(request: ApiRequest, form: Form, job_id: str) -> Job:
    return job_from_form(
        form,
        await fleet_plugins(request),
        job_id=job_id,
        tenant=tenant_of(request),
        request_id=request.scope.get("request_id"),
    )


async def _commit(request: ApiRequest, job: Job, key: HeldKey | None, fingerprint: str, answer: Answer) -> None:
    """Commit the job, its first event, and the answer under its key; then publish.

    Where that fails its input is deleted, but never that of a job which is there after all: a commit whose answer was
    lost, or one that outlived its request.
    """

    def transact(connection: sa.Connection) -> transitions.Moved:
        if key is not None:
            key.finish(connection, fingerprint, answer)
        return transitions.submit(connection, job)

    try:
        await asyncio.shield(asyncio.ensure_future(move(request, transact)))
    except Exception:
        if not await _is_there(request, job):
            await _discard_input(request, job.id)
        raise


async def _is_there(request: ApiRequest, job: Job) -> bool:
    try:
        await request.state["database"].run_read(store.get, job.tenant, job.id)
    except JobNotFound:
        return False
    return True


async def _discard_input(request: ApiRequest, job_id: str) -> None:
    await asyncio.to_thread(request.state["blobs"].delete, input_key(job_id))


async def _read(request: ApiRequest, job_id: str) -> Form:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "multipart/form-data":
        limit = request.state["settings"].max_upload_bytes
        return await read_form(request, request.state["blobs"], input_key(job_id), max_bytes=limit)
    if kind == "application/json":
        return _form_of_json(await _small_body(request))
    raise BadRequest("Send multipart/form-data with the fields 'file' and 'plugin'")


async def _small_body(request: ApiRequest) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_FIELD_BYTES:
                raise TooLarge(f"A JSON body has at most {MAX_FIELD_BYTES} bytes", limit_bytes=MAX_FIELD_BYTES)
    except ClientDisconnect as error:
        raise BadRequest("The connection ended before the body did") from error
    return bytes(body)


def _form_of_json(content: bytes) -> Form:
    try:
        body = pydantic_core.from_json(content, allow_inf_nan=False)
    except ValueError:
        raise BadRequest("The body is not JSON") from None
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object")
    return Form({name: _texts(value) for name, value in body.items() if value is not None})


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [item if isinstance(item, str) else json.dumps(item) for item in values]
