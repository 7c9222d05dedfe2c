"""For a terminal: a bar of all items of a batch, what they are at, and what fails above it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from rich.console import Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from app.cli.displays.words import batch_ending, batch_hints, counts_text, failure_text, left_text, rate_text

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

    from app.cli.tally import Tally
    from app.client import Message

#: Rate and time go on as they go, also where no message comes.
_LOOKS_A_SECOND: Final = 4
#: The title's part of the width: one of so many.
_TITLE_PART: Final = 4
#: What is beside the bar has the same place however long it is, so that the bar does not jump.
_PERCENT_WIDTH: Final = 5
_RATE_WIDTH: Final = 8
_LEFT_WIDTH: Final = 12
#: The bar's colours by the status of its part, in order.
_COLOURS: Final = {"done": "green", "error": "red", "cancelled": "yellow"}


class BatchBar:
    """A bar that moves, the counts below it, and failures above it as they happen."""

    sums_up = True

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def open(self, tally: Tally) -> Iterator[None]:
        """See `BatchDisplay.open`."""
        self._tally = tally
        self._spinner: Spinner | Text = Spinner("line" if self._console.options.ascii_only else "dots", style="cyan")
        self._console.print(
            f"Batch {tally.batch_id}: {tally.total:,} {'item' if tally.total == 1 else 'items'}",
            markup=False,
            highlight=False,
            style="dim",
        )
        with Live(console=self._console, get_renderable=self._render, refresh_per_second=_LOOKS_A_SECOND):
            yield
            self._spinner = Text(" ")

    def show(self, message: Message, tally: Tally) -> None:
        """See `BatchDisplay.show`. What it looks at is what the tally says at that moment."""

    def failed(self, items: Sequence[dict[str, Any]]) -> None:
        """See `BatchDisplay.failed`."""
        if items:
            self._console.print(Group(*(_failure(item) for item in items)))

    def close(self, tally: Tally) -> None:
        """See `BatchDisplay.close`."""
        colour = "red" if tally.of("error") else "yellow" if tally.of("cancelled") else "green"
        self._console.print(f"{tally.title}: {batch_ending(tally)}", markup=False, highlight=False, style=colour)
        for hint in batch_hints(tally):
            self._console.print(hint, markup=False, highlight=False, style="dim", soft_wrap=True)

    def _render(self) -> Group:
        return picture(self._tally, self._spinner, self._console.width)


def picture(tally: Tally, spinner: Spinner | Text, width: int) -> Group:
    """How a batch stands: a line with a bar, and one with its counts."""
    line = Table.grid(padding=(0, 1), expand=True)
    line.add_column(no_wrap=True)
    line.add_column(no_wrap=True, overflow="ellipsis", max_width=width // _TITLE_PART)
    line.add_column(ratio=1)
    beside = [(_PERCENT_WIDTH, Text(f"{tally.percent} %"))]
    if tally.ended < tally.total:
        beside.append((_RATE_WIDTH, Text(rate_text(tally), style="dim")))
        beside.append((_LEFT_WIDTH, Text(left_text(tally), style="dim")))
    for least, _ in beside:
        line.add_column(no_wrap=True, justify="right", min_width=least)
    line.add_row(spinner, Text(tally.title), _Bar(tally), *(text for _, text in beside))
    return Group(line, Text("  " + " · ".join(counts_text(tally)), style="dim"))


class _Bar:
    """A bar as wide as there is room, each status with its part."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """As rich asks for it."""
        del console
        width, tally = options.max_width, self._tally
        mark = "-" if options.ascii_only else "━"
        text, before, drawn = Text(no_wrap=True), 0, 0
        for status, colour in _COLOURS.items():
            before += tally.of(status)
            # A failure among thousands is to be seen.
            least = drawn + (1 if tally.of(status) and status != "done" else 0)
            until = min(width, max(least, width * before // tally.total if tally.total else width))
            text.append(mark * (until - drawn), style=colour)
            drawn = max(drawn, until)
        text.append((" " if options.ascii_only else mark) * (width - drawn), style="grey23")
        yield text


def _failure(item: dict[str, Any]) -> Table:
    """An item that failed; what is long goes on below its own beginning."""
    line = Table.grid(padding=(0, 1))
    line.add_column(no_wrap=True)
    line.add_column(overflow="fold")
    line.add_row(Text("failed", style="red"), Text(failure_text(item)))
    return line
