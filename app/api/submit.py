"""Taking a job: the upload goes to blob storage as it arrives, then the job and its first event are committed."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

import sqlalchemy as sa
from starlette.responses import Response

from app.api.bodies import json_object
from app.api.caller import tenant_of
from app.api.fetching import take_url
from app.api.fleet import fleet_plugins
from app.api.idempotency import Answer, HeldKey, StoredAnswer, fingerprint_of, held_key
from app.api.job_views import job_response
from app.api.links import link
from app.api.multipart import Form, read_form
from app.api.publishing import commit
from app.api.submissions import job_from_form
from app.api.taking import Taken, discard_content, take_upload
from app.api.webhook_fields import webhook_of
from app.errors import BadRequest, JobNotFound
from app.jobs import store, transitions
from app.jobs.ids import new_id
from app.jobs.job import Job
from app.log_context import about
from app.realtime.events import LogEvent
from app.state import ApiRequest
from app.storage.blobs import input_key

logger = logging.getLogger(__name__)

_REPLAYED: Final = {"Idempotency-Replayed": "true"}
#: Commits under way, also those whose request has gone.
_COMMITTING: Final[set[asyncio.Future[None]]] = set()


@dataclass(frozen=True, slots=True)
class Accepted:
    """A job that was taken, now or when its key was first used, and the answer to that."""

    job_id: str
    answer: Answer
    replayed: bool


async def submit_job(request: ApiRequest) -> Response:
    """`POST /v1/jobs`: take a job; 202 with its address."""
    return accepted_response(await accept(request, "submit", lambda job_id: _read(request, job_id)))


def accepted_response(accepted: Accepted) -> Response:
    """The answer to a job that was taken."""
    return answer_response(accepted.answer, replayed=accepted.replayed)


def answer_response(answer: Answer, *, replayed: bool) -> Response:
    """An answer that its key remembers; one that is given again says so."""
    headers = {**answer.headers, **(_REPLAYED if replayed else {})}
    return Response(answer.body, answer.status, headers=headers, media_type="application/json")


async def accept(
    request: ApiRequest,
    call: str,
    read: Callable[[str], Awaitable[Form]],
    check: Callable[[Job], None] = lambda job: None,
    *,
    by_body: bool = True,
) -> Accepted:
    """Read a form with `read`, which stores its file for the job of that id, and commit it as a job.

    Raises what is wrong with it, and what `check` raises; then nothing of it stays, but an upload that it names is
    there as it was. `call` tells the keys of different calls apart. Where it says everything (not `by_body`), nothing
    is read for an answer that is stored.
    """
    async with held_key(request) as key:
        if isinstance(key, StoredAnswer) and not by_body:
            key.require_same(fingerprint_of(call, Form()))
            return _replayed(key)
        job_id = new_id()
        form = await read(job_id)
        fingerprint = fingerprint_of(call, form if by_body else Form())
        try:
            if isinstance(key, StoredAnswer):
                key.require_same(fingerprint)
            else:
                # After the key was looked up: a call that is sent again fetches nothing, and names an upload that its
                # job has taken.
                await take_url(request, form, job_id)
                taken = await take_upload(request, form, job_id)
                job = await checked_job(request, form, job_id)
                check(job)
        except BaseException:
            await discard_inputs(request, [job_id])
            raise
        if isinstance(key, StoredAnswer):
            await discard_inputs(request, [job_id])
            return _replayed(key)
        answer = Answer(202, {"Location": link(request, f"/v1/jobs/{job_id}")}, job_response(job).model_dump_json())
        await commit_jobs(request, [job], key, fingerprint, answer, taken=taken)
    return Accepted(job_id, answer, replayed=False)


def _replayed(key: StoredAnswer) -> Accepted:
    return Accepted(json.loads(key.answer.body)["job_id"], key.answer, replayed=True)


async def checked_job(request: ApiRequest, form: Form, job_id: str) -> Job:
    """The job of a form, placed in the fleet as it is; raises what is wrong with it."""
    webhook = webhook_of(request, form.one("webhook_url"))
    job = job_from_form(
        form,
        await fleet_plugins(request),
        job_id=job_id,
        tenant=tenant_of(request),
        request_id=request.scope.get("request_id"),
    )
    return replace(job, **webhook)


async def commit_jobs(
    request: ApiRequest,
    jobs: list[Job],
    key: HeldKey | None,
    fingerprint: str,
    answer: Answer,
    *,
    taken: Taken | None = None,
) -> None:
    """Commit the jobs, their first events, and the answer under its key, all or nothing; then publish and ring.

    An upload that was `taken` for one of them belongs to it from then on.

    Where that fails their inputs are deleted, but never that of a job which is there after all: a commit whose answer
    was lost. All of it comes to its end also where the request does not wait for it.
    """
    committing = asyncio.ensure_future(_commit_jobs(request, jobs, key, fingerprint, answer, taken=taken))
    # The loop itself keeps no task alive.
    _COMMITTING.add(committing)
    committing.add_done_callback(_COMMITTING.discard)
    await asyncio.shield(committing)


async def _commit_jobs(
    request: ApiRequest,
    jobs: list[Job],
    key: HeldKey | None,
    fingerprint: str,
    answer: Answer,
    *,
    taken: Taken | None,
) -> None:
    def change(connection: sa.Connection) -> list[LogEvent]:
        if key is not None:
            key.finish(connection, fingerprint, answer)
        if taken is not None:
            taken.claim(connection)
        return [event for job in jobs for event in transitions.submit(connection, job).events]

    try:
        await commit(request, change)
    except Exception:
        await discard_inputs(request, [job.id for job in jobs if not await _may_be_there(request, job)])
        raise
    for job in jobs:
        request.state["queue"].ring(job.queue)
        logger.info("A job was submitted", extra={"action": "job_submitted", "plugin": job.plugin, **about(job)})
    if taken is not None:
        await discard_content(request, taken.upload_id)


async def _may_be_there(request: ApiRequest, job: Job) -> bool:
    try:
        await request.state["database"].run_read(store.get, job.tenant, job.id)
    except JobNotFound:
        return False
    except Exception:
        # A database that does not answer may have committed. What it has not is found by the sweep.
        logger.exception("Whether a job was made is not known", extra={"action": "job_unsure", "job_id": job.id})
    return True


async def discard_inputs(request: ApiRequest, job_ids: list[str]) -> None:
    """Delete the inputs of jobs that will not be; what the storage does not delete now the sweep deletes later."""
    for job_id in job_ids:
        try:
            await asyncio.to_thread(request.state["blobs"].delete, input_key(job_id))
        except Exception:
            # Each storage raises errors of its own, and none of them is what the caller has to hear of.
            logger.exception(
                "An input that is not needed could not be deleted",
                extra={"action": "discard_failed", "job_id": job_id},
            )


async def _read(request: ApiRequest, job_id: str) -> Form:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "multipart/form-data":
        limit = request.state["settings"].max_upload_bytes
        return await read_form(request, request.state["blobs"], input_key(job_id), max_bytes=limit)
    if kind == "application/json":
        return Form({name: _texts(value) for name, value in (await json_object(request)).items() if value is not None})
    raise BadRequest("Send multipart/form-data with the fields 'file' and 'plugin'")


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [item if isinstance(item, str) else json.dumps(item) for item in values]
