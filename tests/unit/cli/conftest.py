"""Real processes for the tests of the command line, and waiting for what they do."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

#: How long the end of a supervisor may take, in seconds.
DEADLINE_SECONDS = 30.0
PROGRAM = Path(__file__).with_name("supervised.py")


class Supervised:
    """A supervisor in a process of its own, and what it said so far."""

    def __init__(self, specs: list[dict[str, Any]], settings: dict[str, float]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), json.dumps(specs), json.dumps(settings)],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.said: list[dict[str, Any]] = []
        self._unread: list[dict[str, Any]] = []

    def until(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first thing it said, or says, that fits and was not answered before."""
        assert self.process.stdout is not None
        for said in self._unread:
            if condition(said):
                self._unread.remove(said)
                return said
        for line in self.process.stdout:
            self.said.append(json.loads(line))
            if condition(self.said[-1]):
                return self.said[-1]
            self._unread.append(self.said[-1])
        pytest.fail(f"it ended without saying that: {self.said}")

    def line_of(self, name: str, start: str = "") -> str:
        """Read on until the process of that name writes a line that starts so."""
        return str(self.until(lambda said: said.get("name") == name and said["line"].startswith(start))["line"])

    def serving(self) -> None:
        """Read on until everything is ready."""
        self.until(lambda said: "serving" in said)

    def end(self, signum: int) -> int:
        """Send a signal and wait for the end; answers the exit code."""
        self.process.send_signal(signum)
        return self.finish()

    def finish(self) -> int:
        """Wait for the end, reading everything."""
        assert self.process.stdout is not None
        self.said.extend(json.loads(line) for line in self.process.stdout)
        return self.process.wait(DEADLINE_SECONDS)


@pytest.fixture
def supervise() -> Iterator[Callable[..., Supervised]]:
    """A factory of supervisors; whatever they leave behind is ended after the test."""
    started: list[Supervised] = []

    def start(*specs: dict[str, Any], **settings: float) -> Supervised:
        started.append(Supervised(list(specs), settings))
        return started[-1]

    yield start
    for supervised in started:
        if supervised.process.poll() is None:
            for process in psutil.Process(supervised.process.pid).children(recursive=True):
                process.kill()
            supervised.process.kill()
        supervised.process.wait()
        if supervised.process.stdout is not None:
            supervised.process.stdout.close()
