"""One running child of the supervisor: its process group, its lines, its end.

A child leads a session and process group of its own. When it has ended, by itself or not, whatever is left of
its group is killed before the child is reaped: until then its number can't belong to anyone else.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psutil

from app.cli.guard import Guard
from app.cli.printed_lines import PrintedLines
from app.cli.process_spec import ProcessSpec

logger = logging.getLogger(__name__)

_LAUNCHER: Final = Path(__file__).with_name("launcher.py")
#: How many of its last lines are kept to explain a failed start.
TAIL_LINES: Final = 20
READ_BYTES: Final = 64 * 1024
#: How long the lines of a child that has ended are waited for: somebody may have taken its output elsewhere.
_LINES_SECONDS: Final = 1.0


class ChildProcess:
    """A child from its start to its end; `on_line` and `on_end` are called on threads of its own."""

    def __init__(
        self,
        *,
        spec: ProcessSpec,
        guard: Guard,
        on_line: Callable[[str, str], None],
        on_end: Callable[[ChildProcess], None],
    ) -> None:
        self.spec = spec
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)
        self.started_at = time.monotonic()
        self._guard = guard
        self._on_line = on_line
        self._on_end = on_end
        self._ended = threading.Event()
        # Re-entrant: a signal handler may kill a child while the main thread is signalling it.
        self._reaping = threading.RLock()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_LAUNCHER), str(guard.pipe), *spec.argv],
            env=dict(spec.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(guard.pipe, *spec.pass_fds),
        )
        self._reader = threading.Thread(target=self._read, name=f"{spec.name}-lines", daemon=True)
        self._reader.start()
        threading.Thread(target=self._wait, name=f"{spec.name}-end", daemon=True).start()

    @property
    def pid(self) -> int:
        """Its process id, which is its process group's too."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return not self._ended.is_set()

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        code = self._process.returncode
        if code is None:
            return "runs"
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def stop(self) -> None:
        """End it and everything it started: SIGTERM to itself, SIGKILL to the rest, or to all after its time."""
        if not self.running:
            return
        descendants = self._descendants()
        self._send(signal.SIGTERM, os.kill)
        if not self._ended.wait(self.spec.stop_seconds):
            self.kill()
            self._ended.wait()
        for process in descendants:
            # psutil compares the start time too, so a number that was given out again is not hit.
            if process.is_running():
                process.kill()

    def kill(self) -> None:
        """SIGKILL to the whole group; does not wait."""
        self._send(signal.SIGKILL, os.killpg)

    def _send(self, signum: int, send: Callable[[int, int], None]) -> None:
        with self._reaping:
            if self._process.returncode is None:
                send(self.pid, signum)

    def _descendants(self) -> list[psutil.Process]:
        """What it has started, groups of their own included."""
        try:
            return psutil.Process(self.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def _read(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - it was asked for above
        with self._process.stdout as stream:
            printed = PrintedLines()
            while read := os.read(stream.fileno(), READ_BYTES):
                self._tell(printed.feed(read))
                printed.done()
            self._tell(printed.end())

    def _tell(self, lines: list[str]) -> None:
        for line in lines:
            self.tail.append(line)
            self._on_line(self.spec.name, line)

    def _wait(self) -> None:
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        with self._reaping:
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except PermissionError as error:
                logger.warning(
                    "Something that %s started runs as another user and is left: %s",
                    self.spec.name,
                    error,
                    extra={"action": "group_not_ended"},
                )
            self._process.wait()
        self._guard.forget(self.pid)
        self._reader.join(_LINES_SECONDS)
        self._ended.set()
        self._on_end(self)
