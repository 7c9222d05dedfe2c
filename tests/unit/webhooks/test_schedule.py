"""When a webhook is tried again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.webhooks.retry_after import asked_seconds
from app.webhooks.schedule import PAUSES_SECONDS, pause_ms

NOW = datetime(2026, 3, 14, 12, 0, 0, tzinfo=UTC)
DAY = 24 * 3600


def test_pauses_grow_and_end() -> None:
    """Ten pauses between eleven tries, over about three days; then there is none."""
    pauses = [pause_ms(failures, chance=0) for failures in range(1, 12)]

    assert pauses == [*(seconds * 1000 for seconds in PAUSES_SECONDS), None]
    assert sorted(PAUSES_SECONDS) == list(PAUSES_SECONDS)
    assert 3 * DAY < sum(PAUSES_SECONDS) < 4 * DAY


def test_chance_spreads_them() -> None:
    """A pause is up to a fifth longer, never shorter."""
    assert pause_ms(2, chance=1) == 72_000
    assert 60_000 <= (pause_ms(2) or 0) <= 72_000


@pytest.mark.parametrize(("asked", "expected"), [(1, 5_000), (120, 120_000), (10 * DAY, DAY * 1000)])
def test_a_receiver_may_ask_for_more(asked: float, expected: int) -> None:
    """It is left alone for longer where it asks for that, for a day at most, and never for less than the pause."""
    assert pause_ms(1, asked_seconds=asked, chance=0) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, None),
        ("120", 120.0),
        ("Sat, 14 Mar 2026 12:01:00 GMT", 60.0),
        ("Sat, 14 Mar 2026 11:00:00 GMT", 0.0),
        ("-5", None),
        ("soon", None),
        ("9" * 5000, 999_999_999_999.0),
        ("", None),
        (",", None),
        ("Mon, 01 Jan 2024 00:00:00 +99999999999999999999", None),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
    ],
)
def test_what_is_asked_is_a_number_or_a_date(text: str | None, expected: float | None) -> None:
    """Whatever else stands there asks for nothing."""
    assert asked_seconds(text, now=NOW) == expected
