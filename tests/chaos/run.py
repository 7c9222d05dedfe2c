"""One run: a stand, its load and its faults, and what is to be said of it afterwards."""

from __future__ import annotations

import itertools
import shutil
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx
import sqlalchemy as sa

from app.database.engine import Database
from app.database.schema import events, logs, workers
from tests.chaos import verdict
from tests.chaos.crowd import Crowd
from tests.chaos.faults import Part, schedule
from tests.chaos.figures import Figures
from tests.chaos.load import Load
from tests.chaos.stands import STANDS, Stand
from tests.chaos.watchers import TRANSPORTS, Watcher, read_log
from tests.stack import wait_until

#: How long everything may take to be ready after the last fault.
READY_SECONDS: Final = 180.0
#: How long it may take until the next message is told, after faults in a row and on a machine that is busy.
CALM_SECONDS: Final = 240.0
#: How long the watchers of everything may take to have the last message.
CATCH_UP_SECONDS: Final = 60.0
#: More connections than at the start that are no leak: pools grow within their bounds.
SPARE_CONNECTIONS: Final = 12

Say = Callable[[str], None]


def run_chaos(back_end: str, *, seed: int, faults: int, folder: Path, say: Say = print) -> Figures:
    """Run it; the figures say what held."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    stand = STANDS[back_end](folder)
    figures = Figures(stand.name, seed)
    started = time.monotonic()
    try:
        stand.start()
        _run(stand, figures, seed, faults, say)
    finally:
        for service in stand.services:
            if service.family:
                service.stop()
        stand.close()
    figures.minutes = (time.monotonic() - started) / 60
    return figures


def _run(stand: Stand, figures: Figures, seed: int, faults: int, say: Say) -> None:
    journal = stand.folder / "journal"
    before = {part: server.clients() for part, server in stand.servers.items()}
    overall = [Watcher(stand.addresses, transport) for transport in TRANSPORTS]
    load = Load(stand.addresses, seed, journal)
    load.start()
    crowd = Crowd(stand.addresses, load.newest)
    crowd.start()
    told = 0
    try:
        for fault in schedule(seed, faults):
            if fault.calm:
                _wait_for_a_word(overall, told)
            time.sleep(fault.pause)
            told = _told(overall)
            say(str(fault))
            (crowd if fault.part in {Part.CONNECTION, Part.PROXY} else stand).hit(fault)
            figures.faults += 1
    except AssertionError as never:
        figures.breaches.append(f"after {figures.faults} faults: {never}")
    finally:
        stand.calm()
        load.stop()
        crowd.finish()
    say(f"{len(load.accepted)} jobs; waiting for the watchers of everything")
    with closing(stand.open_database()) as database:
        _watch_to_the_end(overall, database, figures)
        _count(figures, load, overall, database)
        figures.breaches += load.failures
        figures.breaches += verdict.breaches_of_jobs(database, load.accepted)
        figures.breaches += verdict.breaches_of_the_journal(journal)
        with httpx.Client(base_url=stand.addresses[0], timeout=60, trust_env=False) as client:
            try:
                wait_until(stand.ready, what="every part being ready again", seconds=READY_SECONDS)
            except AssertionError as never:
                figures.breaches.append(str(never))
            _compare_logs(client, load, overall, crowd, figures)
            for part, server in stand.servers.items():
                if server.clients() > before[part] + SPARE_CONNECTIONS:
                    figures.breaches.append(f"the {part} has {server.clients()} connections, {before[part]} before")
            load.purge(client)
        if not figures.breaches:
            figures.breaches += verdict.breaches_of_leftovers(database, stand.data / "blobs", figures)
        figures.breaches += [f"exit code {code}" for code in stand.stop() if code != 0]
        figures.breaches += [f"still runs: {process}" for process in stand.processes_left()]
        figures.breaches += verdict.breaches_of_the_end(database, workers)
    for part, server in stand.servers.items():
        if server.clients():
            figures.breaches.append(f"the {part} still has {server.clients()} connections")


def _compare_logs(client: httpx.Client, load: Load, overall: list[Watcher], crowd: Crowd, figures: Figures) -> None:
    figures.breaches += verdict.breaches_of_logs(client, load.accepted, overall)
    figures.breaches += crowd.breaches(lambda job_id: [each.id for each in read_log(client, job_id)])
    figures.watches, figures.ways = len(crowd.watched), crowd.ways


def _told(overall: list[Watcher]) -> int:
    return max(len(watcher.seen) for watcher in overall)


def _wait_for_a_word(overall: list[Watcher], told: int) -> None:
    wait_until(lambda: _told(overall) > told, what="a message since the last fault", seconds=CALM_SECONDS)


def _watch_to_the_end(overall: list[Watcher], database: Database, figures: Figures) -> None:
    with database.read() as connection:
        head = connection.execute(sa.select(sa.func.max(logs.c.head))).scalar_one()
    deadline = time.monotonic() + CATCH_UP_SECONDS
    for watcher in overall:
        while not (watcher.seen and watcher.seen[-1].seq == head):
            if time.monotonic() > deadline:
                figures.breaches.append(f"{watcher!r} does not come to {head}")
                break
            time.sleep(0.05)
        watcher.stop()


def _count(figures: Figures, load: Load, overall: list[Watcher], database: Database) -> None:
    with database.read() as connection:
        told = [
            datetime.fromisoformat(row.timestamp)
            for row in connection.execute(sa.select(events.c.timestamp).order_by(events.c.seq))
        ]
    pauses = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(told)]
    watchers = [*overall, *(job.watcher for job in load.accepted)]
    figures.jobs = len(load.accepted)
    figures.messages = len(told)
    figures.again = sum(bool(job.watcher.seen and job.watcher.seen[-1].attempt > 1) for job in load.accepted)
    figures.connections = sum(watcher.connections for watcher in watchers)
    figures.gaps = sum(watcher.odd["gap"] for watcher in watchers)
    figures.standstill_seconds = max(pauses, default=0.0)
    figures.latest_seconds = max((watcher.latest_seconds for watcher in watchers), default=0.0)
    figures.longest_job_seconds = max((job.seconds for job in load.accepted), default=0.0)
    figures.ends = Counter(str(job.watcher.seen[-1].status) for job in load.accepted if job.watcher.seen)
    figures.refusals = load.refusals
