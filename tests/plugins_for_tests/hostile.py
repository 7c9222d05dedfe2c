"""A plugin whose tool does what no tool should, at its second frame: what a worker has to outlive."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar, NoReturn, cast

from pydantic import JsonValue

from plugins.contract import Box, FrameData, MediaFrame, Plugin, Tool, ToolOptions

NAN, INFINITE = float("nan"), float("inf")
MEBIBYTE = 1024 * 1024


class Act(ToolOptions):
    """What it does."""

    act: str


class HostileRun(Tool[Act]):
    """Behaves but at its second frame, and at its end."""

    name = "run"
    title = "Hostile"
    description = "Does what it is told to at its second frame."
    Options: ClassVar[type[ToolOptions]] = Act

    def process(self, frame: MediaFrame) -> FrameData:
        """Act, or answer."""
        if self.options.act == "print":
            _print(16)
        if frame.index == 1 and self.options.act in ACTS:
            answer = ACTS[self.options.act](self, frame)
            if answer is not None:
                return cast("FrameData", answer)
        return well(frame)

    def finish(self) -> dict[str, JsonValue]:
        """Something small, or not."""
        if self.options.act == "huge_result":
            return {"text": "x" * (80 * MEBIBYTE)}
        if self.options.act == "exit_at_the_end":
            raise SystemExit(0)
        return {"answer": 42}


def well(frame: MediaFrame, **values: Any) -> FrameData:
    """An answer as it should be, but for what is given; not checked."""
    usual: dict[str, Any] = {
        "frame_index": frame.index,
        "timestamp_ms": frame.timestamp_ms,
        "boxes": [Box(x1=1, y1=1, x2=5, y2=5)],
        "scores": [0.5],
        "labels": ["thing"],
    }
    return FrameData.model_construct(**{**usual, **values})


def _raise(error: BaseException) -> Callable[[HostileRun, MediaFrame], NoReturn]:
    def act(_: HostileRun, __: MediaFrame) -> NoReturn:
        raise error

    return act


def _signal_itself(number: int) -> Callable[[HostileRun, MediaFrame], None]:
    return lambda _, __: os.kill(os.getpid(), number)


def _fork_and_return(tool: HostileRun, frame: MediaFrame) -> None:
    """The fork goes on as if it were the run."""
    os.fork()


def _fork_and_raise(tool: HostileRun, frame: MediaFrame) -> None:
    if os.fork() == 0:
        raise RuntimeError("in the fork")


def _fork_and_speak(tool: HostileRun, frame: MediaFrame) -> None:
    if os.fork() == 0:
        with suppress(Exception):
            tool.context.warn("said by the fork")
        os._exit(0)


def _fork_and_die(tool: HostileRun, frame: MediaFrame) -> None:
    """What it forked lives on, with all the files that it had."""
    if os.fork() == 0:
        time.sleep(3600)
    os._exit(3)


def _print(mebibytes: int) -> None:
    """A gigabyte over 64 frames."""
    text = ("a line of seventy-nine characters or so, again and again and again and again\n" * 14_000)[:MEBIBYTE]
    for _ in range(mebibytes):
        sys.stdout.write(text)


def _write_to_standard_files(tool: HostileRun, frame: MediaFrame) -> None:
    for number in (1, 2):
        os.write(number, b'\xff\xfe\x00\x1b[2J{"event": broken' + b"x" * 100_000)


def _close_standard_files(tool: HostileRun, frame: MediaFrame) -> None:
    for number in (0, 1, 2):
        os.close(number)


def _change_surroundings(tool: HostileRun, frame: MediaFrame) -> None:
    os.chdir("/")
    os.umask(0o777)
    os.environ.clear()
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}:
        with suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)


def _start_threads(tool: HostileRun, frame: MediaFrame) -> None:
    """They never end, keep the interpreter from ending, and speak all the time."""

    def speak() -> None:
        while True:
            with suppress(BaseException):
                tool.context.partial({"from": "a thread"})
            time.sleep(0.01)

    for _ in range(3):
        threading.Thread(target=speak, daemon=False).start()


def _hang(tool: HostileRun, frame: MediaFrame) -> None:
    """In C, with the interpreter's lock held, and deaf."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        with suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    ctypes.PyDLL(None).sleep(3600)


def _allocate(tool: HostileRun, frame: MediaFrame) -> None:
    taken = []
    while True:
        taken.append(b"x" * (16 * MEBIBYTE))
        time.sleep(0.01)


def _recurse(tool: HostileRun, frame: MediaFrame) -> None:
    _recurse(tool, frame)


def _nested(depth: int) -> JsonValue:
    value: JsonValue = 1
    for _ in range(depth):
        value = [value]
    return value


def _itself() -> dict[str, JsonValue]:
    value: dict[str, JsonValue] = {}
    value["itself"] = value
    return value


class OwnError(BaseException):
    """Nobody expects it."""


ACTS: dict[str, Callable[[HostileRun, MediaFrame], object]] = {
    "exit": lambda _, __: os._exit(3),
    "segfault": lambda _, __: ctypes.string_at(0),
    "abort": lambda _, __: os.abort(),
    "kill": _signal_itself(signal.SIGKILL),
    "close_all_files": lambda _, __: os.closerange(3, 4096),
    "fork_and_die": _fork_and_die,
    "hang": _hang,
    "stop": _signal_itself(signal.SIGSTOP),
    "allocate": _allocate,
    "recurse": _recurse,
    "system_exit": _raise(SystemExit(0)),
    "keyboard_interrupt": _raise(KeyboardInterrupt()),
    "generator_exit": _raise(GeneratorExit()),
    "cancelled": _raise(asyncio.CancelledError()),
    "own_error": _raise(OwnError()),
    "wrong_type": lambda _, frame: {"frame_index": frame.index},
    "no_answer": lambda _, __: 5,
    "wrong_box": lambda _, frame: well(frame, boxes=["here"]),
    "outside": lambda _, frame: well(frame, boxes=[Box(x1=-50, y1=-50, x2=1e9, y2=1e9)]),
    "no_number": lambda _, frame: well(frame, boxes=[Box(x1=NAN, y1=0, x2=INFINITE, y2=1)], scores=[INFINITE]),
    "wrong_score": lambda _, frame: well(frame, scores=[NAN]),
    "unequal": lambda _, frame: well(frame, labels=[]),
    "huge_frame": lambda _, frame: well(frame, data={"text": "x" * (70 * MEBIBYTE)}),
    "many_boxes": lambda _, frame: well(
        frame, boxes=[Box(x1=1, y1=1, x2=5, y2=5)] * 200_000, scores=[0.5] * 200_000, labels=["thing"] * 200_000
    ),
    "huge_warning": lambda tool, _: tool.context.warn("x" * (20 * MEBIBYTE), code="c" * MEBIBYTE),
    "nested": lambda _, frame: well(frame, data={"deep": _nested(100_000)}),
    "nested_a_little": lambda _, frame: well(frame, data={"deep": _nested(240)}),
    "holds_itself": lambda _, frame: well(frame, data=_itself()),
    "write": _write_to_standard_files,
    "close_standard_files": _close_standard_files,
    "surroundings": _change_surroundings,
    "threads": _start_threads,
    "fork_and_return": _fork_and_return,
    "fork_and_raise": _fork_and_raise,
    "fork_and_speak": _fork_and_speak,
}


class Hostile(Plugin):
    """What it says."""

    name = "hostile"
    version = "1.0.0"
    title = "Hostile"
    description = "For tests."
    license = "Apache-2.0"
    tools = (HostileRun,)
