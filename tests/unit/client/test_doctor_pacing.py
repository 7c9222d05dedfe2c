"""How a stream came, judged by when its events were sent and when they arrived."""

from __future__ import annotations

import pytest

from app.client.doctor.listening import Ending, Heard
from app.client.doctor.pacing import Passing, pacing_of

SENT = [number / 5 for number in range(16)]


def heard(arrivals: list[float], *, size: int = 100) -> Heard:
    """A stream whose events, sent every 200 ms, arrived then."""
    return Heard(
        status=200,
        head_at=0.0,
        bytes_at=[(at, size * (number + 1)) for number, at in enumerate(arrivals)],
        events_at=[(at, {"sent_ms": sent * 1000}) for at, sent in zip(arrivals, SENT, strict=True)],
        ending=Ending.ENDED,
    )


def test_what_comes_as_it_is_sent_is_not_held() -> None:
    """Nor does it matter how far away the server is."""
    for distance in (0.0, 4.0):
        pacing = pacing_of(heard([at + distance for at in SENT]))

        assert (pacing.passing, pacing.held) == (Passing.AT_ONCE, False)


def test_one_moment_of_a_busy_machine_is_no_lump() -> None:
    """Some events come together, most do not."""
    assert pacing_of(heard([max(at, 1.0) if at > 0.3 else at for at in SENT])).passing is Passing.AT_ONCE


def test_what_comes_at_the_end_was_held() -> None:
    """It says by how much."""
    pacing = pacing_of(heard([3.0] * 16))

    assert pacing.passing is Passing.AT_THE_END
    assert pacing.late_seconds == pytest.approx(3.0)


def test_what_was_held_may_take_a_moment_to_be_handed_over() -> None:
    """A large body that was kept whole is written piece by piece."""
    assert pacing_of(heard([3.0 + number / 20 for number in range(16)])).passing is Passing.AT_THE_END


def test_lumps_have_a_size() -> None:
    """As many bytes as come at a time."""
    arrivals = [0.6] * 4 + [1.4] * 4 + [2.2] * 4 + [3.0] * 4

    pacing = pacing_of(heard(arrivals, size=1024))

    assert (pacing.passing, pacing.lump_bytes) == (Passing.IN_LUMPS, 4096)


def test_what_did_not_come_is_not_judged() -> None:
    """A stream that was cut at its beginning says nothing of how it is passed on."""
    assert pacing_of(Heard()).passing is Passing.UNKNOWN
