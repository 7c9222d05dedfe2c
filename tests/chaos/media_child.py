"""A process that opens and decodes broken files, one after the other, and says what became of each.

`python -m tests.chaos.media_child --seed 7 --count 1000` says in JSON lines which file it begins, what the end of each
was, and what it holds of memory, descriptors and threads before and after. With `--only 12` it does that file alone,
for whoever looks into why it failed. The file under way is kept at `--keep`.
"""

from __future__ import annotations

import argparse
import ctypes
import faulthandler
import io
import json
import random
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

# OpenCV and PyAV each bring their own FFmpeg; OpenCV has to be loaded first.
import cv2

# isort: split
import av

from plugins.errors import UnreadableMedia
from plugins.media import open_media
from tests.chaos.media_kinds import good_files
from tests.chaos.mutations import mutated

#: A file that takes longer hangs: the slowest takes a hundredth of it on an idle machine.
SECONDS_A_FILE: Final = 60
#: So small that a bomb is over them, so large that no good file is.
LIMITS: Final[dict[str, Any]] = {
    "max_pixels": 1_000_000, "max_seconds": 60, "max_frames": 500, "max_image_bytes": 1_000_000,
    "max_damaged_percent": 50,
}  # fmt: skip


class Allocated(ctypes.Structure):
    """What glibc says of its memory."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
        )
    )  # fmt: skip


def held() -> dict[str, int]:
    """Descriptors, threads, and bytes of memory that this process holds and nobody has given back."""

    libc = ctypes.CDLL(None)
    libc.mallinfo2.restype = Allocated
    allocated = libc.mallinfo2()
    return {
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "threads": len(list(Path("/proc/self/task").iterdir())),
        "bytes": int(allocated.uordblks + allocated.hblkhd),
    }


def broken_files(seed: int) -> Iterator[tuple[str, bytes]]:
    """Broken files without end, each kind in turn: the same for the same seed."""
    good = dict(good_files())
    names = list(good)
    number = 0
    while True:
        rng = random.Random(f"{seed}-{number}")  # noqa: S311 - the same again is what is wanted
        name = names[number % len(names)]
        yield name, mutated(good[name], good[rng.choice(names)], rng)
        number += 1


def outcome_of(content: bytes) -> str:
    """What becomes of a file that is decoded to its end: `frames`, or the code of the refusal."""
    try:
        with open_media(io.BytesIO(content), **LIMITS, on_damage=lambda _index, _message: None) as media:
            for frame in media:
                if not (frame.bgr().shape == (frame.height, frame.width, 3) and frame.timestamp_ms >= 0):
                    raise AssertionError(f"frame {frame.index} is not as it says")
                frame.gray()
                frame.jpeg(max_width=32, quality=60)
            if not 0 <= (media.position() or 0) <= 1:
                raise AssertionError(f"the position is {media.position()}")
    except UnreadableMedia as error:
        return error.code
    return "frames"


def _say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def _try(number: int, kind: str, content: bytes, keep: Path) -> None:
    keep.write_bytes(content)
    _say(begins=number, kind=kind)
    faulthandler.dump_traceback_later(SECONDS_A_FILE, exit=True)
    try:
        outcome = outcome_of(content)
    except Exception:  # noqa: BLE001 - whatever else it was is what is looked for
        outcome = traceback.format_exc(limit=-6)
    faulthandler.cancel_dump_traceback_later()
    _say(ended=number, kind=kind, outcome=outcome)


def main() -> None:
    """Do as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--only", type=int)
    parser.add_argument("--keep", type=Path, required=True)
    given = parser.parse_args()
    faulthandler.enable()
    av.logging.set_level(None)
    # OpenCV keeps the threads that it makes: none are counted if it makes none.
    cv2.setNumThreads(1)
    for name, content in good_files():
        _say(good=name, outcome=outcome_of(content))
    before = held()
    for number, (kind, content) in zip(range(given.count), broken_files(given.seed), strict=False):
        if given.only in {None, number}:
            _try(number, kind, content, given.keep)
    # A thread that was joined is listed for a moment longer.
    deadline = time.monotonic() + SECONDS_A_FILE
    while (after := held())["threads"] > before["threads"] and time.monotonic() < deadline:
        time.sleep(0.01)
    _say(before=before, after=after)


if __name__ == "__main__":
    main()
