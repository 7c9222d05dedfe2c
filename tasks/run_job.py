"""One attempt of one job in a worker's child: open the input, run the tool, say how it ended."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from app.errors import BlobNotFound
from app.jobs.job import Job, JobStatus
from plugins.errors import RunStopped, ToolCrashed, UnreadableMedia, UnsupportedMedia
from plugins.inspector.inspector_service import InspectorService
from plugins.media import open_media
from plugins.runtime.tool_runner import RunOutcome, ToolRunner
from tasks.link import Link
from tasks.previews import Previews
from tasks.resources import ChildResources
from tasks.wire_observer import WireObserver

logger = logging.getLogger(__name__)


def run_job(resources: ChildResources, link: Link, job: Job) -> None:
    """Run the job to its end, as far as this child can; raises `ScribeLost` where the scribe has gone.

    Returns once the scribe has committed the end, or has said that the job is not this child's any more.
    """
    observer = WireObserver(link, job, Previews(resources.blobs, job.id))
    logger.info("Running", extra={"action": "job_run", "job_id": job.id, "attempt": job.attempt})
    try:
        outcome = asyncio.run(_run_tool(resources, job, observer))
    except RunStopped:
        link.ask(["stopped"])
        return
    except (UnreadableMedia, UnsupportedMedia, BlobNotFound) as error:
        observer.fail("INPUT_UNREADABLE", str(error))
        return
    except ToolCrashed as error:
        logger.exception("A tool crashed", extra={"action": "tool_crashed", "job_id": job.id})
        observer.fail("PLUGIN_CRASH", str(error))
        return
    except MemoryError:
        logger.exception("A job ran out of memory", extra={"action": "out_of_memory", "job_id": job.id})
        observer.fail("OUT_OF_MEMORY", "The job needed more memory than its process may have.")
        return
    observer.end(JobStatus.DONE, _result_row(outcome))


async def _run_tool(resources: ChildResources, job: Job, observer: WireObserver) -> RunOutcome:
    runner = ToolRunner(registry=resources.registry, inspector=InspectorService(resources.registry))
    with (
        resources.blobs.open_read(job.input_key) as file,
        open_media(file, max_pixels=resources.settings.max_image_pixels) as media,
    ):
        observer.announce_device()
        return await runner.run(
            job.plugin,
            tools=job.tools,
            media=media,
            options=job.options,
            device=job.device_used,
            observer=observer,
        )


def _result_row(outcome: RunOutcome) -> dict[str, Any]:
    results = outcome.results
    return {
        # One tool's result stands for itself; several are told apart by name.
        "result": next(iter(results.values())) if len(results) == 1 else results,
        "plugin_timings": outcome.plugin_timings,
        "tool_timings": outcome.tool_timings,
        "progress": 100,
    }
