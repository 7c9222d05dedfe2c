"""Inputs so small that a test can say what their frames are."""

from __future__ import annotations

from pathlib import Path

from tests.unit.plugins.made_media import video


def clip(folder: Path, *, frames: int) -> Path:
    """A video of so many frames, 40 ms apart."""
    path = folder / f"clip-{frames}.mp4"
    path.write_bytes(video(frames=frames))
    return path
