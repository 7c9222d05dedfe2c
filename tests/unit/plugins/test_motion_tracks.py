"""Tracks keep their numbers through gaps and crossings, and never share one."""

from __future__ import annotations

from plugins.motion.regions import Rectangle, Region
from plugins.motion.tracks import Track, Tracker

VIEW = Rectangle(0, 0, 640, 360)


def region(x: float, y: float, size: float = 20) -> Region:
    """A square with its centre there."""
    return Region(Rectangle(x - size / 2, y - size / 2, x + size / 2, y + size / 2), 0.5)


def follow(tracker: Tracker, frame: int, *places: tuple[float, float]) -> list[Track]:
    """One frame with things at these places."""
    regions = [region(x, y) for x, y in places]
    return tracker.follow(regions, view=VIEW, frame_index=frame, timestamp_ms=40.0 * frame)


def numbers(tracks: list[Track]) -> list[int | None]:
    """The tracks' numbers."""
    return [track.number for track in tracks]


def test_a_thing_is_reported_once_it_is_confirmed() -> None:
    """It takes the frames to confirm, in a row; flicker in single frames never gets a number."""
    tracker = Tracker(confirm_frames=3, lost_frames=5)

    assert [numbers(follow(tracker, frame, (50 + 5 * frame, 100))) for frame in range(4)] == [[], [], [1], [1]]
    assert numbers(follow(tracker, 4, (70, 100), (400, 300))) == [1]
    assert numbers(follow(tracker, 5, (75, 100))) == [1]
    assert numbers(follow(tracker, 6, (80, 100), (400, 300))) == [1]


def test_a_hidden_thing_keeps_its_number() -> None:
    """Hidden for as long as the memory, it comes back under its number, where its way led; later it is a new one."""
    for hidden, expected in ((6, 1), (7, 2)):
        tracker = Tracker(confirm_frames=1, lost_frames=6)
        for frame in range(10):
            follow(tracker, frame, (100 + 8 * frame, 100))
        for frame in range(10, 10 + hidden):
            assert follow(tracker, frame) == []
        back = 10 + hidden

        assert numbers(follow(tracker, back, (100 + 8 * back, 100))) == [expected]


def test_two_that_cross_keep_their_numbers() -> None:
    """Two things that pass each other go on as they went."""
    tracker = Tracker(confirm_frames=1, lost_frames=5)
    for frame in range(31):
        seen = follow(tracker, frame, (100 + 8 * frame, 100), (340 - 8 * frame, 112))
        by_number = {track.number: track.region.box.centre for track in seen}

        assert by_number == {1: (100 + 8 * frame, 100), 2: (340 - 8 * frame, 112)}


def test_what_left_does_not_come_back() -> None:
    """A thing that went out at an edge is over: who comes in there next is somebody else."""
    tracker = Tracker(confirm_frames=1, lost_frames=50)
    for frame in range(10):
        follow(tracker, frame, (550 + 9 * frame, 100))
    follow(tracker, 10)

    assert numbers(follow(tracker, 11, (628, 100))) == [2]


def test_far_away_is_another_thing() -> None:
    """A thing doesn't jump across the picture."""
    tracker = Tracker(confirm_frames=1, lost_frames=50)
    follow(tracker, 0, (100, 100))

    assert numbers(follow(tracker, 1, (400, 300))) == [2]


def test_a_new_scene_forgets_all() -> None:
    """After a cut nothing goes on, and numbers are not used again."""
    tracker = Tracker(confirm_frames=1, lost_frames=50)
    follow(tracker, 0, (100, 100))
    tracker.forget()

    assert numbers(follow(tracker, 1, (100, 100))) == [2]
    assert [track.number for track in tracker.confirmed] == [1, 2]


def test_the_way_is_measured() -> None:
    """A track knows its frames, its times and how far it went."""
    tracker = Tracker(confirm_frames=1, lost_frames=5)
    for frame in range(11):
        (track,) = follow(tracker, frame, (100 + 3 * frame, 100 + 4 * frame))

    assert (track.first_frame, track.last_frame, track.frames) == (0, 10, 11)
    assert (track.first_ms, track.last_ms, track.distance) == (0.0, 400.0, 50.0)
