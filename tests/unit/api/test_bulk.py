"""`POST /v1/jobs/cancel`, `…/purge` and `…/retry`: lists of jobs, an outcome for each."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app.jobs.ids import new_id
from tests.unit.api.web import Web, problem_of


def bulk(web: Web, call: str, ids: list[str], **headers: str) -> dict[str, Any]:
    """The answer to a list."""
    answer = web.client.post(f"/v1/jobs/{call}", json={"job_ids": ids}, headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def ended(web: Web) -> str:
    """A job that is done."""
    run = web.worker.begin(web.submit())
    run.done()
    return run.job.id


def test_cancel(web: Web) -> None:
    """Those that run are cancelled, those that have ended stay so, and one that is not there hinders none."""
    done, missing, waiting = ended(web), new_id(), web.submit()

    answer = bulk(web, "cancel", [done, missing, waiting])

    outcomes = [(item["job_id"], item["ok"], item["status"]) for item in answer["outcomes"]]
    assert outcomes == [(done, True, "done"), (missing, False, None), (waiting, True, "cancelled")]
    assert answer["outcomes"][1]["error"]["code"] == "JOB_NOT_FOUND"
    assert (answer["succeeded"], answer["failed"]) == (2, 1)
    assert web.get(f"/v1/jobs/{waiting}")["status"] == "cancelled"


def test_purge(web: Web) -> None:
    """Those that have ended go; one that waits stays, and its outcome says how it stands."""
    done, waiting = ended(web), web.submit()

    answer = bulk(web, "purge", [waiting, "nothing", done])

    outcomes = [(item["ok"], item["status"], (item["error"] or {}).get("code")) for item in answer["outcomes"]]
    assert outcomes == [(False, "queued", "JOB_NOT_ENDED"), (False, None, "JOB_NOT_FOUND"), (True, None, None)]
    assert web.client.get(f"/v1/jobs/{done}").status_code == 404
    assert web.get(f"/v1/jobs/{waiting}")["status"] == "queued"


def test_retry(web: Web) -> None:
    """A new job for each that has ended, named in its outcome."""
    one, other, waiting = ended(web), ended(web), web.submit()

    answer = bulk(web, "retry", [one, waiting, other])

    assert [item["ok"] for item in answer["outcomes"]] == [True, False, True]
    for item in (answer["outcomes"][0], answer["outcomes"][2]):
        again = web.get(f"/v1/jobs/{item['new_job_id']}/extended")
        assert (again["retry_of"], again["status"], item["status"]) == (item["job_id"], "queued", "queued")
        assert web.client.get(f"/v1/jobs/{item['new_job_id']}/input").status_code == 200
        first = web.get(f"/v1/jobs/{item['new_job_id']}/events")["messages"][0]
        assert (first["type"], first["payload"]["status"]) == ("job_status", "queued")


def test_a_key_retries_once(web: Web) -> None:
    """The same list under the same key: the same new jobs."""
    ids = [ended(web), ended(web)]
    key = {"Idempotency-Key": f"list-{ids[0]}"}

    first, second = bulk(web, "retry", ids, **key), bulk(web, "retry", ids, **key)

    assert first == second
    again = web.client.post("/v1/jobs/retry", json={"job_ids": ids[:1]}, headers=key)
    assert problem_of(again)["code"] == "IDEMPOTENCY_MISMATCH"


def test_a_job_that_is_named_twice_has_its_turn_once(web: Web) -> None:
    """One outcome, however the id was written."""
    job_id = ended(web)

    assert len(bulk(web, "retry", [job_id, job_id.upper(), f"{{{job_id}}}"])["outcomes"]) == 1


@pytest.mark.parametrize("call", ["cancel", "purge", "retry"])
@pytest.mark.parametrize(
    "body",
    [{}, {"job_ids": []}, {"job_ids": "x"}, {"job_ids": [1]}, {"job_ids": ["x"] * 201}, {"job_ids": ["x" * 256]}],
)
def test_a_list_that_is_none_or_too_long(web: Web, call: str, body: dict[str, Any]) -> None:
    """422, naming the field; nothing was done."""
    problem = problem_of(web.client.post(f"/v1/jobs/{call}", json=body))

    assert (problem["status"], problem["code"]) == (422, "VALIDATION_FAILED")
    assert [item["field"] for item in problem["errors"]] == ["job_ids"]


@pytest.mark.parametrize(("content", "code"), [("[]", "BAD_REQUEST"), ("{", "BAD_REQUEST"), ("", "BAD_REQUEST")])
def test_a_body_that_is_no_object(web: Web, content: str, code: str) -> None:
    """400."""
    assert problem_of(web.client.post("/v1/jobs/cancel", content=content))["code"] == code


def test_a_page_of_another_origin_may_not(web: Web) -> None:
    """As with every change."""
    answer: httpx.Response = web.client.post(
        "/v1/jobs/purge", json={"job_ids": [ended(web)]}, headers={"Origin": "https://elsewhere.example"}
    )

    assert problem_of(answer)["code"] == "NOT_ALLOWED"
