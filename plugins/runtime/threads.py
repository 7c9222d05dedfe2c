"""How many threads the vision libraries of one process use: several processes share the machine's cores."""

from __future__ import annotations

import cv2


def limit_threads(count: int) -> None:
    """Let OpenCV use `count` threads in this process. Left alone it takes one a core, in every process."""
    cv2.setNumThreads(max(1, count))
