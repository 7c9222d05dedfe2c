"""Jobs that wait in their middle until a test has seen what it wanted to see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.phase10.small_inputs import clip
from tests.stack import Product

#: How many frames such a job has.
FRAMES: Final = 6
#: So slow that the progress of each frame is told.
_MS_A_FRAME: Final = 110


def gated(product: Product, folder: Path) -> tuple[str, Callable[[], None]]:
    """A job that waits after half of its frames, and what lets it go on."""
    marker = folder / "go-on"
    options = {"frame": FRAMES // 2, "marker": str(marker), "ms": _MS_A_FRAME}
    return product.submit(clip(folder, frames=FRAMES), plugin="gated", options=options), marker.touch
