"""The observer that turns what a tool tells into messages of the wire, and hands them to the scribe.

Each message is checked against its payload's model here, before it leaves the child; one that does not fit is
logged and left out, and the job goes on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Final

from pydantic import JsonValue

from app.jobs.ids import now_ms
from app.jobs.job import Job, JobStatus, Playable
from app.realtime.message_types import (
    ErrorDetails,
    ErrorPayload,
    FrameData,
    FramePayload,
    MessageType,
    MetadataPayload,
    PartialResultPayload,
    Payload,
    PluginStatusPayload,
    ProgressPayload,
    WarningPayload,
    payload_json,
    timestamp_now,
)
from plugins.contract import FrameData as ToolFrame
from plugins.contract import Picture, PluginMetadata, PluginStatus, Severity
from tasks.link import Link, ScribeLost
from tasks.previews import Previews

logger = logging.getLogger(__name__)

#: Warnings that a job's row keeps; the log has them all.
MAX_WARNINGS: Final = 100
#: A message beyond this is left out, with a warning: everybody who watches would have to take it.
MAX_PAYLOAD_BYTES: Final = 4 * 1024 * 1024
#: A result beyond this ends the job as an error: it is kept in the job's row, and read whole.
MAX_RESULT_BYTES: Final = 16 * 1024 * 1024
DEVICE_UNAVAILABLE: Final = "DEVICE_UNAVAILABLE"
#: How long an end waits for the pictures that were named before it; what is held leaves after the shorter time.
PICTURES_AT_ONCE_SECONDS: Final = 0.02
PICTURES_SECONDS: Final = 5.0
#: What the runner itself tells goes together: it asks whether to stop before a tool works, and what is held goes then.
SOON: Final = frozenset({MessageType.METADATA, MessageType.PROGRESS, MessageType.PLUGIN_STATUS, MessageType.FRAME})


class WireObserver:
    """Tells one attempt of one job to the scribe; satisfies `plugins.contract.Observer`."""

    def __init__(
        self, link: Link, job: Job, previews: Previews, *, next_queue: Callable[[], str | None] = lambda: None
    ) -> None:
        """`next_queue` is asked at the end: of which queue this process wants the next job with the answer."""
        #: What came with that: nothing, or the next job's row, or None where nothing waits.
        self.following: list[dict[str, Any] | None] = []
        self._next_queue = next_queue
        self._link = link
        self._job = job
        self._previews = previews
        self._n = 0
        self._warnings: list[str] = []
        #: By tool, where it is not the job's.
        self._devices: dict[str, str] = {}
        #: What of some type was left out is said once.
        self._left_out: set[MessageType] = set()
        # A tool's threads may speak, too, and go on speaking after its end.
        self._speaking = threading.RLock()
        self._over = False
        self._ended = False
        self._tool_runs: list[dict[str, Any]] = []
        #: Changes of the job's row that go with the next message.
        self._row: dict[str, Any] = {}

    def stop_requested(self) -> bool:
        """Whether the job is not this child's any more; what was told so far is on its way then."""
        with self._speaking:
            self._link.flush()
        return self._link.stop_reason is not None

    def metadata(self, plugin: str, metadata: PluginMetadata) -> None:
        """What the plugin says of itself."""
        self._tell(
            MessageType.METADATA,
            lambda: MetadataPayload(plugin=plugin, metadata=metadata.model_dump(mode="json", exclude_none=True)),
        )

    def plugin_status(
        self,
        plugin: str,
        tool: str,
        status: PluginStatus,
        *,
        timing_ms: float | None = None,
        frames_processed: int | None = None,
        warnings_count: int | None = None,
    ) -> None:
        """Where a tool stands; its end counts among the plugin's runs."""
        if status in {"completed", "failed"}:
            self._tool_runs.append(
                {
                    "plugin": plugin,
                    "tool": tool,
                    "timing_ms": timing_ms,
                    "frames": frames_processed,
                    "failed": status == "failed",
                    "at_ms": now_ms(),
                }
            )
        self._tell(
            MessageType.PLUGIN_STATUS,
            lambda: PluginStatusPayload(
                plugin=plugin,
                tool=tool,
                status=status,
                timing_ms=timing_ms,
                frames_processed=frames_processed,
                warnings_count=warnings_count,
            ),
        )

    def progress(
        self,
        percent: int,
        *,
        stage: str | None = None,
        plugin: str | None = None,
        tool: str | None = None,
        frames_done: int | None = None,
        frames_total: int | None = None,
        eta_seconds: float | None = None,
    ) -> None:
        """How far the attempt is."""
        self._tell(
            MessageType.PROGRESS,
            lambda: ProgressPayload(
                job_id=self._job.id,
                progress=percent,
                stage=stage,
                plugin=plugin,
                tool=tool,
                frames_done=frames_done,
                frames_total=frames_total,
                eta_seconds=eta_seconds,
            ),
            {"progress": percent, "stage": stage},
        )

    def frame(self, plugin: str, tool: str, data: ToolFrame, *, timing_ms: float, picture: Picture | None) -> None:
        """What was found in a frame, and now and then its picture."""
        index = data.frame_index
        shown = picture is not None and self._previews.offer(index, picture)
        self._tell(
            MessageType.FRAME,
            lambda: FramePayload(
                frame_id=_frame_id(self._job, index),
                frame_index=index,
                plugin=plugin,
                tool=tool,
                data=FrameData.model_validate(data.model_dump(exclude_none=True)),
                device_used=self._devices.get(tool, self._job.device_used),
                timing_ms=timing_ms,
                image_url=f"/v1/jobs/{self._job.id}/frames/{index}.jpg" if shown else None,
                width=None if picture is None else picture.width,
                height=None if picture is None else picture.height,
            ),
        )

    def partial_result(self, plugin: str, tool: str, result: JsonValue) -> None:
        """A result before the end."""
        self._tell(MessageType.PARTIAL_RESULT, lambda: PartialResultPayload(plugin=plugin, tool=tool, result=result))

    def warning(
        self,
        plugin: str,
        message: str,
        *,
        severity: Severity = "low",
        code: str | None = None,
        frame_index: int | None = None,
        tool: str | None = None,
    ) -> None:
        """Something a person should know; kept with the job, too."""
        self._warn(
            message,
            {},
            plugin=plugin,
            severity=severity,
            code=code,
            frame_id=None if frame_index is None else _frame_id(self._job, frame_index),
            tool=tool,
        )

    def device_used(self, plugin: str, tool: str, device: str, *, reason: str) -> None:
        """A tool computes on another device than the job was given: the job says so from now on, and why."""
        self._devices[tool] = device
        row: dict[str, Any] = {"device_used": device}
        message = f"The {device.upper()} is used: {reason}"
        if self._job.device_requested == "gpu":
            message = f"A GPU was asked for and the {device.upper()} is used: {reason}"
            row |= {"fallback": True, "fallback_reason": message}
        self._warn(message, row, plugin=plugin, severity="medium", code=DEVICE_UNAVAILABLE, tool=tool)

    def opened(self, playable: Playable) -> None:
        """The input is open, and can be watched so; the job's row says it from its next message on."""
        self._row["playable"] = playable

    def begins_with(self, picture: Picture) -> None:
        """The input's first picture is there before any tool has seen it: lists show the job with it from now on."""
        self._previews.keep_thumbnail(picture)

    def announce_device(self) -> None:
        """Say it where the job does not run on the device that was asked for."""
        if self._job.fallback:
            self.warning(
                self._job.plugin,
                self._job.fallback_reason or "The device that was asked for is not used.",
                severity="medium",
                code=DEVICE_UNAVAILABLE,
            )

    def fail(self, code: str, message: str) -> bool:
        """End the job as `error`, after an `error` message that says why; False where it was not ours any more."""
        details = ErrorDetails(error_code=code, message=message)
        self._tell(MessageType.ERROR, lambda: ErrorPayload(error=message, plugin=self._job.plugin, details=details))
        return self.end(JobStatus.ERROR, {"error": details.model_dump(exclude_none=True)})

    def end(self, status: JobStatus, row: dict[str, Any]) -> bool:
        """End the job; True once that is committed, False where the job was not ours any more."""
        if self._ended:
            # Something that the tool left behind has interrupted the first try: whose answer comes next is not known,
            # and by now it may be the next job that would be ended.
            self._link.close()
            raise ScribeLost("The end of a job was said twice")
        self._ended = True
        self.close()
        self._finish_pictures()
        self._n += 1
        row = {**self._row, **row}
        answer = self._link.ask(["end", self._n, status.value, row, self._tool_runs, self._next_queue()])
        committed = bool(answer[1])
        self.following = answer[2:]
        if committed:
            code = row["error"]["error_code"] if status is JobStatus.ERROR else None
            ran_ms = None if self._job.started_at_ms is None else now_ms() - self._job.started_at_ms
            facts = {"action": "job_ended", "status": status.value, "code": code, "ran_ms": ran_ms}
            logger.info("The job has ended", extra=facts)
        return committed

    def stopped(self) -> None:
        """The tool has stopped as it was told to; nothing of the job is written after this."""
        self.close()
        self._finish_pictures()
        self._link.ask(["stopped"])

    def _finish_pictures(self) -> None:
        """Have the pictures that were named be there at the end, where the storage is not too slow for that."""
        if self._previews.finish(PICTURES_AT_ONCE_SECONDS):
            return
        # Nobody waits for a picture to hear what was said before.
        self._link.flush()
        if not self._previews.finish(PICTURES_SECONDS):
            logger.warning("The last picture is not waited for any more", extra={"action": "preview_late"})

    def close(self) -> None:
        """Take nothing more: whatever of the tool still runs has nothing to say in the next job."""
        with self._speaking:
            self._over = True

    def _warn(self, message: str, row: dict[str, Any], **facts: Any) -> None:
        """Tell a warning and keep it with the job, whose row changes otherwise as `row` says."""
        if len(self._warnings) < MAX_WARNINGS:
            self._warnings.append(message)
        row = {"warnings": list(self._warnings), **row}
        self._tell(MessageType.WARNING, lambda: WarningPayload(message=message, **facts), row)

    def _tell(self, kind: MessageType, make: Callable[[], Payload], row: dict[str, Any] | None = None) -> None:
        try:
            payload = payload_json(make())
        except (ValueError, RecursionError):
            # Not only what its model refuses: values may lie within each other deeper than can be written.
            logger.exception(
                "A message does not fit its type and is left out",
                extra={"action": "message_invalid", "type": str(kind), "job_id": self._job.id},
            )
            self._leave_out(kind, "did not fit its type")
            return
        if len(payload) > MAX_PAYLOAD_BYTES:
            self._leave_out(kind, f"was longer than {MAX_PAYLOAD_BYTES // 1024**2} MiB")
            return
        with self._speaking:
            if not self._over:
                self._n += 1
                message = ["emit", self._n, str(kind), timestamp_now(), payload, {**self._row, **(row or {})}]
                self._link.send(message, soon=kind in SOON)
                self._row = {}

    def _leave_out(self, kind: MessageType, why: str) -> None:
        if kind in self._left_out or kind is MessageType.WARNING:
            return
        self._left_out.add(kind)
        self._warn(
            f"A message of the type {kind} {why} and was left out, as further ones are.",
            {},
            plugin=self._job.plugin,
            severity="high",
            code="MESSAGE_LEFT_OUT",
        )


def _frame_id(job: Job, index: int) -> str:
    return f"{job.id}:{index}"
