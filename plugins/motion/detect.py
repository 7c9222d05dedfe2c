"""The tool `motion.detect`: what moves, in every frame, and where it goes.

A model of the still scene is learned while the frames go by (MOG2, the adaptive Gaussian mixture of Z. Zivkovic,
"Improved adaptive Gaussian mixture model for background subtraction", ICPR 2004, as OpenCV has it). Pixels that do not
fit it move; they are gathered into regions (`regions`) and followed (`tracks`).
"""

from __future__ import annotations

import cv2
import numpy as np
from pydantic import JsonValue

from plugins.contract import Box, FrameData, MediaFrame, Tool, ToolContext
from plugins.frames import Pixels
from plugins.motion.options import DetectOptions
from plugins.motion.regions import Rectangle, Region, boxes_of, cleaned
from plugins.motion.tracks import Track, Tracker

LABEL = "motion"
#: MOG2 marks a pixel that moves with this value, and a shadow with a lower one.
MOVING = 255
#: A squared distance from the scene, in variances, from which a pixel moves, at the ends of `sensitivity`. OpenCV's
#: own default, 16, lies in the middle.
THRESHOLD_LOWEST_SENSITIVITY, THRESHOLD_HIGHEST_SENSITIVITY = 64.0, 4.0
#: A region that differs by this part of the full brightness from the scene stands out as clearly as can be.
FULL_CONTRAST = 0.5
#: Where more of the picture than this moves at once, the camera moved or the light changed.
SCENE_PART = 0.7
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
        ratio = THRESHOLD_HIGHEST_SENSITIVITY / THRESHOLD_LOWEST_SENSITIVITY
        self._scene = cv2.createBackgroundSubtractorMOG2(
            history=options.history_frames,
            varThreshold=THRESHOLD_LOWEST_SENSITIVITY * ratio**options.sensitivity,
            detectShadows=options.ignore_shadows,
        )
        self._tracker = Tracker(confirm_frames=options.confirm_frames, lost_frames=options.lost_frames)
        self._learning = options.warmup_frames
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
            self.context.warn(
                "A single image shows no motion; run this tool on a video.", severity="low", code="SINGLE_IMAGE"
            )
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
        picture = self._small(frame)
        _, moving = cv2.threshold(self._scene.apply(picture), MOVING - 1, MOVING, cv2.THRESH_BINARY)
        mask = cleaned(np.asarray(moving, dtype=np.uint8))
        if self._learning > 0:
            self._learning -= 1
            return []
        if np.count_nonzero(mask) > SCENE_PART * mask.size:
            self._start_again(picture, frame.index)
            return []
        boxes = boxes_of(
            mask,
            min_area=self.options.min_area_fraction * mask.size,
            merge_distance=self.options.merge_distance_fraction * mask.shape[1],
        )
        if not boxes:
            return []
        difference = _difference(picture, self._scene.getBackgroundImage())
        return [Region(box.scaled(self._shrink(frame)), _contrast(difference, mask, box)) for box in boxes]

    def _shrink(self, frame: MediaFrame) -> int:
        """A whole number: OpenCV averages whole pixels ten times as fast as parts of them."""
        return -(-frame.width // self.options.analysis_width)

    def _small(self, frame: MediaFrame) -> Pixels:
        pixels, times = frame.bgr(), self._shrink(frame)
        if times > 1:
            height, width = max(1, frame.height // times), frame.width // times
            whole = pixels[: height * times, : width * times]
            pixels = np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
        return np.asarray(cv2.GaussianBlur(pixels, (3, 3), 0), dtype=np.uint8)

    def _start_again(self, picture: Pixels, frame_index: int) -> None:
        """Take this picture for the still scene."""
        self._scene.apply(picture, learningRate=1.0)
        self._tracker.forget()
        self._learning = self.options.warmup_frames
        self._scene_changes += 1
        if self._scene_changes == 1:
            self.context.warn(
                "Nearly all of the picture changed at once, as from a cut or a moving camera; the scene is learned "
                "anew. This tool is for cameras that stand still.",
                severity="low",
                code="SCENE_CHANGED",
                frame_index=frame_index,
            )


def _difference(picture: Pixels, scene: object) -> Pixels:
    """How far each pixel is from the scene, in the colour where it is farthest."""
    blue, green, red = cv2.split(cv2.absdiff(picture, np.asarray(scene, dtype=np.uint8)))
    return np.asarray(cv2.max(cv2.max(blue, green), red), dtype=np.uint8)


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
