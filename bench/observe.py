"""What it costs to be watched: the same tool over the same video, alone and observed.

*Loop*: PyAV's decoder and the tool, and nothing else. *Runner*: the tool runner, with an observer that hears everything
and does nothing. *Product*: a job from its submission to its end, with its messages, previews and log, while a
WebSocket shows it. The tool does a fixed amount of work in pure Python, 5 and 50 ms a frame; two cores. Seconds, in
turn, medians of five.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import av
import numpy as np

from bench.work import Loops, WorkRun
from plugins.contract import ToolContext
from plugins.frames import DecodedFrame, Pixels
from plugins.inspector.inspector_service import InspectorService
from plugins.media import open_media
from plugins.registry import PluginRegistry
from plugins.runtime.observers import NullObserver
from plugins.runtime.tool_runner import ToolRunner
from tests.stack import Product, start_product
from tests.watching import BackgroundWatcher

RUNS: Final = int(os.environ.get("BENCH_RUNS", "5"))
#: Milliseconds a frame, and how many frames.
CASES: Final = ((5, 2000), (50, 200))
WIDTH, HEIGHT = 640, 360
RATE: Final = 25


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="transom-bench-") as name:
        folder = Path(name)
        product = start_product(
            folder / "data", TRANSOM_WORKERS="1", TRANSOM_PLUGINS="bench.work:Work,bench.work:Numbered"
        )
        try:
            loops = loops_a_millisecond()
            for milliseconds, frames in CASES:
                film = video(folder / f"{frames}.webm", frames)
                compare(product, film, milliseconds, frames, {"loops": round(loops * milliseconds)})
        finally:
            product.stop()


def compare(product: Product, film: Path, milliseconds: int, frames: int, options: dict[str, Any]) -> None:
    """All three in turn, and how they stand to the first."""
    ways = {"loop": bare_loop, "runner": through_runner, "product": lambda *of: through_product(product, *of)}
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(RUNS):
        for way, run in ways.items():
            seconds[way].append(run(film, options))
    middle = {way: statistics.median(times) for way, times in seconds.items()}
    print(f"{frames} frames of about {milliseconds} ms")
    for way, times in seconds.items():
        each = " ".join(f"{time_:.2f}" for time_ in times)
        print(f"  {way:8}{middle[way]:8.2f} s{middle[way] / middle['loop']:8.3f} ×    {each}", flush=True)


class _Frame(DecodedFrame):
    """A frame of the bare loop."""

    def __init__(self, index: int, frame: av.VideoFrame) -> None:
        super().__init__(index=index, timestamp_ms=(frame.time or 0) * 1000, width=frame.width, height=frame.height)
        self._frame = frame

    def _decode_gray(self) -> Pixels:
        return np.asarray(self._frame.to_ndarray(format="gray"), dtype=np.uint8)


def bare_loop(film: Path, options: dict[str, Any]) -> float:
    """As one would write it oneself."""
    began = time.perf_counter()
    with av.open(str(film)) as container:
        tool = WorkRun(Loops.model_validate(options), ToolContext(device="cpu"))
        for index, frame in enumerate(container.decode(video=0)):
            tool.process(_Frame(index, frame))
        tool.finish()
    return time.perf_counter() - began


def through_runner(film: Path, options: dict[str, Any]) -> float:
    """With everything that the runner checks, times and tells."""
    registry = PluginRegistry.load(extra=["bench.work:Work"])
    began = time.perf_counter()
    with open_media(film, max_pixels=WIDTH * HEIGHT) as media:
        runner = ToolRunner(registry=registry, inspector=InspectorService(registry))
        asyncio.run(runner.run("work", tools=["run"], media=media, options=options, observer=NullObserver()))
    return time.perf_counter() - began


def through_product(product: Product, film: Path, options: dict[str, Any]) -> float:
    """From its submission to its end, as the job itself says."""
    job_id = product.submit(film, plugin="work", options=options)
    BackgroundWatcher(product, job_id).finish()
    job = product.extended(job_id)
    assert job["status"] == "done", json.dumps(job["error"])
    finished, created = (datetime.fromisoformat(job[name]) for name in ("finished_at", "created_at"))
    return (finished - created).total_seconds()


def loops_a_millisecond() -> float:
    """How often this machine goes round an empty loop in a millisecond."""
    best = 0.0
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(1_000_000):
            pass
        best = max(best, 1_000_000 / ((time.perf_counter() - began) * 1000))
    return best


def video(path: Path, frames: int) -> Path:
    """Something that moves over noise that does not."""
    background = np.random.default_rng(1).integers(0, 80, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libvpx", rate=RATE, options={"deadline": "realtime", "cpu-used": "8"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for index in range(frames):
            picture = background.copy()
            left = (index * 5) % (WIDTH - 80)
            picture[120:200, left : left + 80] = 220
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


if __name__ == "__main__":
    main()
