"""`POST /v1/jobs/{id}/retry`: the same input and options as a new job."""

from __future__ import annotations

import pytest

from app.jobs import store
from app.storage.blobs import BlobStore
from tests.unit.api.web import PNG, Web, as_json, problem_of


def ended(web: Web, end: str = "done", **fields: object) -> str:
    """A job that has ended so."""
    run = web.worker.begin(web.submit(PNG + b"tail", name="one.png", **fields))
    match end:
        case "done":
            run.done()
        case "error":
            run.fail("PLUGIN_CRASH", "It crashed.")
        case _:
            web.client.delete(f"/v1/jobs/{run.job.id}")
    return run.job.id


@pytest.mark.parametrize("end", ["done", "error", "cancelled"])
def test_a_new_job_over_the_same(web: Web, end: str) -> None:
    """It has all that the old one was asked for, names it, and waits; the old one stays as it ended."""
    fields = {"plugin": "drawing", "tool": ["outline", "count"], "priority": "high", "device": "auto"}
    old_id = ended(web, end, options=as_json({"outline": {"colour": "red", "width": 3}}), **fields)

    answer = web.client.post(f"/v1/jobs/{old_id}/retry")

    assert answer.status_code == 202
    job_id = answer.json()["job_id"]
    assert answer.headers["location"] == f"/v1/jobs/{job_id}"
    assert (job_id != old_id, answer.json()["status"]) == (True, "queued")
    job = web.get(f"/v1/jobs/{job_id}/extended")
    expected = {
        "retry_of": old_id,
        "plugin": "drawing",
        "tools": ["outline", "count"],
        "priority": "high",
        "device_requested": "auto",
        "input_name": "one.png",
        "input_type": "image/png",
        "input_bytes": len(PNG) + 4,
        "attempt": 1,
    }
    assert {name: job[name] for name in expected} == expected
    with web.database.read() as connection:
        assert store.get(connection, "default", job_id).options == {"outline": {"colour": "red", "width": 3}}
    assert web.client.get(f"/v1/jobs/{job_id}/input").content == PNG + b"tail"
    old = web.get(f"/v1/jobs/{old_id}/extended")
    assert (old["status"], old["retry_of"]) == (end, None)


@pytest.mark.parametrize("purged", ["the old one", "the new one"])
def test_its_input_outlives_the_other(web: Web, purged: str) -> None:
    """Each has the input for itself."""
    old_id = ended(web)
    new_id = web.client.post(f"/v1/jobs/{old_id}/retry").json()["job_id"]
    web.client.delete(f"/v1/jobs/{new_id}")
    gone, left = (old_id, new_id) if purged == "the old one" else (new_id, old_id)

    assert web.client.post(f"/v1/jobs/{gone}/purge").status_code == 200

    assert web.client.get(f"/v1/jobs/{left}/input").content == PNG + b"tail"
    assert web.client.post(f"/v1/jobs/{left}/retry").status_code == 202


def test_what_has_not_ended_is_refused(web: Web) -> None:
    """409: a second job beside a running one is a submit."""
    job_id = web.submit()

    assert problem_of(web.client.post(f"/v1/jobs/{job_id}/retry"))["code"] == "JOB_NOT_ENDED"


def test_an_input_that_is_gone(web: Web) -> None:
    """404, and no job is made."""
    old_id = ended(web)
    BlobStore(web.settings.resolved_storage_url).delete(f"inputs/{old_id}")
    before = web.get("/v1/jobs")["jobs"][0]["job_id"]

    assert problem_of(web.client.post(f"/v1/jobs/{old_id}/retry"))["code"] == "BLOB_NOT_FOUND"
    assert web.get("/v1/jobs")["jobs"][0]["job_id"] == before


def test_a_plugin_that_is_gone(web: Web) -> None:
    """The stable code of a submit, and nothing of it stays."""
    old_id = ended(web)
    inputs = web.inputs()
    web.announce(plugins=[])
    try:
        problem = problem_of(web.client.post(f"/v1/jobs/{old_id}/retry"))
    finally:
        web.announce()

    assert (problem["status"], problem["code"]) == (404, "PLUGIN_NOT_FOUND")
    assert web.inputs() == inputs


def test_who_refused_the_cpu_still_does(web: Web) -> None:
    """`fallback=false` is part of what was asked for."""
    gpu = [{"name": "cpu", "title": "A processor"}, {"name": "gpu", "title": "A card"}]
    web.announce(devices=gpu, queues=["cpu", "gpu"])
    try:
        fields = {"plugin": "drawing", "tool": "outline", "options": as_json({"colour": "red"}), "device": "gpu"}
        strict, lenient = ended(web, fallback="false", **fields), ended(web, **fields)
    finally:
        web.announce()

    assert problem_of(web.client.post(f"/v1/jobs/{strict}/retry"))["code"] == "DEVICE_UNAVAILABLE"
    again = web.client.post(f"/v1/jobs/{lenient}/retry").json()
    assert (again["device_used"], again["fallback"]) == ("cpu", True)


def test_a_key_makes_one_job(web: Web) -> None:
    """Whoever repeats a call whose answer was lost gets that answer."""
    old_id = ended(web)
    first, second = (
        web.client.post(f"/v1/jobs/{old_id}/retry", headers={"Idempotency-Key": f"again-{old_id}"}) for _ in range(2)
    )

    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    other = web.client.post(f"/v1/jobs/{ended(web)}/retry", headers={"Idempotency-Key": f"again-{old_id}"})
    assert problem_of(other)["code"] == "IDEMPOTENCY_MISMATCH"


def test_a_key_keeps_its_answer_when_the_old_job_is_gone(web: Web) -> None:
    """Whoever repeats a call whose answer was lost gets that answer, and not a 404 for what was purged meanwhile."""
    old_id = ended(web)
    key = {"Idempotency-Key": f"late-{old_id}"}
    first = web.client.post(f"/v1/jobs/{old_id}/retry", headers=key)
    assert web.client.post(f"/v1/jobs/{old_id}/purge").status_code == 200
    inputs = web.inputs()

    second = web.client.post(f"/v1/jobs/{old_id}/retry", headers=key)

    assert (second.status_code, second.json()) == (202, first.json())
    assert web.inputs() == inputs
