"""`POST /v1/jobs` with a JSON body, which names an input that is elsewhere already; test_tus_jobs.py has uploads."""

from __future__ import annotations

import pytest

from tests.unit.api.web import Web, problem_of


def test_it_names_what_is_not_enabled(web: Web) -> None:
    """`input_url` has a code of its own."""
    url = web.client.post("/v1/jobs", json={"plugin": "counting", "input_url": "http://x/", "upload_id": None})

    assert problem_of(url)["code"] == "URL_INPUT_DISABLED"


def test_it_is_checked_as_a_form_is(web: Web) -> None:
    """Unknown fields are named; null is as good as absent."""
    answer = web.client.post("/v1/jobs", json={"plugin": "counting", "webhook_url": None, "shade": 1})

    assert [error["field"] for error in problem_of(answer)["errors"]] == ["shade"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"7", b"[" * 100_000, b"\xff"])
def test_what_is_no_object_is_refused(web: Web, body: bytes) -> None:
    """As a bad request, whatever it is."""
    answer = web.client.post("/v1/jobs", content=body, headers={"Content-Type": "application/json"})

    assert problem_of(answer)["code"] == "BAD_REQUEST"


def test_it_is_bounded(web: Web) -> None:
    """A megabyte is more than any wish needs."""
    answer = web.client.post("/v1/jobs", json={"plugin": "x" * 1_100_000})

    assert problem_of(answer)["code"] == "BODY_TOO_LARGE"
