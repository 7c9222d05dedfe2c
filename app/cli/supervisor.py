"""A small process supervisor: starts children in order, keeps them running, ends them in reverse.

It promises that no child outlives it: on SIGINT, SIGTERM or SIGHUP it stops them itself, a second signal kills
them at once, and where it is killed the guard (`guard.py`) ends them. It never waits without a limit for anything
but a signal to stop. Made for the main thread, since that is where Python handles signals.
"""

from __future__ import annotations

import queue
import signal
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Final, Self

from app.cli.child_process import ChildProcess
from app.cli.guard import Guard
from app.cli.guard_process import GRACE_SECONDS
from app.cli.process_spec import ProcessSpec

#: Pauses before a crashed child is started again, in seconds; the last one stays.
RESTART_SECONDS: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
#: A child that ran for so long starts again at the first pause.
SETTLED_SECONDS: Final = 60.0
#: A second signal sooner than this is the same wish: a terminal and a parent may both pass one on.
AGAIN_SECONDS: Final = 0.5
#: How often it looks whether the guard still runs.
GUARD_SECONDS: Final = 2.0
_STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: Between two questions whether a starting child is ready.
_READY_POLL_SECONDS: Final = 0.05

#: Told in a sentence of what the supervisor does, and given each line of each child: (name, line).
Report = Callable[[str, str], None]


class StopRequested(Exception):
    """Somebody asked to stop before everything had started."""

    def __str__(self) -> str:
        return "stopped before everything had started"


class StartFailed(Exception):
    """A child ended, or did not become ready in time, while everything was being started."""

    def __init__(self, name: str, reason: str, tail: list[str]) -> None:
        super().__init__(f"{name} {reason}")
        self.name = name
        #: The last lines that it wrote.
        self.tail = tail


class _Kept:
    """A process that is kept running: what it is, its present child, and when the next one is due."""

    def __init__(self, spec: ProcessSpec, child: ChildProcess) -> None:
        self.spec = spec
        self.child = child
        self.crashes = 0
        self.due: float | None = None


class Supervisor:
    """Starts, keeps and ends processes; a context manager, so that leaving it ends them all."""

    def __init__(self, *, report: Report, name: str = "up", grace_seconds: float = GRACE_SECONDS) -> None:
        """`grace_seconds` is what its children get to end by themselves where it was killed."""
        self._report = report
        self._name = name
        self._guard = Guard(grace_seconds=grace_seconds)
        self._kept: list[_Kept] = []
        #: Ends of children and wishes to stop (None), in the order in which they came.
        self._news: queue.SimpleQueue[ChildProcess | None] = queue.SimpleQueue()
        self._stop_asked_at: float | None = None
        self._handlers: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        for signum in _STOP_SIGNALS:
            self._handlers[signum] = signal.signal(signum, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._stopping:
            self._report(self._name, "stopping (a second signal ends everything at once)")
        self._stop_asked_at = self._stop_asked_at or time.monotonic()
        for kept in reversed(self._kept):
            kept.child.stop()
        self._guard.close()
        for signum, handler in self._handlers.items():
            signal.signal(signum, handler)  # type: ignore[arg-type]  # what signal.signal itself answered

    @property
    def _stopping(self) -> bool:
        return self._stop_asked_at is not None

    def start(self, *specs: ProcessSpec) -> None:
        """Start these processes side by side and wait until all of them are ready.

        Raises `StartFailed` when one is not, and `StopRequested` on a signal; what runs is left to `__exit__`.
        """
        for spec in specs:
            self._kept.append(_Kept(spec, self._launch(spec)))
        waiting = self._kept[len(self._kept) - len(specs) :]
        while True:
            waiting = [kept for kept in waiting if not self._is_ready(kept)]
            if self._stopping:
                raise StopRequested
            if not waiting:
                return
            self._attend(_READY_POLL_SECONDS, starting=waiting)

    def run(self) -> None:
        """Keep everything running until a signal says to stop."""
        while not self._stopping:
            dues = [kept.due - time.monotonic() for kept in self._kept if kept.due is not None]
            self._attend(max(0.0, min(dues, default=GUARD_SECONDS)), starting=[])
            self._ensure_guard()

    def check(self) -> None:
        """Raise `StopRequested` if somebody has asked to stop."""
        if self._stopping:
            raise StopRequested

    def _attend(self, timeout: float, *, starting: list[_Kept]) -> None:
        """Wait for news, at most so long, and act on them and on what is due."""
        child = self._next_news(timeout)
        for kept in self._kept:
            if child is not None and kept.child is child and not self._stopping:
                if kept in starting:
                    raise StartFailed(kept.spec.name, f"ended with {child.ending}", list(child.tail))
                self._plan_restart(kept)
        for kept in self._kept:
            if kept.due is not None and kept.due <= time.monotonic() and not self._stopping:
                kept.due = None
                kept.child = self._launch(kept.spec)

    def _next_news(self, timeout: float) -> ChildProcess | None:
        try:
            return self._news.get(timeout=timeout)
        except queue.Empty:
            return None

    def _ensure_guard(self) -> None:
        self._guard.ensure(kept.child.pid for kept in self._kept if kept.child.running)

    def _launch(self, spec: ProcessSpec) -> ChildProcess:
        self._ensure_guard()
        return ChildProcess(spec=spec, guard=self._guard, on_line=self._report, on_end=self._news.put)

    def _is_ready(self, kept: _Kept) -> bool:
        if kept.spec.ready is None or kept.spec.ready():
            return True
        if time.monotonic() - kept.child.started_at > kept.spec.ready_seconds:
            seconds = f"{kept.spec.ready_seconds:g}"
            raise StartFailed(kept.spec.name, f"was not ready within {seconds} s", list(kept.child.tail))
        return False

    def _plan_restart(self, kept: _Kept) -> None:
        if time.monotonic() - kept.child.started_at >= SETTLED_SECONDS:
            kept.crashes = 0
        pause = RESTART_SECONDS[min(kept.crashes, len(RESTART_SECONDS) - 1)]
        kept.crashes += 1
        kept.due = time.monotonic() + pause
        self._report(self._name, f"{kept.spec.name} ended with {kept.child.ending}; starting it again in {pause:g} s")

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        del signum, frame
        now = time.monotonic()
        if self._stop_asked_at is None:
            self._stop_asked_at = now
            self._news.put(None)
        elif now - self._stop_asked_at >= AGAIN_SECONDS:
            for kept in self._kept:
                kept.child.kill()
