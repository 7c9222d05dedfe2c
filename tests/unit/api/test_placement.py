"""Where a job is placed, by what was asked for and what the fleet has."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from app.jobs import store
from tests.unit.api.web import Web, problem_of


def ask(web: Web, **fields: Any) -> Any:
    """Submit for a tool that has a use for a GPU."""
    return web.post(plugin="drawing", tool="outline", options=json.dumps({"colour": "red"}), **fields)


def test_a_gpu_that_nobody_has_becomes_the_cpu(web: Web) -> None:
    """It is said at once: `fallback`, and why."""
    answer = ask(web, device="gpu")

    job = answer.json()
    assert (job["device_requested"], job["device_used"], job["fallback"]) == ("gpu", "cpu", True)
    assert "No worker has a GPU" in web.get(f"/v1/jobs/{job['job_id']}/extended")["fallback_reason"]


def test_without_fallback_it_is_refused(web: Web) -> None:
    """503, to be tried again: a worker with a GPU may come."""
    problem = problem_of(ask(web, device="gpu", fallback="false"))

    assert (problem["status"], problem["code"], problem["retryable"]) == (503, "DEVICE_UNAVAILABLE", True)


def test_a_tool_without_use_for_a_gpu_is_refused_for_good(web: Web) -> None:
    """Trying again would not help."""
    problem = problem_of(web.post(device="gpu", fallback="false"))

    assert (problem["status"], problem["code"], problem["retryable"]) == (400, "INVALID_DEVICE", False)


def test_auto_is_no_fallback(web: Web) -> None:
    """Who leaves the choice to the server gets what is there."""
    job = ask(web, device="auto").json()

    assert (job["device_requested"], job["device_used"], job["fallback"]) == ("auto", "cpu", False)


def test_the_cpu_that_nobody_offers_is_refused(own_web: Callable[..., Web]) -> None:
    """A job that no worker would take up is told so, and does not wait for ever."""
    web = own_web()
    web.announce(queues=["gpu"], devices=[{"name": "gpu", "title": "A GPU"}])

    problem = problem_of(ask(web))

    assert (problem["status"], problem["code"], problem["retryable"]) == (503, "DEVICE_UNAVAILABLE", True)
    assert ask(web, device="auto").json()["device_used"] == "gpu"


def test_a_gpu_is_used_where_there_is_one(own_web: Callable[..., Web]) -> None:
    """The job waits in that device's queue."""
    web = own_web()
    web.announce(id="hand-2", queues=["gpu"], devices=[{"name": "gpu", "title": "A GPU"}])

    answers = [ask(web, device=device).json() for device in ("gpu", "auto")]

    assert [(job["device_used"], job["fallback"]) for job in answers] == [("gpu", False), ("gpu", False)]
    with web.database.read() as connection:
        assert store.get(connection, "default", answers[0]["job_id"]).queue == "gpu"
