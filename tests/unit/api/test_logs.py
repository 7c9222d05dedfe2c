"""Logs: sentences with facts beside them."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

PROGRAM = """
import logging, sys
from pathlib import Path
import structlog
from app.logs import configure_logging
from app.settings import Settings
configure_logging(Settings(data_dir=Path("."), log_format=sys.argv[1], log_level=sys.argv[2]))
with structlog.contextvars.bound_contextvars(request_id="r-1"):
    logging.getLogger("app.somewhere").info("A job was %s", "submitted", extra={"action": "job_submitted"})
logging.getLogger("kombu").info("a library's own step")
try:
    password = "local-variable"
    raise ValueError("of a tool at amqp://ada:lovelace@broker/ with Bearer abcdefghijkl.mno and ticket=t1c-k3t&x=1")
except ValueError:
    logging.getLogger("app.somewhere").exception("It broke", extra={"action": "broke"})
"""


OF_A_JOB = """
import logging, sys
from pathlib import Path
from app.jobs.job import Job
from app.log_context import of_job
from app.logs import configure_logging
from app.settings import Settings
configure_logging(Settings(data_dir=Path("."), log_format=sys.argv[1], log_level=sys.argv[2]))
job = Job(
    id="job-7", tenant="default", plugin="p", tools=[], options={}, queue="cpu", device_requested="cpu",
    device_used="cpu", input_key="k", input_type="t", input_bytes=1, created_at_ms=1, attempt=3, request_id="r-9",
)
with of_job(job):
    logging.getLogger("a.tool").warning("It is dark")
logging.getLogger("a.tool").warning("It is over")
"""


@cache
def logged(form: str, level: str = "info", program: str = PROGRAM) -> str:
    """What a process of this set-up writes."""
    done = subprocess.run(
        [sys.executable, "-c", program, form, level],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert done.stdout == ""
    return done.stderr


def test_as_json_a_line_is_an_object() -> None:
    """With the sentence, its facts, its request, its level, its logger and its time; a traceback stays in its line."""
    lines: list[dict[str, Any]] = [json.loads(line) for line in logged("json").splitlines()]

    submitted, broke = lines
    assert submitted["event"] == "A job was submitted"
    assert (submitted["action"], submitted["request_id"], submitted["level"]) == ("job_submitted", "r-1", "info")
    assert (submitted["logger"], submitted["timestamp"][-1]) == ("app.somewhere", "Z")
    assert "ValueError" in json.dumps(broke["exception"])


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_secret_is_written(form: str) -> None:
    """Neither what an error quotes of an address or a header, nor what a function's variables hold."""
    text = logged(form)

    assert "amqp://ada:***@broker/" in text
    assert "ticket=***&x=1" in text
    for secret in ("lovelace", "abcdefghijkl", "t1c-k3t"):
        assert secret not in text
    # The line of the source is shown; that the variable is listed with its value is what must not be.
    assert text.count("local-variable") == 0


def test_a_line_says_whose_job_it_is_of() -> None:
    """Whatever logs it, a library or a tool: the job, its tenant, its attempt and the request that submitted it."""
    text = logged("json", program=OF_A_JOB)

    inside, outside = [json.loads(line) for line in text.splitlines()]
    assert {name: inside[name] for name in ("job_id", "tenant", "attempt", "request_id")} == {
        "job_id": "job-7",
        "tenant": "default",
        "attempt": 3,
        "request_id": "r-9",
    }
    assert "job_id" not in outside


def test_on_a_terminal_it_is_a_sentence() -> None:
    """Without colours where it is no terminal."""
    text = logged("console")

    assert "A job was submitted" in text
    assert "action=job_submitted" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("level", ["warning", "error"])
def test_less_may_be_logged(level: str) -> None:
    """What is below the level is left out."""
    text = logged("console", level)

    assert "submitted" not in text
    assert "It broke" in text


def test_libraries_keep_their_steps_to_themselves() -> None:
    """They are for those who debug them."""
    assert "a library's own step" not in logged("console")
    assert logging.getLogger("kombu").level == logging.NOTSET, "this process's own logging is untouched"
