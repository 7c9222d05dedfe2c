"""The supervisor's side of the guard process (`guard_process.py`): starts it, tells it of reaped children.

Owns the pipe whose end tells the guard that the supervisor has gone, however it went. This is the portable
equivalent of Linux' PR_SET_PDEATHSIG, which reaches a child but not that child's own children.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from app.cli.guard_process import GRACE_SECONDS

logger = logging.getLogger(__name__)

_PROGRAM: Final = Path(__file__).with_name("guard_process.py")


class Guard:
    """Ends the children of this process if it dies without having done so."""

    def __init__(self, *, grace_seconds: float = GRACE_SECONDS) -> None:
        self._grace_seconds = grace_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe = -1
        # Children end on threads of their own while the main thread may be replacing a guard.
        self._lock = threading.Lock()

    @property
    def pipe(self) -> int:
        """The file descriptor through which a child reports itself (see `launcher.py`)."""
        return self._pipe

    @property
    def pid(self) -> int | None:
        """The guard's process id while it runs."""
        return self._process.pid if self._process else None

    def ensure(self, groups: Iterable[int]) -> None:
        """Start the guard, or start it again where somebody ended it, knowing of these groups."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._start(groups)

    def _start(self, groups: Iterable[int]) -> None:
        if self._process is not None:
            logger.warning("The guard process had ended; started it again", extra={"action": "guard_restarted"})
            os.close(self._pipe)
        reader, self._pipe = os.pipe()
        # It is told before it is there: a supervisor that is killed at once leaves no guard that knows of nothing.
        for group in groups:
            os.write(self._pipe, f"+{group}\n".encode())
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_PROGRAM), str(self._grace_seconds)],
                stdin=reader,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                # In a session of its own, a Ctrl-C in the terminal does not reach it.
                start_new_session=True,
            )
        finally:
            os.close(reader)

    def forget(self, group: int) -> None:
        """Say that this group has no process any more."""
        try:
            with self._lock:
                os.write(self._pipe, f"-{group}\n".encode())
        except BrokenPipeError:
            # A guard that has ended knows of no group; `ensure` tells the next one what still runs.
            logger.debug("The guard was away while %d ended", group, extra={"action": "guard_missed"})

    def close(self) -> None:
        """Let the guard end, and wait for it; every child has to be reaped and forgotten before."""
        if self._process is not None:
            os.close(self._pipe)
            self._process.wait()
            self._process = None
