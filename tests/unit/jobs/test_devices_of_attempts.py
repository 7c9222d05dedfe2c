"""A fallback is one attempt's: the next may have the device that was missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.database.engine import Database
from app.jobs import claims, store, transitions
from app.jobs.job import Job

FELL_BACK = {"device_used": "cpu", "fallback": True, "fallback_reason": "no memory"}


@pytest.mark.parametrize(("queue", "expected"), [("gpu", ("gpu", False, None)), ("cpu", ("cpu", True, "no memory"))])
def test_the_next_attempt_is_given_what_its_queue_is_for(
    database: Database, new_job: Callable[..., Job], queue: str, expected: tuple[Any, ...]
) -> None:
    """In the GPU's queue it expects a GPU again; a fallback that was decided at the submit stays."""
    job = new_job(queue=queue, device_requested="gpu", device_used=queue)
    with database.write() as connection:
        transitions.submit(connection, job)
        claims.claim(connection, claims.Claim(queues=(queue,), worker_id="w", lease_ms=20_000))
        transitions.advance(connection, job.id, 1, from_n=0, to_n=1, values=FELL_BACK)
        transitions.hand_back(connection, job.tenant, job.id, 1, crashed=True, max_crashes=3)
        after = store.get(connection, job.tenant, job.id)

    assert (after.attempt, (after.device_used, after.fallback, after.fallback_reason)) == (2, expected)
