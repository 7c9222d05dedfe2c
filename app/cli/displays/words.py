"""What messages, findings and tallies are in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.cli.findings import Findings
    from app.cli.tally import Tally
    from app.client import Message

#: The statuses of a batch's items, in the order in which they are told.
_WORDS: Final = {
    "done": "done",
    "error": "failed",
    "cancelled": "cancelled",
    "running": "running",
    "queued": "waiting",
}
#: What is slower than this, in items a second, is told by the minute.
_SLOW: Final = 0.1


def frames_text(message: Message) -> str:
    """How many frames a progress message counts, in words."""
    done, total = message.payload.get("frames_done"), message.payload.get("frames_total")
    if done is None:
        return ""
    return f"{done} of {total} frames" if total else f"{done} frames"


def notice(message: Message) -> str:
    """What a person should read of a message that is neither status nor progress; mostly nothing."""
    payload = message.payload
    if message.type == "warning":
        return f"warning ({payload.get('severity')}): {payload.get('message')}"
    if message.type == "error":
        return f"error: {payload.get('error')}"
    if message.type == "reset":
        return f"the stream begins anew: {payload.get('reason')}"
    return ""


def ending(findings: Findings) -> str:
    """How a job ended and what it found, in words."""
    reason = f": {findings.error}" if findings.error else ""
    return f"{findings.status}{reason}; {findings.sentence()}"


def counts_text(tally: Tally) -> list[str]:
    """A batch's items by status, in words; what there is none of is left out, but what is done."""
    named = [(status, word) for status, word in _WORDS.items() if status == "done" or tally.of(status)]
    return [f"{tally.of(status):,} {word}" for status, word in named]


def rate_text(tally: Tally) -> str:
    """How fast a batch's items end, in words; nothing where that is not known, or none is left."""
    rate = tally.rate
    if rate is None or tally.ended == tally.total:
        return ""
    return f"{rate:.1f}/s" if rate >= _SLOW else f"{60 * rate:.1f}/min"


def left_text(tally: Tally) -> str:
    """How long the rest of a batch takes, in words; nothing where that is not known, or where there is none."""
    seconds = tally.seconds_left
    return f"{duration(seconds)} left" if seconds else ""


def duration(seconds: float) -> str:
    """A time as clocks show it."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def failure_text(item: Mapping[str, Any]) -> str:
    """Which item of a batch failed, and why: `line 17, quay.png: There is no such file [INPUT_NOT_FOUND]`."""
    name = item["name"] or f"item {item['n']}"
    place = name if item["line"] is None else f"line {item['line']}, {name}"
    error = item["error"] or {}
    return f"{place}: {error.get('detail', 'failed')} [{error.get('code', 'ERROR')}]"


def batch_ending(tally: Tally) -> str:
    """How a batch ended, in words."""
    word = "cancelled" if tally.status == "cancelled" else "ended"
    return f"{word}; {', '.join(counts_text(tally))}"


def batch_hints(tally: Tally) -> list[str]:
    """What can be done about what failed; nothing where nothing has."""
    if not tally.of("error"):
        return []
    return [
        f"What failed, and why: transom batch {tally.batch_id}",
        f"To run that again: transom retry {tally.batch_id}",
    ]
