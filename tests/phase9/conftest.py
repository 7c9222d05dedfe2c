"""Inputs whose frames are known beforehand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.plugins.made_media import encoded_image, quarters_image, video


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of 64 × 48 pixels."""
    path = tmp_path_factory.mktemp("phase9") / "quarters.png"
    path.write_bytes(encoded_image(quarters_image(), "PNG"))
    return path


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three frames, 40 ms apart."""
    path = tmp_path_factory.mktemp("phase9") / "clip.mp4"
    path.write_bytes(video(frames=3))
    return path
