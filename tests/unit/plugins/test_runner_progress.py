"""The meter behind the progress: what is worth telling, by a clock that the test turns."""

from __future__ import annotations

from plugins.runtime.progress import FRAMES_BEFORE_ETA, INTERVAL_SECONDS, SHORTEST_SECONDS, Progress, ProgressMeter


class HandClock:
    """A clock in seconds that a test turns."""

    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        """The time on it."""
        return self.now


def told(
    meter: ProgressMeter, clock: HandClock, frames: int, *, seconds_a_frame: float, positions: float | None = None
) -> list[Progress]:
    """What is told of so many frames that take so long each; each advances the position by `positions`."""
    found = []
    for index in range(frames):
        clock.now += seconds_a_frame
        progress = meter.frame_done(None if positions is None else (index + 1) * positions)
        if progress is not None:
            found.append(progress)
    return found


def test_fast_frames_are_told_ten_times_a_second() -> None:
    """A thousand frames in two seconds are told no more often than a person can see."""
    clock = HandClock()
    found = told(ProgressMeter(1000, clock=clock), clock, 1000, seconds_a_frame=0.002)

    assert 2 / SHORTEST_SECONDS - 2 <= len(found) <= 2 / SHORTEST_SECONDS


def test_slow_percents_are_told_twice_a_second() -> None:
    """While the whole percent stands still, the count of frames is still told now and then."""
    clock = HandClock()
    found = told(ProgressMeter(100_000, clock=clock), clock, 100, seconds_a_frame=0.05)

    assert {progress.percent for progress in found} == {0}
    assert 5 / INTERVAL_SECONDS - 1 <= len(found) <= 5 / INTERVAL_SECONDS


def test_every_slow_frame_is_told() -> None:
    """A tool that takes a second a frame is told frame by frame."""
    clock = HandClock()
    found = told(ProgressMeter(10, clock=clock), clock, 10, seconds_a_frame=1)

    assert [progress.frames_done for progress in found] == list(range(1, 11))
    assert [progress.percent for progress in found] == [10, 20, 30, 40, 50, 60, 70, 80, 90, 99]


def test_time_left_follows_the_measured_rate() -> None:
    """After two seconds for a fifth of the frames, eight are left; nothing is said before some were seen."""
    clock = HandClock()
    found = told(ProgressMeter(50, clock=clock), clock, 10, seconds_a_frame=0.2)

    assert {progress.eta_seconds for progress in found[: FRAMES_BEFORE_ETA - 1]} == {None}
    assert found[-1].eta_seconds == 8.0


def test_time_left_follows_the_position_where_frames_are_not_counted() -> None:
    """The position in the input serves as well as a count of frames."""
    clock = HandClock()
    found = told(ProgressMeter(None, clock=clock), clock, 10, seconds_a_frame=0.2, positions=0.02)

    assert (found[-1].percent, found[-1].eta_seconds, found[-1].frames_total) == (20, 8.0, None)


def test_time_left_is_never_negative() -> None:
    """A file with more frames than it announced has no time left, not less than none."""
    clock = HandClock()
    found = told(ProgressMeter(5, clock=clock), clock, 8, seconds_a_frame=1)

    assert [progress.eta_seconds for progress in found[4:]] == [0, 0, 0, 0]
    assert found[-1].percent == 99


def test_without_a_measure_no_time_is_told() -> None:
    """Where neither a total nor a position is known, nothing is made up."""
    clock = HandClock()
    found = told(ProgressMeter(None, clock=clock), clock, 20, seconds_a_frame=1)

    assert {(progress.percent, progress.eta_seconds) for progress in found} == {(0, None)}
