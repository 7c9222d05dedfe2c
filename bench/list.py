"""The list of jobs at a million jobs beside that at a thousand, on SQLite and on PostgreSQL.

Both tables of one database system are filled first; then each kind of page is read from the one and the other in turn,
`ROUNDS` times, by the statements of `GET /v1/jobs`. The bound of the project is 1.5 between the medians. What a page
finds is of the same length in both. PostgreSQL is looked for on localhost, or where `BENCH_POSTGRES` says.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
import sqlalchemy as sa

from app.database.engine import Database
from app.database.lifecycle import open_log
from app.database.migrations import migrate
from app.database.schema import job_terms, jobs
from app.jobs.ids import made_at_ms
from app.jobs.job import JobStatus
from app.jobs.search import terms_of
from app.jobs.store import JobQuery, page

SMALL: Final = 1_000
LARGE: Final = 1_000_000
ROUNDS: Final = 200
#: Jobs of each rare kind, in both tables: as many as a page shows.
RARE: Final = 50
#: When the first job was made, and the time between two.
FIRST_MS: Final = 1_750_000_000_000
STEP_MS: Final = 1_000
POSTGRES: Final = os.environ.get("BENCH_POSTGRES", "postgresql://postgres@127.0.0.1:5432")


@dataclass(frozen=True, slots=True)
class Filled:
    """A database with so many jobs."""

    database: Database
    count: int

    def id_at(self, share: float) -> str:
        """The job at this place of all, from the oldest (0) to the newest (1)."""
        return job_id(min(self.count - 1, int(share * self.count)))


def main() -> None:
    """Measure both systems and print their tables."""
    with tempfile.TemporaryDirectory(prefix="transom-bench-") as folder:
        measure("SQLite", [sqlite(Path(folder) / f"{count}.db", count) for count in (SMALL, LARGE)])
    if not postgres_is_there():
        print(f"No PostgreSQL answers at {POSTGRES}: left out")
        return
    with postgres(SMALL) as small, postgres(LARGE) as large:
        measure("PostgreSQL", [small, large])


def measure(name: str, both: list[Filled]) -> None:
    """Read each kind of page in turn from both, and print the medians."""
    print(f"{name}: ms a page of 50, median of {ROUNDS} in turn")
    print(f"{'':34}{SMALL:>12,}{LARGE:>12,}{'ratio':>8}{'jobs':>6}")
    worst = 0.0
    for kind in KINDS:
        taken: list[list[float]] = [[], []]
        lengths = [0, 0]
        for turn in range(ROUNDS + 10):
            for which, filled in enumerate(both):
                query = kind.query(filled)
                started = time.perf_counter()
                with filled.database.read() as connection:
                    lengths[which] = len(page(connection, "default", query).jobs)
                if turn >= 10:
                    taken[which].append((time.perf_counter() - started) * 1000)
        assert kind.may_differ or lengths[0] == lengths[1], f"{kind.name}: {lengths}"
        small, large = (statistics.median(times) for times in taken)
        worst = max(worst, large / small)
        print(f"{kind.name:34}{small:12.2f}{large:12.2f}{large / small:8.2f}{lengths[1]:6}", flush=True)
    print(f"{'worst':34}{'':24}{worst:8.2f}")
    for filled in both:
        filled.database.close()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page; what a value is called with is the database it is asked of."""

    name: str
    values: dict[str, Any]
    #: A search that ends its page after so many jobs, before it is full.
    may_differ: bool = False

    def query(self, filled: Filled) -> JobQuery:
        """The page of this database."""
        return JobQuery(**{name: value(filled) if callable(value) else value for name, value in self.values.items()})


def moment(share: float) -> Any:
    """When the job at this place was made."""
    return lambda filled: made_at_ms(filled.id_at(share))


def place(share: float) -> Any:
    """The id of the job at this place."""
    return lambda filled: filled.id_at(share)


