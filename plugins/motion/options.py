"""What can be chosen for a run of the tools of `motion`."""

from __future__ import annotations

from pydantic import Field

from plugins.contract import ToolOptions


class SceneOptions(ToolOptions):
    """How the still scene is learned; the defaults suit a surveillance camera or a tripod."""

    sensitivity: float = Field(
        0.5,
        ge=0,
        le=1,
        title="Sensitivity",
        description="How little a pixel has to differ from the still scene to count as moving. "
        "Lower it for rain, waves, or a noisy picture.",
    )
    warmup_frames: int = Field(
        10,
        ge=0,
        le=1000,
        title="Warm-up",
        description="So many frames at the start are only used to learn what the scene looks like.",
    )
    history_frames: int = Field(
        250,
        ge=10,
        le=5000,
        title="Memory of the scene",
        description="Something that stops becomes part of the still scene after about so many frames.",
    )
    analysis_width: int = Field(
        640,
        ge=64,
        le=3840,
        title="Width for analysis",
        description="Wider frames are shrunk by a whole number until they are no wider than this, in pixels. "
        "Smaller is faster, and misses small things.",
    )
    ignore_shadows: bool = Field(
        True,
        title="Leave out shadows",
        description="Darker pixels of the same colour are taken for shadows and left out.",
    )


class DetectOptions(SceneOptions):
    """What becomes a box, and how it is followed."""

    min_area_fraction: float = Field(
        0.0005,
        ge=0.00001,
        le=0.5,
        title="Smallest region",
        description="Regions that cover less than this part of the picture are left out.",
    )
    merge_distance_fraction: float = Field(
        0.008,
        ge=0,
        le=0.2,
        title="Merge distance",
        description="Regions closer than this part of the picture's width are taken for one thing.",
    )
    confirm_frames: int = Field(
        3,
        ge=1,
        le=50,
        title="Frames to confirm",
        description="A region is reported once it was seen in so many frames, so that flicker is not.",
    )
    lost_frames: int = Field(
        25,
        ge=0,
        le=500,
        title="Frames to lose",
        description="A thing keeps its number when it is hidden for no more frames than this.",
    )


class ActivityOptions(SceneOptions):
    """What counts as activity."""

    active_fraction: float = Field(
        0.001,
        gt=0,
        le=1,
        title="Smallest activity",
        description="Something happens in a frame where at least this part of the picture moves.",
    )
    quiet_seconds: float = Field(
        2.0,
        ge=0,
        le=3600,
        title="Quiet between two periods",
        description="A new period begins once nothing has moved for longer than this.",
    )
