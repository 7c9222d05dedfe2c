"""The calls that wait: `POST /v1/analyze` (Phase 9), and one tool over one small image."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.stack import wait_until
from tests.unit.api.hand_worker import Run
from tests.unit.api.web import PNG, Web, problem_of

Call = Callable[..., Future[httpx.Response]]


@pytest.fixture
def call(web: Web) -> Iterator[Call]:
    """Calls that wait, each on a thread."""
    with ThreadPoolExecutor(4) as threads:

        def post(path: str, **arguments: Any) -> Future[httpx.Response]:
            return threads.submit(httpx.post, web.url + path, timeout=30, trust_env=False, **arguments)

        yield post


def next_run(web: Web) -> Run:
    """The job that the call has made, once it is there."""

    def newest() -> str | None:
        jobs = web.get("/v1/jobs", status="queued", limit=1)["jobs"]
        return jobs[0]["job_id"] if jobs else None

    return web.worker.begin(str(wait_until(newest, what="a job waiting")))


@pytest.fixture(autouse=True)
def _nothing_waits(web: Web) -> None:
    """Other tests' jobs are out of the way."""
    while jobs := web.get("/v1/jobs", status="queued", limit=200)["jobs"]:
        for job in jobs:
            web.client.post(f"/v1/jobs/{job['job_id']}/cancel")


@pytest.mark.parametrize(
    "body",
    [
        {"content": PNG},
        {"content": PNG, "headers": {"Content-Type": "application/x-anything"}},
        {"files": {"file": ("dot.png", PNG)}},
    ],
    ids=["raw", "raw with a type", "multipart"],
)
def test_it_answers_with_the_result(web: Web, call: Call, body: dict[str, Any]) -> None:
    """Phase 9's six fields, once the job is done."""
    waiting = call("/v1/analyze?plugin=counting&device=cpu", **body)
    run = next_run(web)
    frame = run.frame(0)
    run.done({"found": 3})

    answer = waiting.result()

    assert answer.status_code == 200
    assert answer.json() == {
        "job_id": run.job.id,
        "device_requested": "cpu",
        "device_used": "cpu",
        "fallback": False,
        "frames": [frame.model_dump(mode="json", exclude_none=True)],
        "result": {"found": 3},
    }


def test_the_address_wins_over_the_body(web: Web, call: Call) -> None:
    """Fields may be in either."""
    data = {"plugin": "nobody", "tool": "read", "options": "{}"}
    waiting = call("/v1/analyze?plugin=drawing", data=data, files={"file": PNG})
    run = next_run(web)
    run.done()

    assert waiting.result().status_code == 200
    assert (run.job.plugin, run.job.tools) == ("drawing", ["read"])


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("plugin=counting&device=auto", 400, "INVALID_DEVICE"),
        ("plugin=counting&device=tpu", 400, "INVALID_DEVICE"),
        ("plugin=counting&image_url=http://127.0.0.1/x", 400, "URL_INPUT_DISABLED"),
        ("plugin=nobody", 404, "PLUGIN_NOT_FOUND"),
        ("plugin=drawing&tool=none", 404, "TOOL_NOT_FOUND"),
        ("plugin=counting&options=7", 422, "INVALID_OPTIONS"),
        ("plugin=counting&colour=red", 422, "VALIDATION_FAILED"),
        ("", 400, "MISSING_FIELD"),
    ],
)
def test_what_is_wrong_is_named(web: Web, query: str, status: int, code: str) -> None:
    """Nothing of it stays, and nobody waits."""
    before = web.inputs()

    problem = problem_of(web.client.post(f"/v1/analyze?{query}", content=PNG))

    assert (problem["status"], problem["code"]) == (status, code)
    assert web.inputs() == before


def test_a_device_in_the_body_is_checked_too(web: Web) -> None:
    """Phase 9 takes cpu and gpu, however it is said."""
    answer = web.client.post("/v1/analyze?plugin=counting", data={"device": "auto"}, files={"file": PNG})

    assert problem_of(answer)["code"] == "INVALID_DEVICE"


