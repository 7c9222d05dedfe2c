"""Which region of this frame is which of the last one.

Each track expects to go on as it went. Pairs of track and region are taken best first, by overlap and nearness; what
finds no partner is a new track, or one that is missing. A short memory brings a track back that was hidden.
"""

from __future__ import annotations

import math

from plugins.motion.regions import Rectangle, Region

#: How much of a new measurement goes into the speed; the rest is what was known.
SPEED_GAIN = 0.3
#: A region may lie so many of the track's diagonals off its expected place, and still be it.
REACH_DIAGONALS = 0.75
#: Of two things of so different areas, neither is the other.
SIZE_RATIO_AT_MOST = 6.0
#: So near to an edge, as a part of the picture's width, a thing touches it.
EDGE_PART = 0.01


class Track:
    """One thing, as long as it is followed. `number` is given once it is confirmed."""

    def __init__(self, region: Region, *, frame_index: int, timestamp_ms: float) -> None:
        self.number: int | None = None
        self.region = region
        self.first_frame = self.last_frame = frame_index
        self.first_ms = self.last_ms = timestamp_ms
        self.frames = 1
        self.missing = 0
        self.distance = 0.0
        self._speed = (0.0, 0.0)

    def expected(self) -> Rectangle:
        """Where it should be now if it went on as before."""
        steps = self.missing + 1
        return self.region.box.moved(self._speed[0] * steps, self._speed[1] * steps)

    def is_leaving(self, view: Rectangle) -> bool:
        """Whether it was last seen at an edge of the picture, on its way out."""
        box, (across, down) = self.region.box, self._speed
        margin = EDGE_PART * view.width
        return (
            (box.x1 <= view.x1 + margin and across < 0)
            or (box.x2 >= view.x2 - margin and across > 0)
            or (box.y1 <= view.y1 + margin and down < 0)
            or (box.y2 >= view.y2 - margin and down > 0)
        )

    def take(self, region: Region, *, frame_index: int, timestamp_ms: float) -> None:
        """It was found again."""
        steps = self.missing + 1
        (old_x, old_y), (new_x, new_y) = self.region.box.centre, region.box.centre
        gain = 1.0 if self.frames == 1 else SPEED_GAIN
        self._speed = (
            self._speed[0] + gain * ((new_x - old_x) / steps - self._speed[0]),
            self._speed[1] + gain * ((new_y - old_y) / steps - self._speed[1]),
        )
        self.distance += math.hypot(new_x - old_x, new_y - old_y)
        self.region = region
        self.last_frame, self.last_ms = frame_index, timestamp_ms
        self.frames += 1
        self.missing = 0


class Tracker:
    """Keeps the tracks of a run; numbers start at 1 and are never used again."""

    def __init__(self, *, confirm_frames: int, lost_frames: int) -> None:
        self._confirm_frames = confirm_frames
        self._lost_frames = lost_frames
        self._active: list[Track] = []
        #: Confirmed tracks, by number.
        self.confirmed: list[Track] = []

    def follow(self, regions: list[Region], *, view: Rectangle, frame_index: int, timestamp_ms: float) -> list[Track]:
        """Tell the regions of the next frame; answers with the confirmed tracks that are seen in it, by number."""
        pairs = self._pairs(regions)
        for track, region in pairs:
            track.take(region, frame_index=frame_index, timestamp_ms=timestamp_ms)
        found = {id(track) for track, _ in pairs}
        used = {id(region) for _, region in pairs}
        for track in self._active:
            if id(track) not in found:
                track.missing += 1
        fresh = [
            Track(region, frame_index=frame_index, timestamp_ms=timestamp_ms)
            for region in regions
            if id(region) not in used
        ]
        self._active = [track for track in self._active if self._is_kept(track, view)] + fresh
        for track in self._active:
            if track.number is None and track.frames >= self._confirm_frames:
                self.confirmed.append(track)
                track.number = len(self.confirmed)
        seen = [track for track in self._active if track.number is not None and track.missing == 0]
        return sorted(seen, key=lambda track: track.number or 0)

    def forget(self) -> None:
        """The scene is another one: nothing goes on."""
        self._active = []

    def _is_kept(self, track: Track, view: Rectangle) -> bool:
        if track.missing == 0:
            return True
        # What was never confirmed has to be there in every frame until it is; what left does not come back.
        if track.number is None or track.is_leaving(view):
            return False
        return track.missing <= self._lost_frames

    def _pairs(self, regions: list[Region]) -> list[tuple[Track, Region]]:
        candidates = [
            (likeness, track_place, region_place)
            for track_place, track in enumerate(self._active)
            for region_place, region in enumerate(regions)
            if (likeness := _likeness(track, region)) > 0
        ]
        # The best first; among equals the older track, so that the answer does not depend on chance.
        candidates.sort(key=lambda item: (-item[0], item[1], item[2]))
        tracks_taken: set[int] = set()
        regions_taken: set[int] = set()
        pairs = []
        for _, track_place, region_place in candidates:
            if track_place not in tracks_taken and region_place not in regions_taken:
                tracks_taken.add(track_place)
                regions_taken.add(region_place)
                pairs.append((self._active[track_place], regions[region_place]))
        return pairs


def _likeness(track: Track, region: Region) -> float:
    """How well the region fits the track: overlap and nearness, 0 (can't be) to 2 (just where it was expected)."""
    expected = track.expected()
    ratio = max(expected.area, region.box.area) / max(1e-9, min(expected.area, region.box.area))
    overlap = expected.overlap(region.box)
    (x, y), (region_x, region_y) = expected.centre, region.box.centre
    reach = REACH_DIAGONALS * max(math.hypot(expected.width, expected.height), 1.0)
    nearness = 1 - math.hypot(x - region_x, y - region_y) / reach
    if overlap == 0 and (nearness <= 0 or ratio > SIZE_RATIO_AT_MOST):
        return 0.0
    return overlap + max(0.0, nearness) + 1e-6
