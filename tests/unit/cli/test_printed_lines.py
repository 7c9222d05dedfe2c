"""What processes print is told line by line, and what floods is counted instead."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.cli.printed_lines import LINES_A_WINDOW, MAX_LINE_BYTES, PrintedLines


class Clock:
    """Stands still unless it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock for `PrintedLines`."""
    return Clock()


@pytest.fixture
def printed(clock: Clock) -> Callable[[], PrintedLines]:
    """A factory."""
    return lambda: PrintedLines(clock=clock)


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_lines_are_whole_however_they_are_read(printed: Callable[[], PrintedLines], size: int) -> None:
    """Pieces of any size give the same lines; the last needs no end, and broken text is shown."""
    text = "one\n\nzwölf ✓\n".encode() + b"\xff\xfe\nlast"
    lines = printed()

    told = [line for start in range(0, len(text), size) for line in lines.feed(text[start : start + size])]

    assert [*told, *lines.end()] == ["one", "", "zwölf ✓", "\ufffd\ufffd", "last"]
    assert lines.end() == []


def test_a_line_without_end_is_told_in_pieces(printed: Callable[[], PrintedLines]) -> None:
    """Nothing waits for an end that may not come."""
    lines = printed()

    told = [*lines.feed(b"x" * (2 * MAX_LINE_BYTES + 5)), *lines.feed(b"y\n")]

    assert [len(line) for line in told] == [MAX_LINE_BYTES, MAX_LINE_BYTES, 6]


def test_a_flood_is_counted_and_ends(printed: Callable[[], PrintedLines], clock: Clock) -> None:
    """Beyond the bound nothing is told until the window is over; then how many were left out."""
    lines = printed()
    chunk = b"flood\n" * 1000
    told = [line for _ in range(50) for line in lines.feed(chunk)]
    clock.now += 5
    after = lines.feed(b"calm\n")

    left_out = 50_000 - len(told)
    assert len(told) == LINES_A_WINDOW
    assert after == [f"{left_out} lines were left out here: too much was printed at once", "calm"]
    assert lines.feed(b"again\n") == ["again"]


def test_a_flood_without_lines_takes_no_memory(printed: Callable[[], PrintedLines]) -> None:
    """Of a line of a hundred megabytes little is kept."""
    lines = printed()
    told = [line for _ in range(1600) for line in lines.feed(b"x" * 65_536)]

    assert sum(map(len, told)) < 2 * 1024**2
    assert sum(map(len, lines.end())) <= MAX_LINE_BYTES


def test_slow_telling_does_not_hold_up_who_prints(printed: Callable[[], PrintedLines], clock: Clock) -> None:
    """Where telling a window's lines takes longer than a window, most of a flood is skipped all the same."""
    lines = printed()
    told = 0
    for _ in range(1000):
        count = len(lines.feed(b"flood\n" * 1000))
        told += count
        # Each line takes ten milliseconds to tell, each read one.
        clock.now += 0.01 * count
        lines.done()
        clock.now += 0.001

    assert told < 5 * LINES_A_WINDOW