@pytest.mark.parametrize(
    ("error_code", "status", "code"),
    [
        ("INPUT_UNREADABLE", 400, "INPUT_UNREADABLE"),
        ("INPUT_EMPTY", 400, "INPUT_EMPTY"),
        ("INPUT_TOO_DAMAGED", 400, "INPUT_TOO_DAMAGED"),
        ("INPUT_TOO_MANY_PIXELS", 413, "INPUT_TOO_MANY_PIXELS"),
        ("INPUT_TOO_LONG", 413, "INPUT_TOO_LONG"),
        ("INPUT_TOO_LARGE", 413, "INPUT_TOO_LARGE"),
        ("UNSUPPORTED_INPUT", 415, "UNSUPPORTED_INPUT"),
        ("PLUGIN_CRASH", 500, "JOB_FAILED"),
    ],
)
def test_a_failed_job_is_an_error(web: Web, call: Call, error_code: str, status: int, code: str) -> None:
    """The caller's fault and the server's are told apart; the job is named."""
    waiting = call("/v1/analyze?plugin=counting", content=PNG)
    run = next_run(web)
    run.fail(error_code, "It went wrong.")

    problem = problem_of(waiting.result())

    assert (problem["status"], problem["code"], problem["error_code"]) == (status, code, error_code)
    assert (problem["detail"], problem["job_id"]) == ("It went wrong.", run.job.id)


def test_a_cancelled_job_is_an_error(web: Web, call: Call) -> None:
    """Somebody else may cancel what the caller waits for."""
    waiting = call("/v1/analyze?plugin=counting", content=PNG)
    run = next_run(web)
    web.client.delete(f"/v1/jobs/{run.job.id}")

    problem = problem_of(waiting.result())

    assert (problem["status"], problem["code"]) == (409, "CANCELLED")


def test_a_job_that_takes_too_long_goes_on(own_web: Callable[..., Web]) -> None:
    """504 names it; it is not cancelled."""
    web = own_web(max_wait_seconds=0.2)

    problem = problem_of(web.client.post("/v1/analyze?plugin=counting", content=PNG))

    assert (problem["status"], problem["code"]) == (504, "TIMED_OUT")
    assert web.get(f"/v1/jobs/{problem['job_id']}")["status"] == "queued"


def test_the_same_key_waits_for_the_same_job(web: Web, call: Call) -> None:
    """A caller that was cut off picks its job up again."""
    headers = {"Idempotency-Key": "analyze-once"}
    first = call("/v1/analyze?plugin=counting", content=PNG, headers=headers)
    run = next_run(web)
    second = call("/v1/analyze?plugin=counting", content=PNG, headers=headers)
    run.done()

    assert first.result().json() == second.result().json()


class TestRunTool:
    """`POST /v1/plugins/{plugin}/tools/{tool}/run`."""

    def test_it_answers_with_what_the_tool_found(self, web: Web, call: Call) -> None:
        """The tool's result with its frames, and its own time."""
        waiting = call("/v1/plugins/drawing/tools/read/run", content=PNG)
        run = next_run(web)
        frame = run.frame(0)
        run.done({"text": "hello"}, tool_timings={"drawing.read": 12.5})

        answer = waiting.result()

        assert answer.json() == {
            "tool_name": "read",
            "plugin_id": "drawing",
            "result": {"text": "hello", "frames": [frame.model_dump(mode="json", exclude_none=True)]},
            "processing_time_ms": 12.5,
        }

    def test_it_takes_images_only(self, web: Web) -> None:
        """A video is a job's work."""
        film = b"RIFF\x00\x00\x00\x00AVI LIST"

        problem = problem_of(web.client.post("/v1/plugins/counting/tools/count/run", content=film))

        assert (problem["status"], problem["code"]) == (415, "UNSUPPORTED_INPUT")

    @pytest.mark.parametrize(
        ("path", "code"), [("nobody/tools/count", "PLUGIN_NOT_FOUND"), ("counting/tools/none", "TOOL_NOT_FOUND")]
    )
    def test_no_such_tool(self, web: Web, path: str, code: str) -> None:
        """404."""
        assert problem_of(web.client.post(f"/v1/plugins/{path}/run", content=PNG))["code"] == code
