"""A tenant sees nothing of another's, by whatever way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from app.errors import JobAlreadyEnded
from app.jobs import store, transitions
from app.jobs.ids import new_id
from tests.unit.api.web import Web, problem_of


@pytest.fixture(scope="module")
def foreign(web: Web) -> Iterator[str]:
    """A job of somebody else, over an input that is there."""
    with web.database.read() as connection:
        mine = store.get(connection, "default", web.submit())
    theirs = replace(mine, id=new_id(), tenant="other", input_name="theirs.png")
    with web.database.write() as connection:
        transitions.submit(connection, theirs)
    yield theirs.id
    with web.database.write() as connection, suppress(JobAlreadyEnded):
        transitions.cancel(connection, "other", theirs.id)


@pytest.mark.parametrize(
    "path", ["", "/result", "/extended", "/frames", "/events", "/input", "/frames/0.jpg", "/previews", "/thumbnail"]
)
def test_it_can_not_be_read(web: Web, foreign: str, path: str) -> None:
    """404, in the words that a job gets that was never made."""
    answer = problem_of(web.client.get(f"/v1/jobs/{foreign}{path}"))
    never = problem_of(web.client.get(f"/v1/jobs/{(other := new_id())}{path}"))

    assert {**answer, "request_id": 0} == {
        **never,
        "request_id": 0,
        "detail": never["detail"].replace(other, foreign),
    }


def test_it_can_not_be_cancelled(web: Web, foreign: str) -> None:
    """By either call, and it goes on."""
    assert problem_of(web.client.delete(f"/v1/jobs/{foreign}"))["code"] == "JOB_NOT_FOUND"
    assert problem_of(web.client.post(f"/v1/jobs/{foreign}/cancel"))["code"] == "JOB_NOT_FOUND"
    with web.database.read() as connection:
        assert store.get(connection, "other", foreign).status == "queued"


def test_it_can_neither_be_purged_nor_tried_again(web: Web, foreign: str) -> None:
    """Alone or in a list, in the words of a job that was never made."""
    with web.database.write() as connection:
        transitions.cancel(connection, "other", foreign)
    for call in ("purge", "retry"):
        assert problem_of(web.client.post(f"/v1/jobs/{foreign}/{call}"))["code"] == "JOB_NOT_FOUND"
        (outcome,) = web.client.post(f"/v1/jobs/{call}", json={"job_ids": [foreign]}).json()["outcomes"]
        assert (outcome["status"], outcome["error"]["code"]) == (None, "JOB_NOT_FOUND")
    with web.database.read() as connection:
        assert store.get(connection, "other", foreign).status == "cancelled"


def test_it_is_in_no_list(web: Web, foreign: str) -> None:
    """Not even by its own id or name."""
    assert web.get("/v1/jobs", q=foreign)["jobs"] == []
    assert web.get("/v1/jobs", q="theirs")["jobs"] == []


def test_it_is_in_no_stream(web: Web, foreign: str) -> None:
    """Neither by name nor among everything."""
    assert web.client.get("/v1/realtime", params={"job_id": foreign, "since": "start"}).status_code == 404
    everything = web.get("/v1/realtime", since="start")["messages"]
    assert foreign not in {message.get("job_id") for message in everything}
