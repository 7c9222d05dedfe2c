"""What must hold when the dust has settled; each breach is a sentence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import httpx
import sqlalchemy as sa

from app.database.engine import Database
from app.database.schema import events, jobs, leases
from app.storage import orphans
from app.storage.blobs import BlobStore
from tests.chaos.figures import Figures
from tests.chaos.load import Accepted
from tests.chaos.watchers import Seen, Watcher, read_log


def breaches_of_jobs(database: Database, accepted: list[Accepted]) -> Iterator[str]:
    """Every accepted job is there, once, and has ended."""
    with database.read() as connection:
        rows = {row.id: row for row in connection.execute(sa.select(jobs))}
    ids = Counter(job.job_id for job in accepted)
    for job_id, count in ids.items():
        if count > 1:
            yield f"job {job_id} was accepted {count} times"
        if job_id not in rows:
            yield f"job {job_id} was accepted and is not there"
    for job_id in rows.keys() - ids.keys():
        yield f"job {job_id} is there and nobody knows that it was accepted"
    for row in rows.values():
        if row.status not in ("done", "error", "cancelled"):
            yield f"job {row.id} is {row.status} (attempt {row.attempt}, {row.worker_id}, lease {row.lease_until_ms})"
        elif row.worker_id is not None or row.lease_until_ms is not None:
            yield f"job {row.id} has ended and is still held by {row.worker_id}"
    for job in accepted:
        yield from (f"job {job.job_id}: {failure}" for failure in job.failures)
        if job.job_id in rows and job.cancelled and rows[job.job_id].status != "cancelled":
            yield f"job {job.job_id} was answered as cancelled and is {rows[job.job_id].status}"


def breaches_of_logs(client: httpx.Client, accepted: list[Accepted], overall: list[Watcher]) -> Iterator[str]:
    """Every watcher's log is complete and in order, and each job's ends once."""
    by_job: dict[str, dict[str, list[Seen]]] = {}
    for watcher in overall:
        sorted_out: dict[str, list[Seen]] = defaultdict(list)
        for seen in watcher.seen:
            sorted_out[seen.job_id].append(seen)
        by_job[watcher.transport] = sorted_out
        seqs = [seen.seq for seen in watcher.seen]
        if seqs != sorted(set(seqs)):
            yield f"{watcher!r} saw messages twice or in another order"
    for job in accepted:
        logged = list(read_log(client, job.job_id))
        yield from breaches_of_a_log(job.job_id, logged)
        seen_by = {f"its {job.watcher.transport} watcher": job.watcher.seen}
        seen_by |= {f"the {name} watcher of everything": seen[job.job_id] for name, seen in by_job.items()}
        for name, messages in seen_by.items():
            if messages != logged:
                yield f"job {job.job_id}: {name} {difference(logged, messages)}"
    for watcher in [*overall, *(job.watcher for job in accepted)]:
        if watcher.failure is not None:
            yield f"{watcher!r} failed: {watcher.failure!r}"
        if watcher.odd["reset"]:
            yield f"{watcher!r} was told to begin anew {watcher.odd['reset']} times"


def breaches_of_a_log(job_id: str, logged: list[Seen]) -> Iterator[str]:
    """One end, nothing after it; attempts in order, each from `queued` on."""
    ends = [seen for seen in logged if seen.ends]
    if len(ends) != 1 or logged[-1:] != ends:
        yield f"job {job_id} ends {len(ends)} times, and its last message is {logged[-1:]}"
    attempts = [seen.attempt for seen in logged]
    if attempts != sorted(attempts):
        yield f"job {job_id}: an attempt speaks after the next one has begun"
    for attempt in set(attempts):
        first = next(seen for seen in logged if seen.attempt == attempt)
        if first.status != "queued":
            yield f"job {job_id}: attempt {attempt} begins with {first}"


def difference(logged: list[Seen], seen: list[Seen]) -> str:
    """In what two logs differ."""
    missing = [message for message in logged if message not in set(seen)]
    unknown = [message for message in seen if message not in set(logged)]
    return f"lacks {missing[:3]} ({len(missing)}), has {unknown[:3]} ({len(unknown)}) that the log has not"


def breaches_of_the_journal(journal: Path) -> Iterator[str]:
    """At most one process ran a job at one time: the lines of each run are together."""
    runs: dict[str, list[str]] = defaultdict(list)
    for number, line in enumerate(journal.read_text().splitlines() if journal.exists() else [], 1):
        token, run, pid, what = line.split(" ")
        if run not in runs[token]:
            runs[token].append(run)
        elif run != runs[token][-1]:
            yield f"line {number}: process {pid} still ran {token} ({what}) when another had begun"


def breaches_of_leftovers(database: Database, blobs: Path, figures: Figures) -> Iterator[str]:
    """Once every job was purged nothing is left of them but what the search for litter finds.

    A process that is killed while it takes an upload can't delete what it has; the search does, an hour later.
    """
    with database.read() as connection:
        for table in (jobs, events):
            count = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            if count:
                yield f"{count} rows of {table.name} are left"
    search = orphans.OrphanSearch(BlobStore(blobs.as_uri()))
    with patch.object(orphans, "YOUNG_MS", 0):
        while (keys := search.step()) is not None:
            figures.litter += len(search.delete(keys, lambda _: False))
    files = [path for path in blobs.rglob("*") if path.is_file()]
    if files:
        yield f"{len(files)} files are left: {[str(path.relative_to(blobs)) for path in files[:5]]}"


def breaches_of_the_end(database: Database, workers: sa.Table) -> Iterator[str]:
    """A Transom that has stopped holds nothing."""
    with database.read() as connection:
        for table in (leases, workers):
            rows = connection.execute(sa.select(table)).all()
            if rows:
                yield f"{table.name} still has {[tuple(row)[:3] for row in rows]}"
