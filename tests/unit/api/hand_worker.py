"""A worker that a test moves by hand, through the transactions that the scribe makes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.database.engine import Database
from app.jobs import claims, transitions
from app.jobs.job import Job, JobStatus
from app.realtime.events import Draft
from app.realtime.message_types import (
    Box,
    ErrorDetails,
    FrameData,
    FramePayload,
    JobStatusPayload,
    MessageType,
    Payload,
    ProgressPayload,
    payload_json,
    timestamp_now,
)
from app.webhooks import outbox
from tasks.ledger import Entry, Outcome, commit


class Run:
    """One attempt of one job."""

    def __init__(self, database: Database, job: Job) -> None:
        self.job = job
        self._database = database
        self._n = 0

    def frame(self, index: int, *, tool: str | None = None, boxes: int = 1, **optional: Any) -> FrameData:
        """Find `boxes` things in a frame."""
        data = FrameData(
            frame_index=index,
            timestamp_ms=index * 40.0,
            boxes=[Box(x1=box, y1=0, x2=box + 10, y2=10.5) for box in range(boxes)],
            scores=[0.5] * boxes,
            labels=["thing"] * boxes,
            **optional,
        )
        payload = FramePayload(
            frame_id=f"{self.job.id}:{index}",
            frame_index=index,
            plugin=self.job.plugin,
            tool=tool or self.job.tools[0],
            data=data,
            device_used="cpu",
            timing_ms=1.5,
        )
        self._tell(MessageType.FRAME, payload)
        return data

    def progress(self, percent: int, stage: str = "processing") -> None:
        """Say how far it is."""
        self._tell(
            MessageType.PROGRESS,
            ProgressPayload(job_id=self.job.id, progress=percent, stage=stage),
            {"progress": percent, "stage": stage},
        )

    def done(self, result: Any = None, **row: Any) -> None:
        """End well."""
        row = {"result": result if result is not None else {"found": 1}, "progress": 100, **row}
        self._end(JobStatus.DONE, row)

    def fail(self, code: str, message: str) -> None:
        """End badly."""
        self._end(JobStatus.ERROR, {"error": {"error_code": code, "message": message}})

    def hand_back(self) -> Run:
        """Lose the job, and begin its next attempt."""
        with self._database.write() as connection:
            transitions.hand_back(
                connection, self.job.tenant, self.job.id, self.job.attempt, crashed=False, max_crashes=3
            )
        return HandWorker(self._database).begin(self.job.id)

    def _tell(self, kind: MessageType, payload: Payload, row: dict[str, Any] | None = None) -> None:
        draft = Draft(kind, payload_json(payload), timestamp_now(), self.job.id, self.job.attempt)
        self._commit([draft], row or {})

    def _end(self, status: JobStatus, row: dict[str, Any]) -> None:
        error = row.get("error")
        payload = JobStatusPayload(
            status=status.value,
            device_requested=self.job.device_requested,
            device_used=self.job.device_used,
            fallback=self.job.fallback,
            progress=row.get("progress", 0),
            error=None if error is None else ErrorDetails.model_validate(error),
        )
        draft = Draft(MessageType.JOB_STATUS, payload_json(payload), timestamp_now(), self.job.id, self.job.attempt)
        self._commit([draft], {**row, "status": status, "finished_at_ms": self.job.created_at_ms + 1000})

    def _commit(self, drafts: list[Draft], row: dict[str, Any]) -> None:
        entry = Entry(
            job_id=self.job.id,
            tenant=self.job.tenant,
            attempt=self.job.attempt,
            from_n=self._n,
            to_n=self._n + len(drafts),
            drafts=drafts,
            row=row,
            webhook=outbox.of_job(replace(self.job, **row)) if "status" in row else None,
        )
        with self._database.write() as connection:
            assert commit(connection, [entry]).outcomes == [Outcome.COMMITTED]
        self._n += len(drafts)


class HandWorker:
    """Claims jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, job_id: str) -> Run:
        """Claim until this job is claimed; what stood before it in the line goes on running for ever."""
        while True:
            with self._database.write() as connection:
                moved = claims.claim(
                    connection,
                    claims.Claim(
                        queues=(
                            "cpu",
                            "gpu",
                        ),
                        worker_id="hand-1",
                        lease_ms=2**50,
                    ),
                )
            assert moved is not None, f"{job_id} does not wait"
            if moved.job.id == job_id:
                return Run(self._database, moved.job)
