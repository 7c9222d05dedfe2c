"""`GET /v1/jobs`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.api.web import PNG, Web, as_json, problem_of, serve_web


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Web, list[str]]]:
    """A web process with seven jobs, oldest first: three of `drawing`; the first done, the second cancelled."""
    with serve_web(tmp_path_factory.mktemp("list")) as web:
        made = [
            web.submit(plugin="drawing", tool="count", name=f"Harbour {number}.png")
            if number % 2
            else web.submit(name=f"plain_{number}.png")
            for number in range(7)
        ]
        web.worker.begin(made[0]).done()
        web.client.delete(f"/v1/jobs/{made[1]}")
        yield web, sorted(made)


def ids(page: dict[str, Any]) -> list[str]:
    """The jobs of a page."""
    return [job["job_id"] for job in page["jobs"]]


def test_newest_come_first(filled: tuple[Web, list[str]]) -> None:
    """All of them, and no further page."""
    web, made = filled

    page = web.get("/v1/jobs")

    assert ids(page) == made[::-1]
    assert (page["count"], page["next_after"]) == (7, None)


def test_a_summary_has_no_frames(filled: tuple[Web, list[str]]) -> None:
    """It has what a list shows, and every field is there also where it is null."""
    web, made = filled

    job = web.get("/v1/jobs", status="done")["jobs"][0]

    assert job == {
        "job_id": made[0],
        "status": "done",
        "plugin": "counting",
        "tools": ["count"],
        "input_name": "plain_0.png",
        "input_type": "image/png",
        "input_bytes": len(PNG),
        "device_requested": "cpu",
        "device_used": "cpu",
        "fallback": False,
        "priority": "normal",
        "batch_id": None,
        "retry_of": None,
        "progress": 100,
        "stage": None,
        "attempt": 1,
        "warnings_count": 0,
        "error": None,
        "created_at": job["created_at"],
        "started_at": job["started_at"],
        "finished_at": job["finished_at"],
    }
    assert job["created_at"].endswith("Z")


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
@pytest.mark.parametrize("sort", ["-created_at", "created_at"])
def test_pages_together_are_the_whole(filled: tuple[Web, list[str]], limit: int, sort: str) -> None:
    """Each job once, in order, whatever the page's size; the last page says that it is the last."""
    web, made = filled
    seen: list[str] = []
    after: dict[str, str] = {}
    pages = 0
    while True:
        page = web.get("/v1/jobs", limit=limit, sort=sort, **after)
        pages += 1
        seen += ids(page)
        assert page["count"] == len(page["jobs"]) <= limit
        if page["next_after"] is None:
            break
        after = {"after": page["next_after"]}

    assert seen == (made if sort == "created_at" else made[::-1])
    assert pages == -(-7 // limit)


def test_a_page_holds_what_was_made_meanwhile_off(filled: tuple[Web, list[str]]) -> None:
    """A job made between two pages is in neither: pages follow an id, not a count."""
    web, made = filled
    first = web.get("/v1/jobs", limit=3)
    newer = web.submit()
    second = web.get("/v1/jobs", limit=200, after=first["next_after"])
    web.client.delete(f"/v1/jobs/{newer}")

    assert ids(first) + ids(second) == made[::-1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"status": "done"}, [0]),
        ({"status": "queued"}, [6, 5, 4, 3, 2]),
        ({"status": "error"}, []),
        ({"plugin": "drawing"}, [5, 3, 1]),
        ({"plugin": "drawing", "status": "cancelled"}, [1]),
        ({"plugin": "nobody"}, []),
        ({"q": "harbour"}, [5, 3, 1]),
        ({"q": "harb 3"}, [3]),
        ({"q": "3.PNG harbour"}, [3]),
        ({"q": "harbour plain"}, []),
        ({"q": "bour"}, []),
        ({"q": "harbour", "plugin": "counting"}, []),
        ({"q": "png", "status": "cancelled"}, [1]),
        # Neither is a pattern to the user.
        ({"q": "%"}, []),
        ({"q": "plain_"}, [6, 4, 2, 0]),
        ({"batch_id": "none"}, []),
        ({"created_after": "2000-01-01T00:00:00Z"}, [6, 5, 4, 3, 2, 1, 0]),
        ({"created_after": "0001-01-01T00:00:00Z"}, [6, 5, 4, 3, 2, 1, 0]),
        ({"created_after": "9000-01-01T00:00:00+02:00"}, []),
        ({"created_before": "2000-01-01T00:00:00Z"}, []),
        ({"status": "", "q": "", "after": ""}, [6, 5, 4, 3, 2, 1, 0]),
    ],
)
def test_filters(filled: tuple[Web, list[str]], query: dict[str, str], expected: list[int]) -> None:
    """Each narrows, and together they narrow together."""
    web, made = filled

    jobs = ids(web.get("/v1/jobs", **query))

    # Other tests of this file make jobs of their own.
    assert [job for job in jobs if job in made] == [made[number] for number in expected]


def test_a_job_is_found_by_the_beginning_of_its_id(filled: tuple[Web, list[str]]) -> None:
    """As people paste it."""
    web, made = filled

    assert ids(web.get("/v1/jobs", q=made[3][:30])) == [made[3]]


def test_times_bound_a_list(filled: tuple[Web, list[str]]) -> None:
    """`created_after` takes the moment itself in, `created_before` leaves it out."""
    web, made = filled
    moment = {job["job_id"]: job["created_at"] for job in web.get("/v1/jobs")["jobs"]}[made[3]]

    assert made[3] in ids(web.get("/v1/jobs", created_after=moment))
    assert made[3] not in ids(web.get("/v1/jobs", created_before=moment))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"after": "zzz"}, "after"),
        ({"status": "lost"}, "status"),
        ({"sort": "name"}, "sort"),
        ({"created_after": "yesterday"}, "created_after"),
        ({"created_before": "2026-13-01"}, "created_before"),
        ({"q": "x" * 256}, "q"),
        ({"plugin": "a\0b"}, "plugin"),
    ],
)
def test_a_bad_parameter_is_named(filled: tuple[Web, list[str]], query: dict[str, str], field: str) -> None:
    """With the field in the answer."""
    web, _ = filled

    problem = problem_of(web.client.get("/v1/jobs", params=query))

    assert (problem["status"], problem["code"]) == (400, "INVALID_QUERY")
    assert [error["field"] for error in problem["errors"]] == [field]


def test_a_list_carries_no_results(filled: tuple[Web, list[str]]) -> None:
    """However large what a job found is, its line in a list is short."""
    web, _ = filled
    job_id = web.submit(options=as_json({}))
    web.worker.begin(job_id).done({"text": "x" * 1_000_000})

    answer = web.client.get("/v1/jobs", params={"q": job_id})

    assert len(answer.content) < 2000
