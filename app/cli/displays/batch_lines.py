"""For a log file, or a terminal that can't do more: a line about a batch now and then, and one for each failure."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from app.cli.displays.words import batch_ending, batch_hints, counts_text, failure_text, left_text, rate_text

if TYPE_CHECKING:
    from rich.console import Console

    from app.cli.tally import Tally
    from app.client import Message

#: How it goes is told every so many seconds at most.
PAUSE_SECONDS: Final = 5.0


class BatchLines:
    """A line for what a person would want to find in a log file."""

    sums_up = True

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock

    @contextmanager
    def open(self, tally: Tally) -> Iterator[None]:
        """See `BatchDisplay.open`."""
        self._title = tally.title
        self._told_at = self._clock()
        self._print(f"batch {tally.batch_id}: {tally.total:,} {'item' if tally.total == 1 else 'items'}")
        yield

    def show(self, message: Message, tally: Tally) -> None:
        """See `BatchDisplay.show`."""
        if message.type == "batch_status" and self._clock() - self._told_at >= PAUSE_SECONDS:
            self._told_at = self._clock()
            pace = [text for text in (rate_text(tally), left_text(tally)) if text]
            self._line("; ".join([f"{tally.percent} %", ", ".join(counts_text(tally)), *pace]))

    def failed(self, items: Sequence[dict[str, Any]]) -> None:
        """See `BatchDisplay.failed`."""
        for item in items:
            self._line(f"failed: {failure_text(item)}")

    def close(self, tally: Tally) -> None:
        """See `BatchDisplay.close`."""
        self._line(batch_ending(tally))
        for hint in batch_hints(tally):
            self._line(hint)

    def _line(self, text: str) -> None:
        self._print(f"{self._title}: {text}")

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)
