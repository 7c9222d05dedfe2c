"""The guard: a tiny process that outlives the supervisor by a moment and ends what that could not.

It reads lines from its standard input: `+PID` when a child (the leader of a process group of that number) starts,
`-PID` when it has been reaped. The pipe ends when every process that holds its other side has gone: after a clean
stop nothing is left in the list, and after a `kill -9` of the supervisor all of it is ended, group by group.

Run by its path with `python -I -S`; imports nothing of ours. `app/cli/guard.py` is the supervisor's side.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable

#: From SIGTERM to SIGKILL, in seconds.
GRACE_SECONDS = 5.0
_POLL_SECONDS = 0.05


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


def end_groups(groups: set[int], *, grace_seconds: float = GRACE_SECONDS) -> None:
    """End the groups: SIGTERM, and SIGKILL for what is left after the grace."""
    alive = signal_groups(groups, signal.SIGTERM)
    deadline = time.monotonic() + grace_seconds
    while alive and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        alive = signal_groups(alive, 0)
    signal_groups(alive, signal.SIGKILL)


def main() -> None:
    """Wait for the end of the supervisor, then end what it left."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # It has to survive whatever was sent to everyone: it ends by itself when the pipe does.
        signal.signal(signum, signal.SIG_IGN)
    end_groups(groups_left(sys.stdin))


if __name__ == "__main__":
    main()
