"""What a display offers, and following a job with one."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, Protocol

from app.cli.exit_codes import ExitCode
from app.cli.findings import Findings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.client import Message

_ENDINGS: Final = {
    "done": ExitCode.DONE,
    "error": ExitCode.JOB_FAILED,
    "cancelled": ExitCode.JOB_CANCELLED,
}


class Display(Protocol):
    """Shows the messages of one job."""

    def open(self, title: str) -> AbstractContextManager[None]:
        """Begin to show the job of that title; what is live ends with the block."""

    def show(self, message: Message, findings: Findings) -> None:
        """Show one message; `findings` has it already."""

    def close(self, title: str, findings: Findings) -> None:
        """Say how it ended."""


def follow(messages: Iterable[Message], *, title: str, display: Display) -> ExitCode:
    """Show a job until its last message, and say how it ended."""
    findings = Findings()
    with display.open(title):
        for message in messages:
            findings.take(message)
            display.show(message, findings)
    display.close(title, findings)
    return _ENDINGS.get(findings.status, ExitCode.UNREACHABLE)
