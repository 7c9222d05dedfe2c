"""One attempt of a job as its scribe sees it: what has been committed, and what waits to be."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any, Final

from app.jobs.job import Job
from app.realtime.events import Draft
from app.realtime.message_types import MessageType
from app.webhooks import outbox
from tasks.ledger import Entry

#: Messages of one child that wait for a commit; beyond it the child is not read from, and its next send blocks.
MAX_WAITING: Final = 500


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that a run is over: its name, and the error that the job ends with."""

    limit: str
    code: str
    message: str
    #: The child is told to stop and may take its time; what it says until then counts.
    soft: bool = False


@dataclass(slots=True)
class Run:
    """A child's current job, between its claim and the commit of its end."""

    job: Job
    committed_n: int = 0
    waiting: list[tuple[int, Draft, dict[str, Any]]] = field(default_factory=list)
    tool_runs: list[dict[str, Any]] = field(default_factory=list)
    #: The child has said that it is done; its end is among what waits.
    ending: bool = False
    #: The queue of which its child wants the next job, at once with this one's end.
    wants: str | None = None
    #: The claim was lost: whatever else the child says is not written.
    fenced: bool = False
    #: When the child was told to stop, on the monotonic clock; None while it may go on.
    stop_at: float | None = None
    #: It is killed unless it stops soon.
    killing: bool = False
    #: On the monotonic clock.
    began_at: float = field(default_factory=time.monotonic)
    #: When the child was last heard of, or last free to speak, on the monotonic clock.
    heard_at: float = field(default_factory=time.monotonic)
    #: The limit that it is over: the job ends as that says, and not as the next attempt.
    breach: Breach | None = None

    @property
    def may_go_on(self) -> bool:
        """Whether its child wants the next job, and is not being stopped or ended itself."""
        return self.wants is not None and self.breach is None and self.stop_at is None

    def for_its_process(self) -> dict[str, Any]:
        """The job's row as its process gets it: whom to tell of its end is none of its tool's business."""
        return {**self.job.row(), "webhook_url": None}

    @property
    def full(self) -> bool:
        """Whether as much waits as may wait."""
        return len(self.waiting) >= MAX_WAITING

    def emit(self, n: int, kind: str, timestamp: str, payload: str, row: dict[str, Any]) -> None:
        """Take a message to be committed."""
        draft = Draft(MessageType(kind), payload, timestamp, self.job.id, self.job.attempt, self.job.batch_id)
        if row:
            self.job = replace(self.job, **row)
        self.waiting.append((n, draft, row))
        self.heard_at = time.monotonic()

    def end(self, n: int, row: dict[str, Any], tool_runs: list[dict[str, Any]], wants: str | None) -> None:
        """Take the end of the job: its last row, and the terminal `job_status` made from it."""
        self.wants = wants
        self.job = replace(self.job, **row)
        self.waiting.append((n, self.job.status_draft(), row))
        self.tool_runs = tool_runs
        self.ending = True

    def take(self, limit: int) -> Entry | None:
        """The next entry of the ledger; the same messages come again until `settle` was called."""
        if not self.waiting or self.fenced:
            return None
        taken = self.waiting[:limit]
        row: dict[str, Any] = {}
        for _, _, change in taken:
            row.update(change)
        last = len(taken) == len(self.waiting)
        return Entry(
            job_id=self.job.id,
            tenant=self.job.tenant,
            attempt=self.job.attempt,
            from_n=self.committed_n,
            to_n=taken[-1][0],
            drafts=[draft for _, draft, _ in taken],
            row=row,
            tool_runs=self.tool_runs if self.ending and last else [],
            ends=self.ending and last,
            webhook=outbox.of_job(self.job) if self.ending and last else None,
        )

    def settle(self, entry: Entry) -> None:
        """Note that the entry is committed."""
        self.waiting = self.waiting[len(entry.drafts) :]
        self.committed_n = entry.to_n
        # A database that was away kept the child waiting: that is not its own silence.
        self.heard_at = time.monotonic()

    @property
    def ended(self) -> bool:
        """Whether the end of the job is committed."""
        return self.ending and not self.waiting and not self.fenced

    def fence_off(self) -> None:
        """Note that the claim was lost."""
        self.fenced = True
        self.waiting.clear()
