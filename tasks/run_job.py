"""One attempt of one job in a worker's child: open the input, run the tool, say how it ended."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

from app.errors import BlobNotFound
from app.jobs.job import Job, JobStatus
from plugins.errors import (
    InvalidOptions,
    RunStopped,
    ToolCrashed,
    UnknownPlugin,
    UnknownTool,
    UnreadableMedia,
    UnsupportedMedia,
)
from plugins.inspector.inspector_service import InspectorService
from plugins.media import open_media
from plugins.runtime.tool_runner import RunOutcome, ToolRunner
from tasks.link import Link, ScribeLost
from tasks.previews import Previews
from tasks.resources import ChildResources
from tasks.wire_observer import WireObserver

logger = logging.getLogger(__name__)

#: What is wrong with a job that can't begin here, though the web took it: a schema can't say everything that a tool
#: checks, and this worker may have other plugins than the one that announced them.
_CAN_NOT_BEGIN: Final = {
    InvalidOptions: "INVALID_OPTIONS",
    UnknownPlugin: "PLUGIN_NOT_FOUND",
    UnknownTool: "TOOL_NOT_FOUND",
}


def run_job(resources: ChildResources, link: Link, job: Job) -> None:
    """Run the job to its end, as far as this child can; raises `ScribeLost` where the scribe has gone.

    Returns once the scribe has committed the end, or has said that the job is not this child's any more.
    """
    observer = WireObserver(link, job, Previews(resources.blobs, job.id))
    logger.info("Running", extra={"action": "job_run", "job_id": job.id, "attempt": job.attempt})
    try:
        outcome = asyncio.run(_run_tool(resources, job, observer))
        observer.end(JobStatus.DONE, _result_row(outcome))
    except ScribeLost:
        raise
    except RunStopped:
        link.ask(["stopped"])
    except (UnreadableMedia, UnsupportedMedia, BlobNotFound) as error:
        observer.fail("INPUT_UNREADABLE", str(error))
    except (InvalidOptions, UnknownPlugin, UnknownTool) as error:
        observer.fail(_CAN_NOT_BEGIN[type(error)], str(error))
    except ToolCrashed as error:
        logger.exception("A tool crashed", extra={"action": "tool_crashed", "job_id": job.id})
        observer.fail("PLUGIN_CRASH", str(error))
    except MemoryError:
        logger.exception("A job ran out of memory", extra={"action": "out_of_memory", "job_id": job.id})
        observer.fail("OUT_OF_MEMORY", "The job needed more memory than its process may have.")
    except Exception:
        # Whatever it was, the job must not stay as running: this child lives on, and its lease with it.
        logger.exception("A job failed", extra={"action": "job_failed", "job_id": job.id})
        observer.fail("JOB_FAILED", "The job failed; the log of the worker says why.")


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
