"""The plugin that finds what moves before a camera that stands still."""

from __future__ import annotations

from plugins.contract import Plugin
from plugins.motion.activity import Activity
from plugins.motion.detect import Detect


class Motion(Plugin):
    """Moving regions in every frame, followed from frame to frame."""

    name = "motion"
    version = "1.0.0"
    title = "Motion"
    description = "Finds what moves before a camera that stands still, and follows it from frame to frame."
    license = "Apache-2.0"
    model = "OpenCV MOG2"
    capabilities = ("detection", "tracking", "activity")
    tools = (Detect, Activity)
    default_tool = Detect.name


__all__ = ["Motion"]
