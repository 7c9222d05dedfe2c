"""How a batch is shown: how fast it goes, how often a log file is told of it, and how wide its bar is."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from rich.console import Console
from rich.text import Text

from app.cli.displays.batch_bar import picture
from app.cli.displays.batch_lines import PAUSE_SECONDS, BatchLines
from app.cli.tally import Tally
from app.client.message import Message, read_message

NAME = "All of the pictures that were taken on Saturday"


class Clock:
    """A time that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """What it says."""
        return self.now


def state(total: int, **counts: int) -> dict[str, Any]:
    """What the server answers of a batch."""
    waiting = total - sum(counts.values())
    return {"batch_id": "b", "name": NAME, "status": "running", "total": total, "counts": {"queued": waiting, **counts}}


def told(second: float, total: int, **counts: int) -> Message:
    """A `batch_status` of that second."""
    payload = {key: value for key, value in state(total, **counts).items() if key in ("batch_id", "total", "counts")}
    stamp = f"2026-01-31T12:{int(second) // 60:02}:{second % 60:06.3f}Z"
    return read_message(json.dumps({"type": "batch_status", "payload": payload, "timestamp": stamp}))


def test_the_rate_is_that_of_the_last_seconds() -> None:
    """Slow at first and quick now: the time that is left is that of now."""
    clock = Clock()
    tally = Tally(state(1000), clock)
    assert (tally.rate, tally.seconds_left) == (None, None)

    for second in range(61):
        tally.take(told(second, 1000, done=second))
    for second in range(61, 91):
        tally.take(told(second, 1000, done=60 + 10 * (second - 60)))

    assert tally.rate == pytest.approx(10, rel=0.1)
    assert tally.seconds_left == pytest.approx(64, rel=0.1)
    clock.now += 90
    assert tally.rate is not None
    assert tally.rate < 2


def test_a_retry_begins_a_new_rate() -> None:
    """What had ended has not any more: nothing is slower than nothing for that."""
    tally = Tally(state(10), Clock())
    for message in (told(1, 10, done=5, error=5), told(2, 10, done=5), told(4, 10, done=7)):
        assert tally.take(message)

    assert tally.rate == pytest.approx(1)
    assert not tally.take(read_message('{"type":"job_status","payload":{"status":"done"}}'))


def test_a_log_file_is_told_now_and_then() -> None:
    """A thousand messages in a minute are a dozen lines at most; failures and the end are told each."""
    clock, output = Clock(), io.StringIO()
    tally, lines = Tally(state(1000), clock), BatchLines(Console(file=output, width=40), clock)

    with lines.open(tally):
        for number in range(1, 1000):
            clock.now += 0.06
            message = told(number * 0.06, 1000, done=number)
            tally.take(message)
            lines.show(message, tally)
        lines.failed([{"n": 1000, "line": 7, "name": "x.png", "error": {"code": "BAD", "detail": "It is bad"}}])
    tally.settle({**state(1000, done=999, error=1), "status": "done"})
    lines.close(tally)

    said = output.getvalue().splitlines()
    progress = [line for line in said if " %; " in line]
    assert 2 <= len(progress) <= 60 / PAUSE_SECONDS
    assert progress[-1].startswith(f"{NAME}: 9")
    assert "/s; " in progress[-1]
    assert said[0] == "batch b: 1,000 items"
    assert f"{NAME}: failed: line 7, x.png: It is bad [BAD]" in said
    assert f"{NAME}: ended; 999 done, 1 failed" in said


@pytest.mark.parametrize("width", [60, 80, 160])
def test_a_bar_of_large_numbers_fits(width: int) -> None:
    """Two lines, whatever the numbers; the bar takes what room there is."""
    output = io.StringIO()
    console = Console(file=output, width=width, force_terminal=True, color_system=None, legacy_windows=False)
    tally = Tally(state(100_000), Clock())
    tally.take(told(0, 100_000, done=50_000))
    tally.take(told(10, 100_000, done=50_300, error=1, running=16))

    console.print(picture(tally, Text(" "), width))

    bar, counts = output.getvalue().splitlines()
    assert re.fullmatch(r"  All of.*…? ━+ +50 % +30\.1/s +27:31 left", bar)
    assert len(bar) == width
    assert bar.count("━") >= width - width // 4 - 35
    assert counts == "  50,300 done · 1 failed · 16 running · 49,683 waiting"
