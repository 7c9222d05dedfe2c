"""Plugins that take more than they may, of time, memory or processes: for tests of the limits, by `TRANSOM_PLUGINS`."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import ClassVar, Never

from pydantic import Field

from plugins.contract import FrameData, MediaFrame, Tool, ToolOptions
from tests.plugins_for_tests import nothing_found, plugin_of


class Noted(ToolOptions):
    """Where to write which processes there are, and where to begin."""

    pids: str
    frame: int = Field(default=3, ge=0)


def note(options: Noted, *pids: int) -> None:
    """Write down the numbers of this process and others."""
    Path(options.pids).write_text(" ".join(map(str, (os.getpid(), *pids))))


def hoard() -> Never:
    """Take 32 MiB every 50 ms, for as long as one lives."""
    taken = []
    while True:
        taken.append(b"x" * 32 * 1024 * 1024)
        time.sleep(0.05)


class DeafRun(Tool[Noted]):
    """Never comes back from a call into C, holds the interpreter and hears no signal that can be ignored."""

    name = "run"
    title = "Deaf"
    description = "Sleeps in C with the interpreter's lock held."
    Options: ClassVar[type[ToolOptions]] = Noted

    def process(self, frame: MediaFrame) -> FrameData:
        """Never answer."""
        if frame.index == self.options.frame:
            for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
                signal.signal(number, signal.SIG_IGN)
            note(self.options)
            ctypes.PyDLL(None).sleep(3600)
        return nothing_found(frame)


class HoardRun(Tool[Noted]):
    """Takes memory and never gives it back."""

    name = "run"
    title = "Hoard"
    description = "Takes 32 MiB every 50 ms."
    Options: ClassVar[type[ToolOptions]] = Noted

    def process(self, frame: MediaFrame) -> FrameData:
        """Take more and more."""
        note(self.options)
        if frame.index == self.options.frame:
            hoard()
        return nothing_found(frame)


class ForkHoardRun(Tool[Noted]):
    """Takes memory in a process that it forks."""

    name = "run"
    title = "Fork and hoard"
    description = "Forks; the fork takes 32 MiB every 50 ms."
    Options: ClassVar[type[ToolOptions]] = Noted

    def process(self, frame: MediaFrame) -> FrameData:
        """Wait for a fork that takes more and more."""
        if frame.index == self.options.frame:
            fork = os.fork()
            if fork == 0:
                hoard()
            note(self.options, fork)
            os.waitpid(fork, 0)
        return nothing_found(frame)


class ForkRun(Tool[Noted]):
    """Starts processes that go on for ever, and dies of a segmentation fault."""

    name = "run"
    title = "Fork"
    description = "Forks, starts programs, one with a session and one with a group of its own, and dies."
    Options: ClassVar[type[ToolOptions]] = Noted

    def process(self, frame: MediaFrame) -> FrameData:
        """Leave processes behind."""
        if frame.index == self.options.frame:
            fork = os.fork()
            if fork == 0:
                while True:
                    time.sleep(3600)
            program = [sys.executable, "-c", "import time; time.sleep(3600)"]
            started = [subprocess.Popen(program, start_new_session=own) for own in (False, True)]
            started.append(subprocess.Popen(program, process_group=0))
            note(self.options, fork, *(process.pid for process in started))
            os.kill(os.getpid(), signal.SIGSEGV)
        return nothing_found(frame)


class Slow(Noted):
    """How long a frame takes."""

    ms: float = Field(default=50, ge=0)


class SlowRun(Tool[Slow]):
    """Sleeps at every frame, and stops when it is told to."""

    name = "run"
    title = "Slow"
    description = "Sleeps `ms` milliseconds a frame."
    Options: ClassVar[type[ToolOptions]] = Slow

    def process(self, frame: MediaFrame) -> FrameData:
        """Sleep."""
        if frame.index == self.options.frame:
            note(self.options)
        time.sleep(self.options.ms / 1000)
        return nothing_found(frame)


Deaf = plugin_of("deaf", DeafRun)
Hoard = plugin_of("hoard", HoardRun)
ForkHoard = plugin_of("forkhoard", ForkHoardRun)
Fork = plugin_of("fork", ForkRun)
Slowly = plugin_of("slowly", SlowRun)
NAMES = ("Deaf", "Hoard", "ForkHoard", "Fork", "Slowly")
