"""What a process prints, as lines: bounded in length, and in how many there are, whatever it prints.

A tool that prints without end must not bury what the others say. Beyond the bound its output is read, which is quick,
and counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final

#: A line longer than this is told in pieces.
MAX_LINE_BYTES: Final = 16_384
#: So much a window is told; what is beyond is counted, and that is said once the window is over. The time that telling
#: takes is no part of it: where that is slow, all of a flood would be told one window after the other.
WINDOW_SECONDS: Final = 1.0
BYTES_A_WINDOW: Final = 256 * 1024
LINES_A_WINDOW: Final = 1000


class PrintedLines:
    """Fed with bytes as they are read, in order, by one thread."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._done_at = clock()
        self._seconds = 0.0
        self._bytes = 0
        self._lines = 0
        self._left_out = 0
        self._rest = b""

    def feed(self, read: bytes) -> list[str]:
        """The lines that have come to their end with these bytes, and are to be told."""
        told: list[str] = []
        self._seconds += self._clock() - self._done_at
        if self._seconds >= WINDOW_SECONDS:
            told += self._missing()
            self._seconds, self._bytes, self._lines = 0.0, 0, 0
        self._bytes += len(read)
        if self._bytes > BYTES_A_WINDOW or self._lines >= LINES_A_WINDOW:
            self._skip(read)
        else:
            told += self._whole(read)
        self.done()
        return told

    def done(self) -> None:
        """What `feed` gave has been told."""
        self._done_at = self._clock()

    def end(self) -> list[str]:
        """What is left, once nothing more will come."""
        rest, self._rest = self._rest, b""
        return [*self._missing(), *([_text(rest)] if rest else [])]

    def _whole(self, read: bytes) -> Iterator[str]:
        *lines, self._rest = (self._rest + read).split(b"\n")
        while len(self._rest) >= MAX_LINE_BYTES:
            lines.append(self._rest[:MAX_LINE_BYTES])
            self._rest = self._rest[MAX_LINE_BYTES:]
        self._lines += len(lines)
        for line in lines:
            for start in range(0, len(line) or 1, MAX_LINE_BYTES):
                yield _text(line[start : start + MAX_LINE_BYTES])

    def _skip(self, read: bytes) -> None:
        self._left_out += read.count(b"\n")
        _, newline, begun = read.rpartition(b"\n")
        # Of a line that goes on and on, its beginning is enough.
        self._rest = (begun if newline else self._rest + begun)[:MAX_LINE_BYTES]

    def _missing(self) -> list[str]:
        count, self._left_out = self._left_out, 0
        return [f"{count} lines were left out here: too much was printed at once"] if count else []


def _text(line: bytes) -> str:
    return line.decode(errors="replace")
