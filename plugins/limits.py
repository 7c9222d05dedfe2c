"""How much of an input is taken: what a small file could otherwise make of a machine's memory and time."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLimits:
    """What an input may be at most. Each is held before it would be exceeded, not after."""

    #: Pixels of one frame.
    max_pixels: int
    #: From the first frame to the last.
    max_seconds: float = math.inf
    #: Frames of a video, pictures of an animation, pages of a document.
    max_frames: float = math.inf
    #: The file of an image: decoders hold it whole. Videos are read piece by piece.
    max_image_bytes: float = math.inf
    #: Frames that may be damaged or lost, of a hundred.
    max_damaged_percent: float = 100
