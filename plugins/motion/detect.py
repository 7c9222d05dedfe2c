"""The tool `motion.detect`: what moves, in every frame, and where it goes.

Pixels that do not fit the still scene (`scene`) move; they are gathered into regions (`regions`) and followed
(`tracks`).
"""

from __future__ import annotations

from pydantic import JsonValue

from plugins.contract import Box, FrameData, MediaFrame, Tool, ToolContext
from plugins.frames import Pixels
from plugins.motion.options import DetectOptions
from plugins.motion.regions import Rectangle, Region, boxes_of
from plugins.motion.scene import MOVING, Scene, warn_of_single_image
from plugins.motion.tracks import Track, Tracker

LABEL = "motion"
#: A region that differs by this part of the full brightness from the scene stands out as clearly as can be.
FULL_CONTRAST = 0.5
#: The result names so many tracks, the longest.
TRACKS_LISTED = 200


class Detect(Tool[DetectOptions]):
    """Finds moving regions and follows them. A score says how clearly a region stands out from the still scene:
    its pixels' mean difference, 1 from half of full brightness on."""

    name = "detect"
    title = "Detect motion"
    description = (
        "Boxes around everything that moves, with a number that stays the same from frame to frame. "
        "For cameras that stand still."
    )
    Options = DetectOptions

    def __init__(self, options: DetectOptions, context: ToolContext) -> None:
        super().__init__(options, context)
        self._scene = Scene(options, context)
        self._tracker = Tracker(confirm_frames=options.confirm_frames, lost_frames=options.lost_frames)
        self._frames = 0
        self._frames_with_motion = 0
        self._scene_changes = 0

    def process(self, frame: MediaFrame) -> FrameData:
        """The moving regions of the frame, each with the number of its track."""
        regions = self._regions(frame)
        self._frames += 1
        view = Rectangle(0, 0, frame.width, frame.height)
        tracks = self._tracker.follow(regions, view=view, frame_index=frame.index, timestamp_ms=frame.timestamp_ms)
        if tracks:
            self._frames_with_motion += 1
        return FrameData(
            frame_index=frame.index,
            timestamp_ms=frame.timestamp_ms,
            boxes=[_box(track.region.box) for track in tracks],
            scores=[round(track.region.score, 3) for track in tracks],
            labels=[LABEL] * len(tracks),
            track_ids=[track.number for track in tracks],
        )

    def finish(self) -> dict[str, JsonValue]:
        """How much moved, and the longest tracks; warns if there was but one frame."""
        if self._frames == 1:
            warn_of_single_image(self.context)
        by_length = sorted(self._tracker.confirmed, key=lambda track: -track.frames)
        listed: list[JsonValue] = [_summary(track) for track in by_length[:TRACKS_LISTED]]
        return {
            "tracks": len(by_length),
            "frames": self._frames,
            "frames_with_motion": self._frames_with_motion,
            "scene_changes": self._scene_changes,
            "longest_track": listed[0] if listed else None,
            "track_list": listed,
        }

    def _regions(self, frame: MediaFrame) -> list[Region]:
        mask = self._scene.moving(frame)
        if self._scene.changes > self._scene_changes:
            self._tracker.forget()
            self._scene_changes = self._scene.changes
        if mask is None:
            return []
        boxes = boxes_of(
            mask,
            min_area=self.options.min_area_fraction * mask.size,
            merge_distance=self.options.merge_distance_fraction * mask.shape[1],
        )
        if not boxes:
            return []
        difference, times = self._scene.difference(), self._scene.shrink(frame)
        return [Region(box.scaled(times), _contrast(difference, mask, box)) for box in boxes]


def _contrast(difference: Pixels, mask: Pixels, box: Rectangle) -> float:
    """How clearly the moving pixels in the box stand out, 0 to 1."""
    rows, columns = slice(int(box.y1), int(box.y2)), slice(int(box.x1), int(box.x2))
    moving = difference[rows, columns][mask[rows, columns] == MOVING]
    return min(1.0, float(moving.mean()) / (FULL_CONTRAST * 255))


def _box(box: Rectangle) -> Box:
    return Box(x1=round(box.x1, 1), y1=round(box.y1, 1), x2=round(box.x2, 1), y2=round(box.y2, 1))


def _summary(track: Track) -> dict[str, JsonValue]:
    return {
        "track_id": track.number,
        "first_frame": track.first_frame,
        "last_frame": track.last_frame,
        "frames": track.frames,
        "seconds": round((track.last_ms - track.first_ms) / 1000, 3),
        "distance_pixels": round(track.distance, 1),
    }
