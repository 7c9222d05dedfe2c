"""Pauses between attempts."""

from __future__ import annotations

from app.client.backoff import PAUSES_SECONDS, Backoff


def test_pauses_double_with_jitter_and_end_after_five() -> None:
    """Each pause is at most what it should be and at least half of it; there is no sixth."""
    backoff = Backoff()

    pauses = [backoff.next_pause() for _ in range(6)]

    assert PAUSES_SECONDS == (1.0, 2.0, 4.0, 8.0, 16.0)
    assert pauses[5] is None
    for pause, longest in zip(pauses[:5], PAUSES_SECONDS, strict=True):
        assert pause is not None
        assert longest / 2 <= pause <= longest


def test_a_message_gives_all_attempts_back() -> None:
    """Attempts count since the last message, not since the beginning."""
    backoff = Backoff((0.0, 0.0))
    for _ in range(3):
        backoff.next_pause()

    backoff.reset()

    assert [backoff.next_pause() is None for _ in range(3)] == [False, False, True]
