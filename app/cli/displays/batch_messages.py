"""For scripts: the messages of a batch themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from app.cli.output import say

if TYPE_CHECKING:
    from app.cli.tally import Tally
    from app.client import Message


class BatchMessages:
    """Each message on a line, exactly as on the wire."""

    sums_up = False

    @contextmanager
    def open(self, tally: Tally) -> Iterator[None]:
        """See `BatchDisplay.open`."""
        del tally
        yield

    def show(self, message: Message, tally: Tally) -> None:
        """See `BatchDisplay.show`. Whoever reads the lines gets each as it comes."""
        del tally
        say(message.text)

    def failed(self, items: Sequence[dict[str, Any]]) -> None:
        """The messages say it."""

    def close(self, tally: Tally) -> None:
        """The last message says how it ended."""
