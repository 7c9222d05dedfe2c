"""For scripts: the messages themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.cli.output import say

if TYPE_CHECKING:
    from app.cli.findings import Findings
    from app.client import Message


class MessageLines:
    """Each message on a line, exactly as on the wire."""

    @contextmanager
    def open(self, title: str) -> Iterator[None]:
        """See `Display.open`."""
        del title
        yield

    def show(self, message: Message, findings: Findings) -> None:
        """See `Display.show`. Whoever reads the lines gets each as it comes."""
        del findings
        say(message.text)

    def close(self, title: str, findings: Findings) -> None:
        """The last message says how it ended."""
