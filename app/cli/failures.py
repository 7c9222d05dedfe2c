"""What went wrong, as a sentence with a code and an exit code; never a traceback."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Final

from app.cli.backup import BackupRefused
from app.cli.data_folder import FolderInUse
from app.cli.exit_codes import ExitCode
from app.cli.listener import AddressTaken
from app.cli.output import OutputClosed
from app.cli.supervisor import StartFailed, StopRequested
from app.client.errors import ClientError, RequestRefused
from app.errors import TransomError
from app.realtime.cursor import InvalidCursor


@dataclass(frozen=True, slots=True)
class Failure:
    """What to print, and how to end."""

    sentence: str
    exit_code: ExitCode
    code: str = ""
    #: What explains it further, a line each.
    details: tuple[str, ...] = ()

    def print(self) -> None:
        """Write it to the standard error stream."""
        code = f" [{self.code}]" if self.code else ""
        sys.stderr.write(f"transom: {self.sentence}{code}\n")
        for line in self.details:
            sys.stderr.write(f"  {line}\n")


#: What can go wrong, how the command ends then, and the code that is shown where the error has none itself.
_KINDS: Final[tuple[tuple[type[Exception], ExitCode, str], ...]] = (
    (OutputClosed, ExitCode.OUTPUT_CLOSED, ""),
    (StopRequested, ExitCode.INTERRUPTED, ""),
    (StartFailed, ExitCode.NOT_STARTED, "START_FAILED"),
    (FolderInUse, ExitCode.IN_USE, "FOLDER_IN_USE"),
    (AddressTaken, ExitCode.NOT_STARTED, "ADDRESS_TAKEN"),
    (TransomError, ExitCode.CONFIGURATION, ""),
    (RequestRefused, ExitCode.REFUSED, ""),
    (ClientError, ExitCode.UNREACHABLE, ""),
    (BackupRefused, ExitCode.REFUSED, "BACKUP_REFUSED"),
    (InvalidCursor, ExitCode.USAGE, "INVALID_CURSOR"),
)


def failure_of(error: Exception) -> Failure | None:
    """What an exception means for whoever gave the command; None for one that is a bug of Transom's."""
    for kind, exit_code, code in _KINDS:
        if isinstance(error, kind):
            return Failure(str(error), exit_code, getattr(error, "code", code), _details(error))
    return None


def _details(error: Exception) -> tuple[str, ...]:
    if isinstance(error, StartFailed):
        return tuple(line for line in error.tail if line.strip())
    return error.errors if isinstance(error, RequestRefused) else ()
