"""Finding jobs: by which words, and at what price."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from app.database.engine import Database
from app.database.migrations import alembic_config, migrate
from app.database.schema import job_terms, jobs
from app.jobs import retention, store, transitions
from app.jobs.ids import new_id
from app.jobs.job import Job, JobStatus
from app.jobs.store import JobQuery
from tests.stack import NOBODY


def found(database: Database, text: str, **query: Any) -> list[str | None]:
    """The inputs' names of the jobs that a search finds."""
    with database.read() as connection:
        return [job.input_name for job in store.page(connection, "default", JobQuery(text=text, **query)).jobs]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Harbour-0312.mp4", "harb"),
        ("Harbour-0312.mp4", "0312"),
        ("Harbour-0312.mp4", "HARBOUR-0312.MP4"),
        ("Harbour-0312.mp4", "mp4 harbour"),
        ("a_b.c", "b"),
        ("Straße München.png", "STRASSE mün"),
        ("港口.png", "港"),
        # Of long words the beginning counts, also of those that are searched for.
        ("0123456789abcdef0123456789abcdef.png", "0123456789abcdef0123456789abcdef"),
    ],
)
def test_words_of_a_name(database: Database, new_job: Callable[..., Job], name: str, text: str) -> None:
    """Each word that is searched for begins one of the name's, in any case and any order."""
    with database.write() as connection:
        transitions.submit(connection, new_job(input_name=name))
        transitions.submit(connection, new_job(input_name="other"))
        transitions.submit(connection, new_job(input_name=None))

    assert found(database, text) == [name]


@pytest.mark.parametrize("text", ["arbour", "harbour 04", "%", "_", "-", "harbour2"])
def test_what_is_not_found(database: Database, new_job: Callable[..., Job], text: str) -> None:
    """The middle of a word, a word that is not there, and what is no word."""
    with database.write() as connection:
        transitions.submit(connection, new_job(input_name="Harbour-0312.mp4"))

    assert found(database, text) == []


def test_an_id_may_be_a_word_too(database: Database, new_job: Callable[..., Job]) -> None:
    """Jobs by the beginning of their id and by their name are one list, in one order, each job once."""
    by_id = new_job(id="01900000-0000-7000-8000-000000000001", input_name="first")
    by_name = new_job(id="02900000-0000-7000-8000-000000000002", input_name="019.png")
    both = new_job(id="01900000-0000-7000-8000-000000000003", input_name="019 too")
    with database.write() as connection:
        for job in (by_id, by_name, both):
            transitions.submit(connection, job)

    assert found(database, "019") == ["019.png", "019 too", "first"]
    assert found(database, "019", oldest_first=True, limit=2) == ["first", "019 too"]
    assert found(database, "019", after=by_name.id) == ["019 too", "first"]
    # Who names a whole job means that one, also where a file is called by its id.
    with database.write() as connection:
        transitions.submit(connection, new_job(input_name=f"{by_id.id}.png"))
    assert found(database, by_id.id) == ["first"]
    # As some paste it.
    assert found(database, "0190000000007000800000000000000" + "1") == ["first"]


@pytest.mark.parametrize("oldest_first", [False, True])
@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"text": "img", "status": JobStatus.ERROR}, [5]),
        ({"text": "img jpg"}, [8, 1]),
        ({"text": "img bmp"}, []),
        # One thing alone is read off its index.
        ({"text": "img", "limit": 4}, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
        # All ids begin so, and most names have it: each is in the list once, and none before its turn.
        ({"text": "019", "status": JobStatus.ERROR}, [5]),
        ({"text": "019", "plugin": "motion", "limit": 2}, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
    ],
)
def test_a_search_that_seldom_hits_goes_on_page_by_page(
    database: Database,
    new_job: Callable[..., Job],
    monkeypatch: pytest.MonkeyPatch,
    query: dict[str, Any],
    numbers: list[int],
    *,
    oldest_first: bool,
) -> None:
    """A page looks through so many jobs and no more; all pages together have each job once, in order."""
    monkeypatch.setattr(store, "SEARCHED_A_PAGE", 3)
    with database.write() as connection:
        for n in range(10):
            status = JobStatus.ERROR if n == 5 else JobStatus.DONE
            name = f"img {'019' if n > 2 else ''}.{'jpg' if n in {1, 8} else 'png'}"
            transitions.submit(
                connection, new_job(id=f"019{n}0000-0000-7000-8000-000000000000", input_name=name, status=status)
            )

    shown: list[int] = []
    pages = 0
    after: str | None = None
    with database.read() as connection:
        while pages == 0 or after is not None:
            page = store.page(connection, "default", JobQuery(oldest_first=oldest_first, after=after, **query))
            shown += [int(job.id[3]) for job in page.jobs]
            after, pages = page.next_after, pages + 1

    assert shown == (numbers[::-1] if oldest_first else numbers)
    assert pages <= 6


