"""Answers on the standard output, whose reader may go away (`transom watch … | head`)."""

from __future__ import annotations

import os
import sys


class OutputClosed(Exception):
    """Whoever read the output has gone."""

    def __str__(self) -> str:
        return "whoever read the output has gone"


def say(text: str) -> None:
    """Write a line, and let its reader have it at once; raises `OutputClosed`."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered has nowhere to go: without this, the interpreter would complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise OutputClosed from None
