"""The calls for a list of jobs: each job has an outcome of its own, and one that fails keeps no other from its turn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from app.api.bodies import job_ids_of
from app.api.idempotency import Answer, StoredAnswer, fingerprint_of, held_key
from app.api.jobs import cancel_or_leave, purge
from app.api.multipart import Form
from app.api.retries import form_again
from app.api.submit import answer_response, checked_job, commit_jobs, discard_inputs
from app.errors import JobNotFound, TransomError
from app.jobs.ids import is_id, new_id
from app.jobs.job import Job, JobStatus
from app.models_phase10 import JobOutcome, JobOutcomes, OutcomeError
from app.state import ApiRequest


async def cancel_jobs(request: ApiRequest) -> Response:
    """`POST /v1/jobs/cancel`: cancel a list of jobs; those that have ended stay as they are."""

    async def cancel(job_id: str) -> JobOutcome:
        job = await cancel_or_leave(request, job_id)
        return JobOutcome(job_id=job_id, ok=True, status=job.status.value)

    return _response(await _each(await job_ids_of(request), cancel))


async def purge_jobs(request: ApiRequest) -> Response:
    """`POST /v1/jobs/purge`: delete a list of ended jobs with all they have."""

    async def delete(job_id: str) -> JobOutcome:
        await purge(request, job_id)
        return JobOutcome(job_id=job_id, ok=True, status=None)

    return _response(await _each(await job_ids_of(request), delete))


async def retry_jobs(request: ApiRequest) -> Response:
    """`POST /v1/jobs/retry`: new jobs over the inputs and options of a list of ended ones."""
    async with held_key(request) as key:
        ids = await job_ids_of(request)
        fingerprint = fingerprint_of("retry_jobs", Form({"job_ids": ids}))
        if isinstance(key, StoredAnswer):
            key.require_same(fingerprint)
            return answer_response(key.answer, replayed=True)
        jobs: list[Job] = []

        async def prepare(old_id: str) -> JobOutcome:
            job = await _prepared(request, old_id)
            jobs.append(job)
            return JobOutcome(job_id=old_id, ok=True, status=JobStatus.QUEUED.value, new_job_id=job.id)

        try:
            outcomes = await _each(ids, prepare)
        except BaseException:
            await discard_inputs(request, [job.id for job in jobs])
            raise
        answer = Answer(200, {}, _counted(outcomes).model_dump_json())
        # All or none: an answer that was lost can be had again under its key, and no job comes twice.
        await commit_jobs(request, jobs, key, fingerprint, answer)
    return answer_response(answer, replayed=False)


async def _prepared(request: ApiRequest, old_id: str) -> Job:
    job_id = new_id()
    form = await form_again(request, old_id, job_id)
    try:
        return await checked_job(request, form, job_id)
    except BaseException:
        await discard_inputs(request, [job_id])
        raise


async def _each(ids: list[str], act: Callable[[str], Awaitable[JobOutcome]]) -> list[JobOutcome]:
    return [await _outcome(job_id, act) for job_id in ids]


async def _outcome(job_id: str, act: Callable[[str], Awaitable[JobOutcome]]) -> JobOutcome:
    try:
        return await act(_known(job_id))
    except TransomError as error:
        status = error.extra.get("job_status")
        return JobOutcome(
            job_id=job_id,
            ok=False,
            status=None if status is None else JobStatus(str(status)).value,
            error=OutcomeError(code=error.code, detail=error.detail),
        )


def _known(job_id: str) -> str:
    """The id, which is in its one form where it is an id at all; what is none names no job."""
    if not is_id(job_id):
        raise JobNotFound(f"There is no job {job_id[:64]}")
    return job_id


def _counted(outcomes: list[JobOutcome]) -> JobOutcomes:
    succeeded = sum(outcome.ok for outcome in outcomes)
    return JobOutcomes(outcomes=outcomes, succeeded=succeeded, failed=len(outcomes) - succeeded)


def _response(outcomes: list[JobOutcome]) -> Response:
    return Response(_counted(outcomes).model_dump_json(), media_type="application/json")
