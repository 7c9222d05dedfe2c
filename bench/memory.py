"""Memory over a long job: web, scribe and child, at 10 % and at 90 % of a 1080p video of minutes, while it is watched.

Resident memory by psutil, the highest seen up to each point. The bound of the project is 50 MB between the two.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import av
import numpy as np
import psutil

from tests.stack import Product, start_product
from tests.watching import BackgroundWatcher

FRAMES = 4500
RATE = 25
WIDTH, HEIGHT = 1920, 1080
MEGABYTE = 1024 * 1024


def main() -> None:
    """Run the job and print the table."""
    with tempfile.TemporaryDirectory(prefix="transom-bench-") as folder:
        path = video(Path(folder) / "long.mp4")
        print(f"{FRAMES} frames of {WIDTH}×{HEIGHT}, {path.stat().st_size / MEGABYTE:.0f} MB", flush=True)
        product = start_product(Path(folder) / "data", TRANSOM_WORKERS="1")
        try:
            measure(product, path)
        finally:
            product.stop()


def measure(product: Product, path: Path) -> None:
    """Follow one job and note what its processes hold."""
    started = time.monotonic()
    job_id = product.submit(path, plugin="motion")
    # Once it runs: before, the child may still be loading what it needs.
    product.wait(job_id, status="running")
    processes = {
        "web": product.child_processes("app.cli.main web")[0],
        "scribe": product.child_processes("tasks.scribe")[0],
        "child": largest(product.child_processes("billiard")),
    }
    watchers = [BackgroundWatcher(product, job_id) for _ in range(3)]
    peaks = dict.fromkeys(processes, 0)
    at_ten: dict[str, int] = {}
    at_ninety: dict[str, int] = {}
    while True:
        job = product.client.get(f"/v1/jobs/{job_id}/extended", params={"frames": "false"}).json()
        for name, process in processes.items():
            peaks[name] = max(peaks[name], process.memory_info().rss)
        percent = job["progress"] or 0
        if percent >= 10 and not at_ten:
            at_ten = dict(peaks)
        if percent >= 90 and not at_ninety:
            at_ninety = dict(peaks)
        if job["status"] not in {"queued", "running"}:
            break
        time.sleep(0.2)
    print(f"{job['status']} after {time.monotonic() - started:.0f} s; peak memory, MB")
    print(f"{'':8}{'at 10 %':>10}{'at 90 %':>10}{'more':>8}")
    for name in processes:
        low, high = at_ten[name] / MEGABYTE, at_ninety[name] / MEGABYTE
        print(f"{name:8}{low:10.1f}{high:10.1f}{high - low:8.1f}")
    print(f"watchers saw {[len(watcher.finish()) for watcher in watchers]} messages each")


def largest(processes: list[psutil.Process]) -> psutil.Process:
    """The one with the most memory: a child that has its plugins, and not the pool's helper."""
    return max(processes, key=lambda process: process.memory_info().rss)


def video(path: Path) -> Path:
    """A long video with something that moves."""
    rng = np.random.default_rng(1)
    background = rng.integers(0, 60, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for index in range(FRAMES):
            picture = background.copy()
            left = (index * 7) % (WIDTH - 200)
            picture[400:600, left : left + 200] = 230
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


if __name__ == "__main__":
    main()
