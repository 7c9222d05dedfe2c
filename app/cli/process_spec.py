"""What the supervisor has to know of a process before it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessSpec:
    """One process that the supervisor keeps running."""

    #: Under which its lines and its ends are told.
    name: str
    #: The program and its arguments.
    argv: Sequence[str]
    #: The whole environment of the process.
    environment: Mapping[str, str]
    #: Whether it can be used by now; asked again and again while it starts. None: as soon as it runs.
    ready: Callable[[], bool] | None = None
    #: How long it may take to become ready the first time, in seconds.
    ready_seconds: float = 60.0
    #: From SIGTERM to SIGKILL, in seconds.
    stop_seconds: float = 10.0
    #: File descriptors that it inherits, under the same numbers.
    pass_fds: tuple[int, ...] = ()
