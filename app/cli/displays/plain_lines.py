"""For a log file, or a terminal that can't do more: a line now and then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from app.cli.displays.words import ending, frames_text, notice

if TYPE_CHECKING:
    from rich.console import Console

    from app.cli.findings import Findings
    from app.client import Message

#: Plain lines tell of progress in steps of so many percent.
PLAIN_STEP_PERCENT: Final = 10


class PlainLines:
    """A line for what a person would want to find in a log file."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._step = 0

    @contextmanager
    def open(self, title: str) -> Iterator[None]:
        """See `Display.open`."""
        self._title = title
        yield

    def show(self, message: Message, findings: Findings) -> None:
        """See `Display.show`."""
        payload = message.payload
        if message.type == "job_status":
            attempt = f" (attempt {findings.attempt})" if findings.attempt > 1 else ""
            self._step = 0
            if payload.get("status") in ("queued", "running"):
                self._line(f"{payload['status']}{attempt}")
        elif message.type == "progress":
            step = int(payload.get("progress", 0)) // PLAIN_STEP_PERCENT
            if step > self._step:
                self._step = step
                frames = frames_text(message)
                self._line(f"{payload['progress']} %" + (f", {frames}" if frames else ""))
        elif text := notice(message):
            self._line(text)

    def close(self, title: str, findings: Findings) -> None:
        """See `Display.close`."""
        self._line(ending(findings))

    def _line(self, text: str) -> None:
        self._console.print(f"{self._title}: {text}", markup=False, highlight=False, soft_wrap=True)
