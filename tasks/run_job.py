"""One attempt of one job in a worker's child: open the input, run the tool, say how it ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

import pydantic_core

from app.errors import BlobNotFound
from app.jobs.job import Job, JobStatus
from app.log_context import of_job
from plugins.contract import MediaKind
from plugins.errors import (
    DeviceUnusable,
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
from tasks.child_process import told_to_end
from tasks.link import Link, ScribeLost
from tasks.opened_input import playable_of
from tasks.previews import Previews
from tasks.resources import ChildResources
from tasks.surroundings import kept_surroundings
from tasks.wire_observer import DEVICE_UNAVAILABLE, MAX_RESULT_BYTES, WireObserver

logger = logging.getLogger(__name__)

#: What is wrong with a job that can't begin here, though the web took it: a schema can't say everything that a tool
#: checks, and this worker may have other plugins than the one that announced them.
_CAN_NOT_BEGIN: Final = {
    InvalidOptions: "INVALID_OPTIONS",
    UnknownPlugin: "PLUGIN_NOT_FOUND",
    UnknownTool: "TOOL_NOT_FOUND",
}


def run_job(
    resources: ChildResources, link: Link, job: Job, *, next_queue: Callable[[], str | None]
) -> list[dict[str, Any] | None]:
    """Run the job to its end, as far as this child can; raises `ScribeLost` where the scribe has gone.

    Returns once the scribe has committed the end, or has said that the job is not this child's any more. Where the
    end was committed and `next_queue` named a queue then, gives the answer to that: the next job's row, or None.
    """
    previews = Previews(resources.blobs, job.id, resources.preview_maker)
    observer = WireObserver(link, job, previews, next_queue=next_queue)
    with of_job(job), kept_surroundings():
        _run(resources, link, job, observer)
    return observer.following


def _run(resources: ChildResources, link: Link, job: Job, observer: WireObserver) -> None:
    try:
        outcome = asyncio.run(_run_tool(resources, job, observer))
        row = _result_row(outcome)
        if len(pydantic_core.to_json(row["result"])) > MAX_RESULT_BYTES:
            observer.fail("RESULT_TOO_LARGE", f"The result was larger than {MAX_RESULT_BYTES // 1024**2} MiB.")
        else:
            observer.end(JobStatus.DONE, row)
    except ScribeLost:
        raise
    except RunStopped:
        observer.stopped()
    except (UnreadableMedia, UnsupportedMedia) as error:
        observer.fail(error.code, str(error))
    except BlobNotFound as error:
        observer.fail(UnreadableMedia.code, str(error))
    except (InvalidOptions, UnknownPlugin, UnknownTool) as error:
        observer.fail(_CAN_NOT_BEGIN[type(error)], str(error))
    except DeviceUnusable as error:
        observer.fail(DEVICE_UNAVAILABLE, f"The job may run on a GPU only, and could not: {error}")
    except ToolCrashed as error:
        if told_to_end():
            # The tool was interrupted because this process ends: the job is handed back when it has.
            raise SystemExit(0) from error
        logger.exception("A tool crashed", extra={"action": "tool_crashed"})
        observer.fail("PLUGIN_CRASH", str(error))
    except MemoryError:
        logger.exception("A job ran out of memory", extra={"action": "out_of_memory"})
        observer.fail("OUT_OF_MEMORY", "The job needed more memory than its process may have.")
    except Exception:
        # Whatever it was, the job must not stay as running: this child lives on, and its lease with it.
        logger.exception("A job failed", extra={"action": "job_failed"})
        observer.fail("JOB_FAILED", "The job failed; the log of the worker says why.")


async def _run_tool(resources: ChildResources, job: Job, observer: WireObserver) -> RunOutcome:
    runner = ToolRunner(registry=resources.registry, inspector=InspectorService(resources.registry))
    settings = resources.settings
    with (
        resources.blobs.open_read(job.input_key) as file,
        open_media(
            file,
            max_pixels=settings.max_image_pixels,
            max_seconds=settings.max_video_seconds,
            max_frames=settings.max_frames,
            max_image_bytes=settings.max_image_bytes,
            max_damaged_percent=settings.max_damaged_percent,
        ) as media,
    ):
        observer.opened(playable_of(job, media))
        if media.kind is MediaKind.IMAGE:
            # It is decoded already. A video's comes with its first frame.
            observer.begins_with(next(iter(media)))
        observer.announce_device()
        return await runner.run(
            job.plugin,
            tools=job.tools,
            media=media,
            options=job.options,
            device=job.device_used,
            fallback_allowed=job.fallback_allowed or job.device_requested != "gpu",
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
