"""How far a video is that is being made: a bar on a terminal, a line elsewhere, beside the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn


@contextmanager
def making_bar(*, quiet: bool) -> Iterator[Callable[[int], None] | None]:
    """What is told how many per cent are made; nothing is shown before it is."""
    console = Console(stderr=True)
    if quiet:
        yield None
        return
    if not console.is_terminal:
        yield _Line(console)
        return
    with Progress(
        SpinnerColumn(),
        TextColumn("The video is being made"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as progress:
        task = progress.add_task("", total=100, visible=False)
        yield lambda percent: progress.update(task, completed=percent, visible=True)


class _Line:
    """Says once that there is something to wait for."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._said = False

    def __call__(self, percent: int) -> None:
        if not self._said:
            self._said = True
            self._console.print(f"The video is being made ({percent} %) …", markup=False, highlight=False)
