"""An id is that of a job or of a batch: the server knows which."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Job = TypeVar("Job")
Batch = TypeVar("Batch")


def job_or_batch(of_job: Callable[[], Job], of_batch: Callable[[], Batch]) -> tuple[Job | None, Batch | None]:
    """Ask as for a job, and as for a batch where there is no such job: one of the two is answered.

    Raises what the first was refused with where it is neither, and whatever else either raises.
    """
    from app.client.errors import RequestRefused

    try:
        return of_job(), None
    except RequestRefused as error:
        if error.code != "JOB_NOT_FOUND":
            raise
        try:
            return None, of_batch()
        except RequestRefused as refused:
            raise error if refused.code == "BATCH_NOT_FOUND" else refused from None
