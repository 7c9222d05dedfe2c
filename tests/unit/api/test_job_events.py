"""`GET /v1/jobs/{id}/events`: the job's log."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.realtime.message_types import RealtimeMessage
from tests.unit.api.web import Web, problem_of


@pytest.fixture(scope="module")
def job_id(web: Web) -> str:
    """A finished job; another job's messages lie between its own."""
    run, other = web.worker.begin(web.submit()), web.worker.begin(web.submit())
    for index in range(20):
        run.frame(index)
        other.frame(index)
    run.done()
    other.done()
    return run.job.id


def pages(web: Web, job_id: str, limit: int) -> list[dict[str, Any]]:
    """Every page."""
    found = [web.get(f"/v1/jobs/{job_id}/events", limit=limit)]
    while found[-1]["next_after"] is not None:
        found.append(web.get(f"/v1/jobs/{job_id}/events", limit=limit, after=found[-1]["next_after"]))
    return found


def test_messages_are_as_on_the_wire(web: Web, job_id: str) -> None:
    """Each fits its model to the letter, and is this job's."""
    messages = web.get(f"/v1/jobs/{job_id}/events")["messages"]

    for message in messages:
        assert RealtimeMessage.model_validate(message).job_id == job_id
    assert [message["type"] for message in messages] == [
        "job_status",
        "job_status",
        *["frame"] * 20,
        "job_status",
    ]


@pytest.mark.parametrize("limit", [1, 7, 23, 1000])
def test_pages_together_are_the_whole(web: Web, job_id: str, limit: int) -> None:
    """Each message once, in order, whatever the page's size."""
    whole = web.get(f"/v1/jobs/{job_id}/events", limit=1000)["messages"]

    assert [message for page in pages(web, job_id, limit) for message in page["messages"]] == whole


def test_lines_are_the_whole(web: Web, job_id: str) -> None:
    """A message a line."""
    answer = web.client.get(f"/v1/jobs/{job_id}/events", headers={"Accept": "application/x-ndjson"})

    assert answer.headers["content-type"].startswith("application/x-ndjson")
    whole = web.get(f"/v1/jobs/{job_id}/events", limit=1000)["messages"]
    assert [json.loads(line) for line in answer.text.splitlines()] == whole


@pytest.mark.parametrize("name", ["after", "since"])
def test_any_messages_id_is_a_cursor(web: Web, job_id: str, name: str) -> None:
    """What follows it is what comes after it, by the name that pages have for it and by that of streams."""
    whole = web.get(f"/v1/jobs/{job_id}/events", limit=1000)["messages"]

    after = web.get(f"/v1/jobs/{job_id}/events", **{name: whole[9]["id"]}, limit=1000)["messages"]
    rest = web.client.get(
        f"/v1/jobs/{job_id}/events", params={name: whole[9]["id"]}, headers={"Accept": "application/x-ndjson"}
    )

    assert after == whole[10:]
    assert len(rest.text.splitlines()) == len(whole) - 10


def test_the_cursor_of_the_end_has_nothing_after_it(web: Web, job_id: str) -> None:
    """An ended job's log is closed: asking on gives nothing and no further page."""
    end = pages(web, job_id, 1000)[-1]["cursor"]

    again = web.get(f"/v1/jobs/{job_id}/events", after=end)

    assert (again["messages"], again["next_after"]) == ([], None)


def test_the_start_is_a_cursor(web: Web, job_id: str) -> None:
    """As on the stream."""
    assert web.get(f"/v1/jobs/{job_id}/events", after="start") == web.get(f"/v1/jobs/{job_id}/events")


@pytest.mark.parametrize("change", ["epoch", "seq"])
def test_a_cursor_of_another_log_is_reset(web: Web, job_id: str, change: str) -> None:
    """410 with the cursor to go on from: of another epoch, or above the head."""
    epoch, _, seq = web.get(f"/v1/jobs/{job_id}/events")["cursor"].partition("-")
    foreign = f"0{epoch[1:]}x-{seq}" if change == "epoch" else f"{epoch}-{int(seq) + 10_000}"

    problem = problem_of(web.client.get(f"/v1/jobs/{job_id}/events", params={"after": foreign}))

    assert (problem["status"], problem["code"]) == (410, "CURSOR_RESET")
    assert problem["reason"] == {"epoch": "epoch_changed", "seq": "ahead_of_log"}[change]
    assert web.get(f"/v1/jobs/{job_id}/events", after=problem["cursor"])["messages"] == []