KINDS: Final = (
    Kind("newest", {}),
    Kind("oldest first", {"oldest_first": True}),
    Kind("deep: after the middle", {"after": place(0.5)}),
    Kind("deep, oldest first", {"after": place(0.5), "oldest_first": True}),
    Kind("status=done", {"status": JobStatus.DONE}),
    Kind("status=error (rare)", {"status": JobStatus.ERROR}),
    Kind("status=done, deep", {"status": JobStatus.DONE, "after": place(0.5)}),
    Kind("status=running (none)", {"status": JobStatus.RUNNING}),
    Kind("plugin=motion", {"plugin": "motion"}),
    Kind("plugin=rare", {"plugin": "rare"}),
    Kind("plugin=rare, oldest first", {"plugin": "rare", "oldest_first": True}),
    Kind("plugin=motion, status=error", {"plugin": "motion", "status": JobStatus.ERROR}),
    Kind("plugin=nobody (none)", {"plugin": "nobody"}),
    Kind("batch_id", {"batch_id": "01900000-0000-7000-8000-00000000ba7c"}),
    Kind("batch_id, status=done", {"batch_id": "01900000-0000-7000-8000-00000000ba7c", "status": JobStatus.DONE}),
    Kind("batch_id, plugin=motion", {"batch_id": "01900000-0000-7000-8000-00000000ba7c", "plugin": "motion"}),
    Kind("created before the middle", {"created_before_ms": moment(0.5)}),
    Kind("created in a window", {"created_after_ms": moment(0.5), "created_before_ms": moment(0.9)}),
    Kind("plugin=motion, in a window", {"plugin": "motion", "created_before_ms": moment(0.5)}),
    Kind("q=img (in half)", {"text": "img"}),
    Kind("q=img, deep", {"text": "img", "after": place(0.5)}),
    Kind("q=zebra (rare)", {"text": "zebra"}),
    Kind("q=zeb cros (rare)", {"text": "zeb cros"}),
    Kind("q=img jpg (in half)", {"text": "IMG jpg"}),
    Kind("q=img, status=done", {"text": "img", "status": JobStatus.DONE}),
    Kind("q=zebra, status=done", {"text": "zebra", "status": JobStatus.DONE}),
    Kind("q=img, status=error (rare)", {"text": "img", "status": JobStatus.ERROR}, may_differ=True),
    Kind("q=img, plugin=rare", {"text": "img", "plugin": "rare"}, may_differ=True),
    Kind("q=img png (never meet, one rare)", {"text": "img png"}),
    Kind("q=img dsc (never meet)", {"text": "img dsc"}),
    Kind("q=img dsc, oldest first", {"text": "img dsc", "oldest_first": True}),
    Kind("q=giraffe (none)", {"text": "giraffe"}),
    Kind("q=an id", {"text": place(0.5)}),
)


def job_id(number: int) -> str:
    """An id as they are made, of the moment that is this job's."""
    made = FIRST_MS + number * STEP_MS
    noise = (number * 0x9E3779B97F4A7C15) & ((1 << 62) - 1)
    return str(UUID(int=made << 80 | 0x7 << 76 | 0b10 << 62 | noise))


def rows(count: int) -> Iterator[dict[str, Any]]:
    """The jobs, oldest first: of each rare kind `RARE`, spread evenly."""
    every = count // RARE
    for number in range(count):
        # Each kind at a place of its own in every stretch.
        rare = number % every
        made = FIRST_MS + number * STEP_MS
        yield {
            "id": job_id(number),
            "tenant": "default",
            "batch_id": "01900000-0000-7000-8000-00000000ba7c" if rare == 1 else None,
            "status": "error" if rare == 2 else "done",
            "plugin": "rare" if rare == 3 else "motion",
            "tools": '["detect"]',
            "options": "{}",
            "priority": 1,
            "queue": "cpu",
            "device_requested": "cpu",
            "device_used": "cpu",
            "fallback": False,
            "fallback_allowed": True,
            "input_key": f"inputs/{number}",
            "input_name": f"Zebra crossing {number:07}.png"
            if rare == 4
            else f"{('IMG', 'DSC')[number % 2]}_{number:07}.jpg",
            "input_type": "image/jpeg",
            "input_bytes": 100_000,
            "attempt": 1,
            "crashes": 0,
            "last_n": 10,
            "progress": 100,
            "plugin_timings": '{"motion": 12.5}',
            "tool_timings": '{"motion.detect": 12.5}',
            "warnings": "[]",
            "result": '{"boxes": 3}',
            "created_at_ms": made,
            "started_at_ms": made + 10,
            "finished_at_ms": made + 30,
            "stored_bytes": 120_000,
            "trimmed": True,
        }


