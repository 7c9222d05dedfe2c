"""`POST /v1/demo`: the bundled sample as a job."""

from __future__ import annotations

from app.sample import sample_file
from plugins.motion import Motion
from tests.unit.api.web import Web, problem_of


def test_it_submits_the_sample(web: Web) -> None:
    """It answers as a submit does, and the job's input is the film."""
    web.announce(id="hand-2", plugins=[{"manifest": Motion.manifest().model_dump(mode="json")}])
    try:
        answer = web.client.post("/v1/demo")
    finally:
        web.forget("hand-2")

    assert answer.status_code == 202
    job_id = answer.json()["job_id"]
    assert answer.headers["location"] == f"/v1/jobs/{job_id}"
    assert answer.json()["status"] == "queued"
    job = web.get(f"/v1/jobs/{job_id}/extended")
    assert (job["plugin"], job["input_name"], job["input_type"]) == ("motion", "harbour.webm", "video/webm")
    assert web.client.get(f"/v1/jobs/{job_id}/input").content == sample_file().read_bytes()


def test_without_its_plugin_it_is_not_there(web: Web) -> None:
    """A stable code says so, and nothing stays."""
    inputs = web.inputs()

    problem = problem_of(web.client.post("/v1/demo"))

    assert (problem["status"], problem["code"]) == (404, "PLUGIN_NOT_FOUND")
    assert web.inputs() == inputs


def test_a_key_makes_one_job(web: Web) -> None:
    """A double click is one demonstration."""
    web.announce(id="hand-2", plugins=[{"manifest": Motion.manifest().model_dump(mode="json")}])
    try:
        first, second = (web.client.post("/v1/demo", headers={"Idempotency-Key": "demo-1"}) for _ in range(2))
    finally:
        web.forget("hand-2")

    assert first.json() == second.json()
