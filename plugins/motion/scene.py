"""The still scene before a camera, and which pixels differ from it: learned while the frames go by.

MOG2 is the adaptive Gaussian mixture of Z. Zivkovic, "Improved adaptive Gaussian mixture model for background
subtraction", ICPR 2004, as OpenCV has it.
"""

from __future__ import annotations

import cv2
import numpy as np

from plugins.contract import MediaFrame, ToolContext
from plugins.frames import Pixels
from plugins.motion.options import SceneOptions
from plugins.motion.regions import cleaned

#: MOG2 marks a pixel that moves with this value, and a shadow with a lower one.
MOVING = 255
#: A squared distance from the scene, in variances, from which a pixel moves, at the ends of `sensitivity`. OpenCV's
#: own default, 16, lies in the middle.
THRESHOLD_LOWEST_SENSITIVITY, THRESHOLD_HIGHEST_SENSITIVITY = 64.0, 4.0
#: Where more of the picture than this moves at once, the camera moved or the light changed.
SCENE_PART = 0.7


class Scene:
    """Told every frame in order. Where nearly all of the picture changes at once it begins anew, and warns once."""

    def __init__(self, options: SceneOptions, context: ToolContext) -> None:
        self._options = options
        self._context = context
        ratio = THRESHOLD_HIGHEST_SENSITIVITY / THRESHOLD_LOWEST_SENSITIVITY
        self._model = cv2.createBackgroundSubtractorMOG2(
            history=options.history_frames,
            varThreshold=THRESHOLD_LOWEST_SENSITIVITY * ratio**options.sensitivity,
            detectShadows=options.ignore_shadows,
        )
        self._learning = options.warmup_frames
        self._picture: Pixels | None = None
        #: How often it began anew.
        self.changes = 0

    def moving(self, frame: MediaFrame) -> Pixels | None:
        """A mask of the pixels that move, `shrink` times as small as the frame; None while the scene is learned."""
        self._picture = picture = self._small(frame)
        _, moving = cv2.threshold(self._model.apply(picture), MOVING - 1, MOVING, cv2.THRESH_BINARY)
        mask = cleaned(np.asarray(moving, dtype=np.uint8))
        if self._learning > 0:
            self._learning -= 1
            return None
        if np.count_nonzero(mask) > SCENE_PART * mask.size:
            self._start_again(picture, frame.index)
            return None
        return mask

    def difference(self) -> Pixels:
        """How far each pixel of the last frame is from the scene, in the colour where it is farthest."""
        if self._picture is None:
            raise RuntimeError("a frame has to be told first")
        scene = np.asarray(self._model.getBackgroundImage(), dtype=np.uint8)
        blue, green, red = cv2.split(cv2.absdiff(self._picture, scene))
        return np.asarray(cv2.max(cv2.max(blue, green), red), dtype=np.uint8)

    def shrink(self, frame: MediaFrame) -> int:
        """A whole number: OpenCV averages whole pixels ten times as fast as parts of them."""
        return -(-frame.width // self._options.analysis_width)

    def _small(self, frame: MediaFrame) -> Pixels:
        pixels, times = frame.bgr(), self.shrink(frame)
        if times > 1:
            height, width = max(1, frame.height // times), frame.width // times
            whole = pixels[: height * times, : width * times]
            pixels = np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
        return np.asarray(cv2.GaussianBlur(pixels, (3, 3), 0), dtype=np.uint8)

    def _start_again(self, picture: Pixels, frame_index: int) -> None:
        """Take this picture for the still scene."""
        self._model.apply(picture, learningRate=1.0)
        self._learning = self._options.warmup_frames
        self.changes += 1
        if self.changes == 1:
            self._context.warn(
                "Nearly all of the picture changed at once, as from a cut or a moving camera; the scene is learned "
                "anew. This tool is for cameras that stand still.",
                severity="low",
                code="SCENE_CHANGED",
                frame_index=frame_index,
            )


def warn_of_single_image(context: ToolContext) -> None:
    """Say that an input of one frame shows no motion."""
    context.warn("A single image shows no motion; run this tool on a video.", severity="low", code="SINGLE_IMAGE")