def test_what_a_batch_has_of_a_status_and_a_plugin(database: Database, new_job: Callable[..., Job]) -> None:
    """Each filter holds within a batch, as it does among all jobs."""
    batch = new_id()
    wanted = new_job(batch_id=batch, status=JobStatus.DONE)
    others = [
        new_job(batch_id=batch, status=JobStatus.ERROR),
        new_job(batch_id=batch, status=JobStatus.DONE, plugin="codes"),
        new_job(batch_id=new_id(), status=JobStatus.DONE),
    ]
    with database.write() as connection:
        for job in (wanted, *others):
            transitions.submit(connection, job)
        query = JobQuery(batch_id=batch, status=JobStatus.DONE, plugin=wanted.plugin)
        page = store.page(connection, "default", query)

    assert [job.id for job in page.jobs] == [wanted.id]


def test_nothing_leads_to_a_job_that_is_gone(database: Database, new_job: Callable[..., Job]) -> None:
    """Its words go with it."""
    job = new_job(status=JobStatus.DONE, finished_at_ms=1, input_name="Harbour 0312.mp4")
    with database.write() as connection:
        transitions.submit(connection, job)
        retention.purge(connection, "default", job.id)

        assert connection.execute(sa.select(job_terms)).all() == []


def test_jobs_of_an_older_version_are_found(tmp_path: Path, new_job: Callable[..., Job]) -> None:
    """The migration makes the words of those that are there."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    command.upgrade(alembic_config(url), "0004")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        there = {column["name"] for column in sa.inspect(connection).get_columns("jobs")}
        for name in ("Harbour.mp4", None):
            row = new_job(id=new_id(), input_name=name).row()
            connection.execute(sa.insert(jobs).values({key: value for key, value in row.items() if key in there}))
    engine.dispose()

    migrate(url)

    database = Database(url)
    try:
        assert found(database, "harb") == ["Harbour.mp4"]
    finally:
        database.close()


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"oldest_first": True},
        {"status": JobStatus.DONE},
        {"plugin": "rare"},
        {"plugin": "rare", "status": JobStatus.ERROR},
        {"batch_id": NOBODY},
        {"batch_id": NOBODY, "status": JobStatus.DONE, "plugin": "motion"},
        {"text": "harb"},
        {"text": "harb 03"},
        {"text": "harb", "status": JobStatus.DONE},
        {"text": "harb", "plugin": "rare", "oldest_first": True},
        {"text": "0190"},
        {"created_after_ms": 1, "created_before_ms": 2},
    ],
    ids=str,
)
@pytest.mark.parametrize("after", [None, NOBODY], ids=["first page", "deep"])
def test_no_page_looks_through_all_jobs(database: Database, query: dict[str, Any], after: str | None) -> None:
    """It goes by an index, in the order that it shows: `python -m bench list` measures what that is worth."""
    if database.url.startswith("postgresql"):
        pytest.skip("which way PostgreSQL goes depends on how much is there")
    statements: list[tuple[str, object]] = []

    def note(_: object, __: object, statement: str, parameters: object, *___: object) -> None:
        statements.append((statement, parameters))

    with database.read() as connection:
        sa.event.listen(connection, "before_cursor_execute", note)
        store.page(connection, "default", JobQuery(after=after, **query))
        sa.event.remove(connection, "before_cursor_execute", note)
        plans = [
            [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]  # type: ignore[arg-type]
            for statement, parameters in statements
        ]

    assert plans
    for plan in plans:
        assert plan[0].startswith("SEARCH"), plan
        assert "job_terms" in plan[0] or "tenant=?" in plan[0], plan
        assert ("batch_id=?" in plan[0]) == ("batch_id" in query), plan
        assert not any("SCAN" in step or "TEMP B-TREE" in step for step in plan), plan
