"""Makes a video whose frames carry their own number, so that anybody can tell which of them is on a screen.

`python numbered_video.py FILE FRAMES PACE [FIRST_MS]`: PACE is frames a second, or `variable`. The number is ten bars,
black for 0 and white for 1, the most significant first, and the same below with colours swapped: two frames that were
mixed are no number. The upper half is grey. Times begin at FIRST_MS.
"""

from __future__ import annotations

import sys
from fractions import Fraction

# isort: split
import av
import numpy as np

WIDTH, HEIGHT, BITS = 320, 160, 10
GREY = 128
#: Milliseconds between frames of a video whose pace changes: camera, lag, still picture.
VARIABLE_MS = (33, 34, 33, 120, 15, 15, 250, 33, 33, 33, 7, 9, 60)


def picture(number: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """One frame."""
    pixels = np.full((HEIGHT, WIDTH, 3), GREY, dtype=np.uint8)
    wide = WIDTH // BITS
    for bit in range(BITS):
        value = 255 if number >> (BITS - 1 - bit) & 1 else 0
        columns = slice(bit * wide, (bit + 1) * wide)
        pixels[HEIGHT // 2 : HEIGHT * 3 // 4, columns] = value
        pixels[HEIGHT * 3 // 4 :, columns] = 255 - value
    return pixels


def write(target: str, frames: int, pace: str, first_ms: int) -> None:
    """Write the video."""
    with av.open(target, "w") as output:
        stream = output.add_stream("libvpx", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.bit_rate = 1_500_000
        stream.gop_size = 50
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        stream.codec_context.options = {"deadline": "realtime", "cpu-used": "8"}
        time = float(first_ms)
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(picture(number), format="rgb24")
            frame.pts, frame.time_base = round(time), Fraction(1, 1000)
            output.mux(stream.encode(frame))
            time += VARIABLE_MS[number % len(VARIABLE_MS)] if pace == "variable" else 1000 / float(pace)
        output.mux(stream.encode(None))


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]) if len(sys.argv) > 4 else 0)