def fill_terms(execute: Callable[[str], Any]) -> None:
    """What they are found by, made by the database itself: all names have one of three forms."""
    into = (
        "INSERT INTO job_terms (tenant, term, job_id) SELECT 'default', {}, id FROM jobs WHERE input_name LIKE '{}%' {}"
    )
    for name, words in (("IMG", ("img", "jpg")), ("DSC", ("dsc", "jpg")), ("Zebra", ("zebra", "crossing", "png"))):
        for term in sorted({word[:end] for word in words for end in range(1, len(word) + 1)}):
            execute(into.format(f"'{term}'", name, "ORDER BY id"))
    for name, begins_at in (("IMG", 5), ("DSC", 5), ("Zebra", 16)):
        for end in range(1, 8):
            execute(into.format(f"substr(input_name, {begins_at}, {end})", name, "ORDER BY 2, 3"))


def check_terms(database: Database) -> None:
    """They are those that the product makes."""
    with database.read() as connection:
        for name in ("img", "dsc", "zebra"):
            job = page(connection, "default", JobQuery(text=name, limit=1)).jobs[0]
            made = connection.execute(sa.select(job_terms.c.term).where(job_terms.c.job_id == job.id)).scalars()
            assert sorted(made) == sorted(terms_of(job.input_name)), job.input_name


def sqlite(path: Path, count: int) -> Filled:
    """A file with so many jobs."""
    started = time.monotonic()
    url = f"sqlite:///{path}"
    migrate(url)
    open_log(url)
    database = Database(url)
    names = list(next(rows(RARE)))
    into = f"INSERT INTO jobs ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608 - our names
    with database.write() as connection:
        raw: Any = connection.connection.driver_connection
        # In the order of the migrations: SQLite's choice between two may depend on it.
        made = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'jobs' AND sql IS NOT NULL"
        ).all()
        for index in made:
            connection.exec_driver_sql(f"DROP INDEX {index.name}")
        raw.executemany(into, (tuple(row.values()) for row in rows(count)))
        fill_terms(raw.execute)
        for index in made:
            connection.exec_driver_sql(index.sql)
    check_terms(database)
    print(f"SQLite: {count:,} jobs in {time.monotonic() - started:.0f} s, {path.stat().st_size / 2**20:.0f} MB")
    return Filled(database, count)


@contextmanager
def postgres(count: int) -> Iterator[Filled]:
    """A database of this run's own with so many jobs."""
    name = f"transom_bench_{uuid4().hex[:12]}"
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield filled_postgres(f"{POSTGRES}/{name}", count)
    finally:
        with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def filled_postgres(address: str, count: int) -> Filled:
    """The same within it."""
    started = time.monotonic()
    url = address.replace("postgresql://", "postgresql+psycopg://")
    migrate(url)
    open_log(url)
    database = Database(url)
    with psycopg.connect(address) as connection:
        names = list(next(rows(RARE)))
        drop(database)
        with connection.cursor().copy(f"COPY jobs ({', '.join(names)}) FROM STDIN") as copy:
            for row in rows(count):
                copy.write_row(tuple(row.values()))
        connection.execute("ALTER TABLE job_terms DROP CONSTRAINT pk_job_terms")
        fill_terms(connection.execute)
        connection.execute("ALTER TABLE job_terms ADD CONSTRAINT pk_job_terms PRIMARY KEY (tenant, term, job_id)")
    with database.write() as transaction:
        for index in jobs.indexes:
            index.create(transaction)
    with database.autocommit() as plain:
        # What autovacuum does by itself, in its own time.
        for table in (jobs, job_terms):
            plain.execute(sa.text(f"VACUUM ANALYZE {table.name}"))
    check_terms(database)
    print(f"PostgreSQL: {count:,} jobs in {time.monotonic() - started:.0f} s")
    return Filled(database, count)


def drop(database: Database) -> None:
    """Drop what is faster made at the end."""
    with database.write() as transaction:
        for index in jobs.indexes:
            index.drop(transaction)


def postgres_is_there() -> bool:
    """Whether a server answers."""
    try:
        psycopg.connect(f"{POSTGRES}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


if __name__ == "__main__":
    main()
