"""Makes `harbour.webm` and `harbour.json` again: `python -m plugins.samples.make_sample [FOLDER]`.

Every run makes the same pictures. The truth beside them says, for each frame, where each thing is that moves: its box
in pixels, cut at the picture's edge, whether or not something nearer hides a part of it.
"""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

# isort: split
import av

from plugins.frames import Pixels
from plugins.samples.canvas import SCALE, Canvas
from plugins.samples.harbour_scene import HEIGHT, HORIZON, MOVERS, QUAY, WIDTH, background

FRAMES, FRAMES_PER_SECOND = 250, 25
SEED = 20
#: A thing counts as visible from so many pixels on (in the doubled size).
VISIBLE_PIXELS = 240

Truth = list[dict[str, object]]


def render(still: Pixels, frame: int, rng: np.random.Generator) -> tuple[Pixels, Truth]:
    """One frame, and where everything is in it."""
    pixels = _with_waves(still, frame)
    truth: Truth = []
    for mover in MOVERS:
        before = pixels.copy()
        mover.draw(Canvas(pixels), mover.x(frame), mover.y, frame)
        changed = (pixels != before).any(axis=2)
        if frame >= mover.first_frame and np.count_nonzero(changed) >= VISIBLE_PIXELS:
            left, top, width, height = (value / SCALE for value in cv2.boundingRect(changed.astype(np.uint8)))
            truth.append({"name": mover.name, "box": [left, top, left + width, top + height]})
    small = cv2.resize(pixels, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    noisy = small + rng.normal(0, 1.6, (HEIGHT, WIDTH, 1))
    return np.clip(noisy, 0, 255).astype(np.uint8), truth


def _with_waves(still: Pixels, frame: int) -> Pixels:
    """The water shimmers a little: bands of it grow brighter and darker."""
    pixels = still.copy()
    rows = np.arange(HORIZON * SCALE, QUAY * SCALE)[:, np.newaxis]
    columns = np.arange(WIDTH * SCALE)[np.newaxis, :]
    shimmer = 3.0 * np.sin(rows / 3.1 + frame / 9) * np.sin(columns / 37 + rows / 11 - frame / 13)
    water = pixels[HORIZON * SCALE : QUAY * SCALE]
    water[:] = np.clip(water + shimmer[:, :, np.newaxis], 0, 255).astype(np.uint8)
    return pixels


def make(folder: Path) -> None:
    """Write the video and its truth into the folder."""
    rng = np.random.default_rng(SEED)
    still = background(rng)
    truths: list[Truth] = []
    options = {"crf": "34", "b:v": "0", "deadline": "good", "cpu-used": "1", "g": "125", "threads": "1"}
    with av.open(folder / "harbour.webm", mode="w", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libvpx-vp9", rate=FRAMES_PER_SECOND, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for index in range(FRAMES):
            pixels, truth = render(still, index, rng)
            truths.append(truth)
            frame = av.VideoFrame.from_ndarray(pixels, format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, FRAMES_PER_SECOND)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    lines = ",\n".join(json.dumps(truth) for truth in truths)
    (folder / "harbour.json").write_text(
        f'{{"width": {WIDTH}, "height": {HEIGHT}, "frames_per_second": {FRAMES_PER_SECOND}, "frames": [\n{lines}\n]}}\n'
    )


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
