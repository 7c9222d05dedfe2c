"""For a terminal: a bar that moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

from app.cli.displays.words import ending, frames_text, notice

if TYPE_CHECKING:
    from rich.console import Console

    from app.cli.findings import Findings
    from app.client import Message


class LiveBar:
    """A bar that moves, with warnings and errors above it."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def open(self, title: str) -> Iterator[None]:
        """See `Display.open`."""
        with Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[stage]}", markup=False, style="dim"),
            TimeElapsedColumn(),
            console=self._console,
        ) as self._progress:
            self._task = self._progress.add_task(title, total=100, stage="")
            yield

    def show(self, message: Message, findings: Findings) -> None:
        """See `Display.show`."""
        payload = message.payload
        if message.type == "progress":
            self._progress.update(self._task, completed=payload.get("progress", 0), stage=frames_text(message))
        elif message.type == "job_status":
            attempt = f", attempt {findings.attempt}" if findings.attempt > 1 else ""
            completed = 100 if findings.status == "done" else payload.get("progress", 0)
            self._progress.update(self._task, completed=completed, stage=f"{findings.status}{attempt}")
        elif text := notice(message):
            self._console.print(text, markup=False, highlight=False, style="yellow")

    def close(self, title: str, findings: Findings) -> None:
        """See `Display.close`."""
        colour = {"done": "green", "error": "red"}.get(findings.status, "yellow")
        self._console.print(f"{title}: {ending(findings)}", markup=False, highlight=False, style=colour)
