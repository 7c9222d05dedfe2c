"""A child's process and all that it started: what it uses, and how it is ended whole.

A tool may start processes of its own, and those others. A child leads a process group (`child_process.py`), so what is
left of it can be found after its own death too, but for what has gone into a session of its own (`orphans.py`).
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil

_PROC: Final = Path("/proc")


class ProcessTree:
    """One process by its number, for as long as it lives; raises `psutil.NoSuchProcess` for one that does not."""

    def __init__(self, pid: int) -> None:
        # psutil remembers when the process was started, so a number that was given out again is not hit.
        self._root = psutil.Process(pid)
        #: The process that started it.
        self.parent = self._root.ppid()
        self._leads = _leads_a_group(pid)
        self._seen: list[psutil.Process] = []

    @property
    def ended(self) -> bool:
        """Whether the process itself has ended, reaped or not."""
        return _has_ended(self._root)

    def memory_bytes(self, limit: int) -> int:
        """What all of it uses; beyond the limit, what processes share with each other counts once."""
        self._seen = list(_started_by(self._root.pid))
        processes = [self._root, *self._seen]
        resident = sum(_resident(process) for process in processes)
        if len(processes) == 1 or resident <= limit:
            return resident
        # A fork begins with all the pages of its parent: what they share would be counted twice.
        return sum(_proportional(process) for process in processes)

    def freeze(self) -> None:
        """Let none of it run on; it can be ended all the same."""
        for process in (self._root, *self._descendants()):
            _send(process, signal.SIGSTOP)

    def kill(self) -> None:
        """End all of it."""
        started = self._descendants()
        _send(self._root, signal.SIGKILL)
        self._kill_group()
        for process in started:
            _send(process, signal.SIGKILL)

    def kill_rest(self) -> None:
        """End what is left of a process that has ended."""
        if self.ended:
            self._kill_group()
            for process in self._seen:
                _send(process, signal.SIGKILL)

    def _kill_group(self) -> None:
        # A group's number is given to no other process as long as one is in it.
        if self._leads:
            try:
                os.killpg(self._root.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                # Nothing is left, or nothing but what became another user.
                self._leads = False

    def _descendants(self) -> list[psutil.Process]:
        try:
            there = self._root.children(recursive=True)
        except psutil.Error:
            there = []
        # Of one that has ended meanwhile, what was seen last is what is known.
        self._seen = there or self._seen
        return self._seen


def _leads_a_group(pid: int) -> bool:
    try:
        return os.getpgid(pid) == pid != os.getpgid(0)
    except ProcessLookupError:
        return False


def _has_ended(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return


def children_of(pid: int) -> Iterator[psutil.Process]:
    """What a process has started itself, as cheaply as Linux tells: to look at every process would take 20 ms.

    Nothing where the system does not tell.
    """
    try:
        texts = [(task / "children").read_text() for task in (_PROC / str(pid) / "task").iterdir()]
    except OSError:
        # Another system, a kernel without it, or the process has ended.
        return
    for number in " ".join(texts).split():
        try:
            yield psutil.Process(int(number))
        except psutil.NoSuchProcess:
            continue


def _started_by(pid: int) -> Iterator[psutil.Process]:
    for child in children_of(pid):
        yield child
        yield from _started_by(child.pid)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _proportional(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(full, "pss", full.rss))
