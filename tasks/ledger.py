"""What the scribe commits: many children's messages in one transaction.

For each job, in one statement, the fence and its row; then all events, with the next numbers. Safe to try again
after a commit of unknown outcome: the fence says that it has been made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from app.database.direct import HotConnection
from app.database.schema import tool_runs
from app.jobs.claims import Claim, give
from app.jobs.job import Job, JobStatus
from app.jobs.transitions import advance, committed_n
from app.realtime.event_log import append, epoch_of
from app.realtime.events import Draft, LogEvent
from app.realtime.message_types import MessageType
from app.webhooks import outbox
from app.webhooks.outbox import Webhook

_INSERT_RUNS: Final = sa.insert(tool_runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The messages `from_n + 1` to `to_n` of one attempt, and what they change in the job's row."""

    job_id: str
    tenant: str
    attempt: int
    from_n: int
    to_n: int
    drafts: list[Draft]
    row: dict[str, Any]
    tool_runs: list[dict[str, Any]] = field(default_factory=list)
    #: It holds the end of the job.
    ends: bool = False
    #: Its child wants the next job: that is claimed in the same transaction.
    wanted: Claim | None = None
    #: What tells of the job's end elsewhere, where this is its end and somebody wants to hear of it.
    webhook: Webhook | None = None


class Outcome(StrEnum):
    """What became of an entry."""

    COMMITTED = "committed"
    FENCED = "fenced"  # the job was cancelled, or is another's by now: nothing of it was written


@dataclass(frozen=True, slots=True)
class Committed:
    """One commit: what became of each entry, and the events to publish.

    `given` is, by entry, whether its child's wish was looked at, and the job that it got.
    """

    epoch: str
    outcomes: list[Outcome]
    events: list[LogEvent]
    given: list[tuple[bool, Job | None]]


def commit(connection: HotConnection, entries: list[Entry]) -> Committed:
    """Write the entries inside the caller's transaction."""
    outcomes: list[Outcome] = []
    drafts: dict[str, list[Draft]] = {}
    runs: list[dict[str, Any]] = []
    webhooks: list[Webhook] = []
    fresh: set[int] = set()
    for index, entry in enumerate(entries):
        if advance(connection, entry.job_id, entry.attempt, from_n=entry.from_n, to_n=entry.to_n, values=entry.row):
            drafts.setdefault(entry.tenant, []).extend(entry.drafts)
            runs.extend({"tenant": entry.tenant, "job_id": entry.job_id, **run} for run in entry.tool_runs)
            if entry.webhook is not None:
                webhooks.append(entry.webhook)
            outcomes.append(Outcome.COMMITTED)
            fresh.add(index)
        else:
            # Already there: an earlier try of this very commit succeeded though its answer was lost. The relay
            # reads its events from the log within a second.
            done = committed_n(connection, entry.job_id, entry.attempt) == entry.to_n
            outcomes.append(Outcome.COMMITTED if done else Outcome.FENCED)
    # After all ends, so that fairness counts what still runs; before the log's head is locked, as every claim. One a
    # commit: two scribes that each hold one line's turn and want the other's would wait for each other. None where an
    # earlier try of this commit has given one already.
    given: list[tuple[bool, Job | None]] = [(False, None)] * len(entries)
    for index, entry in enumerate(entries):
        if entry.wanted is not None and index in fresh:
            job = give(connection, entry.wanted)
            given[index] = (True, job)
            if job is not None:
                drafts.setdefault(job.tenant, []).append(job.status_draft())
            break
    events = [event for tenant in sorted(drafts) for event in append(connection, tenant, drafts[tenant])]
    if runs:
        connection.execute(_INSERT_RUNS, runs)
    outbox.add(connection, webhooks)
    return Committed(epoch_of(connection) if events else "", outcomes, events, given)


def rehearse(connection: HotConnection) -> None:
    """Run the statements of a commit once and take them back: else a first message or end waits for their making."""
    step = {"progress": 0, "stage": None}
    result: dict[str, Any] = {"result": None, "plugin_timings": {}, "tool_timings": {}, "progress": 100}
    end = {**result, "status": JobStatus.DONE, "finished_at_ms": 0, "worker_id": None, "lease_until_ms": None}
    with connection.begin_nested() as rehearsal:
        for row in ({}, {"playable": None}, step, end, step | end):
            advance(connection, "", 0, from_n=0, to_n=1, values=row)
        append(connection, "", [Draft(MessageType.PROGRESS, "{}", "", "", 0)])
        run = {"plugin": "", "tool": "", "timing_ms": None, "frames": None, "failed": False, "at_ms": 0}
        connection.execute(_INSERT_RUNS, [{"tenant": "", "job_id": "", **run}])
        rehearsal.rollback()
