"""What the exit code of every `transom` command means; `transom --help` prints this list."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Stable: scripts test for these numbers."""

    DONE = 0
    JOB_FAILED = 1
    USAGE = 2
    JOB_CANCELLED = 3
    UNREACHABLE = 4
    REFUSED = 5
    CONFIGURATION = 6
    IN_USE = 7
    NOT_STARTED = 8
    POLLING_ONLY = 9
    INTERRUPTED = 130
    OUTPUT_CLOSED = 141

    @property
    def meaning(self) -> str:
        """In a few words."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.DONE: "done; a server was stopped as it should",
    ExitCode.JOB_FAILED: "the job, or an item of the batch, ended as an error",
    ExitCode.USAGE: "the command line can't be understood",
    ExitCode.JOB_CANCELLED: "the job, or a part of the batch, was cancelled",
    ExitCode.UNREACHABLE: "the server can't be reached, or no longer",
    ExitCode.REFUSED: "the server refused the request, or a backup can't be made or restored so",
    ExitCode.CONFIGURATION: "a setting is wrong",
    ExitCode.IN_USE: "another `transom up` uses the data folder",
    ExitCode.NOT_STARTED: "a part of Transom did not start",
    ExitCode.POLLING_ONLY: "`transom doctor` found that messages come by long polling only",
    ExitCode.INTERRUPTED: "interrupted",
    ExitCode.OUTPUT_CLOSED: "whoever read the output has gone",
}
