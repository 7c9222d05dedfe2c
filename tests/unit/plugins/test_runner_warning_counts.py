"""How many warnings are told, and how the others are summed up."""

from __future__ import annotations

from plugins.runtime.warning_counts import CODES_AT_MOST, TELL_A_CODE, TELL_WITHOUT_CODE, WarningCounts


def told(counts: WarningCounts, codes: list[str | None]) -> int:
    """How many of these warnings are told."""
    return sum(counts.count(code) for code in codes)


def test_few_warnings_are_all_told_and_need_no_summary() -> None:
    """Up to the limit each one is told."""
    counts = WarningCounts()

    assert told(counts, ["DARK"] * TELL_A_CODE) == TELL_A_CODE
    assert list(counts.summaries()) == []


def test_many_of_one_code_are_summed_up() -> None:
    """One more than the limit is counted, and the summary names the true number."""
    counts = WarningCounts()

    assert told(counts, ["DARK"] * (TELL_A_CODE + 1)) == TELL_A_CODE
    assert list(counts.summaries()) == [
        (
            "DARK",
            f"There were {TELL_A_CODE + 1} warnings DARK in all; only the first {TELL_A_CODE} of them are listed.",
        )
    ]


def test_codes_do_not_take_each_others_place() -> None:
    """A rare warning is told however many of another kind came before it."""
    counts = WarningCounts()
    told(counts, ["DARK"] * 1000)

    assert counts.count("BLURRED")
    assert counts.total == 1001


def test_warnings_without_a_code_have_a_limit_too() -> None:
    """They can't be told apart, so more of them are told."""
    counts = WarningCounts()

    assert told(counts, [None] * 1000) == TELL_WITHOUT_CODE
    ((code, sentence),) = counts.summaries()
    assert code is None
    assert sentence == f"There were 1000 other warnings in all; only the first {TELL_WITHOUT_CODE} of them are listed."


def test_made_up_codes_are_bounded() -> None:
    """A tool that makes up a code a frame fills neither the memory nor the log."""
    counts = WarningCounts()

    assert told(counts, [f"CODE_{number}" for number in range(10_000)]) <= CODES_AT_MOST + TELL_WITHOUT_CODE
    assert counts.total == 10_000
    assert len(list(counts.summaries())) == 1
