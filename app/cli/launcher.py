"""What a supervised child runs before it becomes itself: it reports to the guard, then executes its program.

Run by its path with `python -I -S`, so it starts in a few milliseconds and imports nothing of ours.
That the child reports itself, through a pipe that it shares with the supervisor, leaves no moment at which the
supervisor could die and the guard not know of the child: the guard sees the pipe's end only after the report.
"""

from __future__ import annotations

import os
import signal
import sys

#: The shell's own code for a program that could not be executed.
NOT_EXECUTABLE = 127


def launch(guard_fd: int, argv: list[str]) -> int:
    """Report this process group to the guard and become `argv`; returns only where that fails."""
    os.write(guard_fd, f"+{os.getpid()}\n".encode())
    os.set_inheritable(guard_fd, False)
    # Python ignores SIGPIPE for itself, and what is ignored stays so in the program that is executed.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execvp(argv[0], argv)  # noqa: S606 - that there is no shell is the point
    except OSError as error:
        sys.stderr.write(f"{argv[0]} can't be started: {error.strerror}\n")
        return NOT_EXECUTABLE


if __name__ == "__main__":
    sys.exit(launch(int(sys.argv[1]), sys.argv[2:]))
