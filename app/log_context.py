"""What a log line belongs to: a request, a job. Whoever begins one says so here, and every line within it tells.

Nobody has to hand ids down to where something is logged, and no line of a library goes without them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

import structlog

from app.jobs.job import Job

_request: Final[ContextVar[Callable[[], Mapping[str, object]] | None]] = ContextVar("request", default=None)


def about(job: Job) -> dict[str, object]:
    """What tells of which job a line is: its tenant, its attempt, and the request that submitted it."""
    return {"job_id": job.id, "tenant": job.tenant, "attempt": job.attempt, "request_id": job.request_id}


@contextmanager
def of_job(job: Job) -> Iterator[None]:
    """Every line within the block is of this job."""
    with structlog.contextvars.bound_contextvars(**about(job)):
        yield


def follow(job: Job | None) -> None:
    """Every further line of this task is of this job, or of none."""
    if job is None:
        structlog.contextvars.clear_contextvars()
    else:
        structlog.contextvars.bind_contextvars(**about(job))


@contextmanager
def of_request(facts: Callable[[], Mapping[str, object]]) -> Iterator[None]:
    """Every line within the block is of this request.

    `facts` is asked when something is logged, for which job a request is about is known only once it was routed.
    """
    token = _request.set(facts)
    try:
        yield
    finally:
        _request.reset(token)


def add_request(
    _logger: structlog.typing.WrappedLogger, _method: str, line: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """A processor that adds the request's facts; what the line says itself stands."""
    facts = _request.get()
    return line if facts is None else {**facts(), **line}
