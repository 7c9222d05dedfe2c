"""Answers as files: `format` and `download`."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.unit.api.web import PNG, Web, problem_of

FRAMES = 700


@pytest.fixture(scope="module")
def job_id(web: Web) -> str:
    """A finished job with more frames than a page has."""
    run = web.worker.begin(web.submit(PNG, name="häfen & co.png"))
    for index in range(FRAMES):
        run.frame(index)
    run.done()
    return run.job.id


def download(web: Web, job_id: str, what: str, **query: Any) -> httpx.Response:
    """An answer about the job."""
    answer = web.client.get(f"/v1/jobs/{job_id}/{what}", params=query)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize(
    ("what", "query", "name"),
    [
        ("frames", {"format": "ndjson"}, "h%C3%A4fen%20%26%20co.frames.ndjson"),
        ("frames", {"format": "json"}, "h%C3%A4fen%20%26%20co.frames.json"),
        ("events", {"format": "ndjson"}, "h%C3%A4fen%20%26%20co.events.ndjson"),
        ("events", {}, "h%C3%A4fen%20%26%20co.events.json"),
        ("result", {}, "h%C3%A4fen%20%26%20co.result.json"),
        ("input", {}, "h%C3%A4fen%20%26%20co.png"),
    ],
)
def test_a_download_has_a_name(web: Web, job_id: str, what: str, query: dict[str, str], name: str) -> None:
    """That of the input, and what it is; without `download` a browser shows it."""
    kept = download(web, job_id, what, download="1", **query)
    shown = download(web, job_id, what, **query)

    assert kept.headers["content-disposition"] == f"attachment; filename*=UTF-8''{name}"
    assert not shown.headers.get("content-disposition", "inline").startswith("attachment")


@pytest.mark.parametrize(("what", "items", "count"), [("frames", "frames", FRAMES), ("events", "messages", FRAMES + 3)])
def test_a_download_is_whole(web: Web, job_id: str, what: str, items: str, count: int) -> None:
    """Neither form ends after a page, and both hold the same."""
    lines = download(web, job_id, what, format="ndjson", download="1").text.splitlines()
    one = download(web, job_id, what, format="json", download="1").json()

    assert len(lines) == count
    assert [json.loads(line) for line in lines] == one[items]
    assert one["next_after"] is None


def test_a_download_of_a_page_is_that_page(web: Web, job_id: str) -> None:
    """Whoever names one gets it."""
    page = download(web, job_id, "frames", format="json", download="1", limit=3).json()

    assert [frame["frame_index"] for frame in page["frames"]] == [0, 1, 2]
    assert page["next_after"] is not None


@pytest.mark.parametrize("what", ["frames", "events"])
def test_nothing_is_a_whole_file_too(web: Web, what: str) -> None:
    """A job that has found nothing yet gives valid JSON."""
    job_id = web.submit()
    body = download(web, job_id, what, format="json", download="1").json()

    assert len(body["frames" if what == "frames" else "messages"]) == (0 if what == "frames" else 1)


def test_format_wins_over_accept(web: Web, job_id: str) -> None:
    """A link has no headers."""
    headers = {"Accept": "application/x-ndjson"}
    answer = web.client.get(f"/v1/jobs/{job_id}/frames", params={"format": "json"}, headers=headers)

    assert len(answer.json()["frames"]) == 200


@pytest.mark.parametrize(
    ("what", "query"),
    [("frames", {"format": "xml"}), ("events", {"download": "maybe"}), ("input", {"download": "2"})],
)
def test_what_is_not_known_is_refused(web: Web, job_id: str, what: str, query: dict[str, str]) -> None:
    """400 with the parameter's name."""
    problem = problem_of(web.client.get(f"/v1/jobs/{job_id}/{what}", params=query))

    assert (problem["code"], problem["errors"][0]["field"]) == ("INVALID_QUERY", next(iter(query)))
