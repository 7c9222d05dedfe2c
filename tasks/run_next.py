"""The one task: somebody rang, so claim the next job and run it, and the next, while there are any.

Runs in a child of the Celery worker. The child opens neither the database nor the broker: it claims, tells and ends
through its scribe, and its task ends only when the scribe has committed the job's end.
"""

from __future__ import annotations

import logging
import os
import time
from typing import Any, Final

from celery import signals

from app.jobs.job import job_from_values
from app.jobs.queue import RUN_NEXT_TASK
from plugins.runtime.threads import limit_threads
from tasks.celery_app import celery_app
from tasks.child_process import settle_in
from tasks.link import ScribeLost
from tasks.resources import ChildResources, open_child_resources
from tasks.run_job import run_job

logger = logging.getLogger(__name__)

#: How long one bell is answered for; then the child goes back to Celery, and the sweep rings for what waits.
MAX_SECONDS: Final = 30.0

_resources: list[ChildResources] = []


@signals.worker_process_init.connect  # type: ignore[untyped-decorator]  # Celery has no types
def _warm_up(**_: Any) -> None:
    """Import the plugins before the first job, which then starts in milliseconds."""
    settle_in()
    settings = resources().settings
    limit_threads((os.cpu_count() or 1) // settings.child_processes)
    try:
        resources().link().send(["ready"])
    except ScribeLost as error:
        # It is found out with the first job.
        logger.debug("The scribe is not there yet: %s", error, extra={"action": "scribe_lost"})


def resources() -> ChildResources:
    """What this child works with, opened once."""
    if not _resources:
        _resources.append(open_child_resources())
    return _resources[0]


@celery_app.task(name=RUN_NEXT_TASK, ignore_result=True)  # type: ignore[untyped-decorator]  # Celery has no types
def run_next(queue: str) -> int:
    """Run the jobs that wait in a queue; returns how many were run."""
    deadline = time.monotonic() + MAX_SECONDS
    done = 0
    try:
        link = resources().link()
        link.begin()
        # With the end of a job comes the next one, in the same commit; where it did not, it is asked for.
        following: list[dict[str, Any] | None] = []
        while time.monotonic() < deadline or following:
            if not following:
                following = [link.ask(["claim", queue])[1]]
            claimed = following[0]
            if claimed is None:
                return done
            following = run_job(
                resources(),
                link,
                job_from_values(claimed),
                next_queue=lambda: queue if time.monotonic() < deadline else None,
            )
            done += 1
    except ScribeLost as error:
        # What ran is handed back by its lease; this child begins anew with the next bell.
        logger.warning("The scribe was lost: %s", error, extra={"action": "scribe_lost"})
    return done
