"""Logs: sentences with facts beside them."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
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
    raise ValueError("of a tool")
except ValueError:
    logging.getLogger("app.somewhere").exception("It broke", extra={"action": "broke"})
"""


def logged(form: str, level: str = "info") -> str:
    """What a process of this set-up writes."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, form, level],
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
