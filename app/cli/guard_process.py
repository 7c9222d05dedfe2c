"""The guard: a tiny process that outlives the supervisor by a moment and ends what that could not.

It reads lines from its standard input: `+PID` when a child (the leader of a process group of that number) starts,
`-PID` when it has been reaped. The pipe ends when every process that holds its other side has gone: after a clean
stop nothing is left in the list, and after a `kill -9` of the supervisor all of it is ended, group by group, and what
had gone into groups and sessions of its own: a worker's children do, and so may what a tool has started.

Run by its path with `python -I -S`, with the seconds of grace as its argument; imports nothing of ours.
`app/cli/guard.py` is the supervisor's side.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

#: From SIGTERM to SIGKILL, in seconds, unless it is told otherwise.
GRACE_SECONDS = 5.0
_POLL_SECONDS = 0.05
PROC = Path("/proc")


class Process(NamedTuple):
    """What Linux tells of a process; with its start, in ticks since the machine's, its number is unique."""

    parent: int
    group: int
    session: int
    started: str


def groups_left(lines: Iterable[str]) -> set[int]:
    """The process groups that were started and not reaped, once the lines end."""
    groups: set[int] = set()
    for line in lines:
        group = int(line[1:])
        if line.startswith("+"):
            groups.add(group)
        else:
            groups.discard(group)
    return groups


def signal_groups(groups: Iterable[int], signum: int) -> set[int]:
    """Send a signal to each group (0 only asks); returns those that still have a process."""
    alive = set()
    for group in groups:
        try:
            os.killpg(group, signum)
        except (ProcessLookupError, PermissionError):
            continue
        alive.add(group)
    return alive


def processes() -> dict[int, Process]:
    """All processes of the machine by their numbers, as Linux tells; none on a system that does not."""
    found = {}
    for stat in PROC.glob("[0-9]*/stat"):
        try:
            # The name at the beginning may hold anything, parentheses too.
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
            pid, parent, group, session = map(int, (stat.parent.name, *fields[1:4]))
            found[pid] = Process(parent, group, session, started=fields[19])
        except (OSError, ValueError, IndexError):
            # It has ended meanwhile, or tells it otherwise: what is known without it is ended all the same.
            continue
    return found


def started_by(groups: set[int], known: dict[int, Process]) -> dict[int, Process]:
    """What runs now that is in none of these groups, and was started by what is or by what is `known`, or by those."""
    there = processes()
    below = {pid: one for pid, one in there.items() if pid in known and one.started == known[pid].started}
    below |= {pid: one for pid, one in there.items() if one.session in groups and one.group not in groups}
    family = {pid for pid, one in there.items() if one.group in groups} | below.keys()
    while more := {pid: one for pid, one in there.items() if pid not in family and one.parent in family}:
        below |= more
        family |= more.keys()
    return below


def end_groups(groups: set[int], *, grace_seconds: float) -> None:
    """End the groups and what they started: SIGTERM to the groups, SIGKILL for what is left after the grace."""
    # Looked for again and again: once a process has ended, nothing tells what it had started.
    below = started_by(groups, {})
    alive = signal_groups(groups, signal.SIGTERM)
    deadline = time.monotonic() + grace_seconds
    while alive and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        below = started_by(groups, below)
        alive = signal_groups(alive, 0)
    signal_groups(alive, signal.SIGKILL)
    # What is killed starts nothing more, but what it had started just before may be new.
    while below:
        for pid in below:
            try:
                os.kill(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
        if time.monotonic() > deadline + grace_seconds:
            # A process that can't be killed is one that the kernel keeps, or another user's.
            return
        time.sleep(_POLL_SECONDS)
        below = started_by(groups, below)


def main() -> None:
    """Wait for the end of the supervisor, then end what it left."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # It has to survive whatever was sent to everyone: it ends by itself when the pipe does.
        signal.signal(signum, signal.SIG_IGN)
    end_groups(groups_left(sys.stdin), grace_seconds=float(sys.argv[1]))


if __name__ == "__main__":
    main()
