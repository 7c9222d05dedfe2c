"""Cancelling a job: `DELETE /v1/jobs/{id}` (Phase 9) and `POST …/cancel`."""

from __future__ import annotations

import pytest

from app.jobs.transitions import advance
from tests.unit.api.web import Web, problem_of


@pytest.mark.parametrize("running", [False, True])
def test_when_it_answers_the_job_is_cancelled(web: Web, *, running: bool) -> None:
    """The status is committed, and the last message of its log says so."""
    job_id = web.submit()
    if running:
        web.worker.begin(job_id).frame(0)

    answer = web.client.delete(f"/v1/jobs/{job_id}")

    assert (answer.status_code, answer.json()) == (200, {"status": "cancelled", "job_id": job_id})
    assert web.get(f"/v1/jobs/{job_id}")["status"] == "cancelled"
    last = web.get(f"/v1/jobs/{job_id}/events")["messages"][-1]
    assert (last["type"], last["payload"]["status"]) == ("job_status", "cancelled")


def test_its_worker_is_fenced_off(web: Web) -> None:
    """What the worker still has to say is not taken."""
    run = web.worker.begin(web.submit())
    web.client.delete(f"/v1/jobs/{run.job.id}")

    with web.database.write() as connection:
        assert not advance(connection, run.job.id, run.job.attempt, from_n=0, to_n=1, values={"progress": 99})


@pytest.mark.parametrize("end", ["done", "cancelled", "error"])
def test_what_has_ended_stays_so(web: Web, end: str) -> None:
    """409 for `DELETE`; `POST …/cancel` answers with the status as it is."""
    run = web.worker.begin(web.submit())
    match end:
        case "done":
            run.done()
        case "error":
            run.fail("PLUGIN_CRASH", "It crashed.")
        case _:
            web.client.delete(f"/v1/jobs/{run.job.id}")

    problem = problem_of(web.client.delete(f"/v1/jobs/{run.job.id}"))
    cancelled = web.client.post(f"/v1/jobs/{run.job.id}/cancel")

    assert (problem["status"], problem["code"]) == (409, "JOB_ALREADY_ENDED")
    assert (cancelled.status_code, cancelled.json()) == (200, {"status": end, "job_id": run.job.id})
    assert web.get(f"/v1/jobs/{run.job.id}")["status"] == end


def test_cancel_by_post(web: Web) -> None:
    """For those whose proxies refuse `DELETE`; twice is as good as once."""
    job_id = web.submit()

    first = web.client.post(f"/v1/jobs/{job_id}/cancel")
    second = web.client.post(f"/v1/jobs/{job_id}/cancel")

    assert first.json() == second.json() == {"status": "cancelled", "job_id": job_id}
    statuses = [message["payload"]["status"] for message in web.get(f"/v1/jobs/{job_id}/events")["messages"]]
    assert statuses == ["queued", "cancelled"]


@pytest.mark.parametrize("job_id", ["01a206df-3489-7381-b4b5-6b148e1a5f47", "nothing"])
def test_no_such_job(web: Web, job_id: str) -> None:
    """404."""
    assert problem_of(web.client.delete(f"/v1/jobs/{job_id}"))["code"] == "JOB_NOT_FOUND"
    assert problem_of(web.client.post(f"/v1/jobs/{job_id}/cancel"))["code"] == "JOB_NOT_FOUND"
