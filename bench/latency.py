"""From a worker's emit to a client's receipt: the real product, a tool of 50 ms a frame, and many who watch.

*Sleeping*: the tool leaves the processor alone. *Pure Python*: it never lets go of its interpreter. 100 watchers over
each transport, and 1,000 over a WebSocket and Server-Sent Events. Milliseconds, medians of five jobs each; messages are
stamped to the microsecond, and a delay is that of the last message of each piece that a watcher reads.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from bench import exact_time
from bench.commit import FRAME_MS, video
from bench.fanout import RUNS, raise_limits
from bench.readers import reading
from tests.stack import Product, start_product

MARK = '"timestamp":'
CASES = (("websocket", 100), ("sse", 100), ("poll", 100), ("websocket", 1000), ("sse", 1000))
TOOLS = {"sleeping": "sleepy", "pure Python": "spin"}
POLL_SECONDS = 20


def main() -> None:
    """Print the table."""
    raise_limits()
    with tempfile.TemporaryDirectory(prefix="transom-bench-") as name:
        product = start_product(
            Path(name) / "data",
            TRANSOM_WORKERS="1",
            TRANSOM_PLUGINS=",".join(f"bench.exact_time:{plugin}" for plugin in exact_time.__all__),
        )
        film = video(Path(name) / "film.webm")
        try:
            print(f"emit to receipt, ms; frames of {FRAME_MS} ms; medians of {RUNS} jobs")
            print(f"{'':36}{'p50':>8}{'p95':>8}{'p99':>8}    p99 of each")
            for title, plugin in TOOLS.items():
                for kind, count in CASES:
                    runs = [percentiles(run(product, film, plugin, kind, count)) for _ in range(RUNS)]
                    p50, p95, p99 = (statistics.median(column) for column in zip(*runs, strict=True))
                    each = " ".join(f"{figures[2]:.1f}" for figures in runs)
                    print(f"{f'{title}, {count} × {kind}':36}{p50:8.2f}{p95:8.2f}{p99:8.2f}    {each}", flush=True)
        finally:
            product.stop()


def run(product: Product, film: Path, plugin: str, kind: str, count: int) -> list[float]:
    """The delays of one job."""
    if kind == "poll":
        return polled(product, count, lambda: finished(product, film, plugin))
    port = urlsplit(product.url).port or 80
    path = f"/v1/realtime?heartbeat=60{'&transport=sse' if kind == 'sse' else ''}"
    with reading(kind, port, path, count, MARK) as told_after:
        messages = finished(product, film, plugin)
        return [float(delay) for delay in told_after(messages * count)["delays_ms"]]


def finished(product: Product, film: Path, plugin: str) -> int:
    """Run a job to its end; how many messages it had."""
    job_id = product.submit(film, plugin=plugin, options={"ms": FRAME_MS})
    product.wait(job_id)
    return len(product.events(job_id))


def polled(product: Product, count: int, work: Callable[[], object]) -> list[float]:
    """The delays of so many who poll while the work is done."""
    over = threading.Event()
    delays: list[float] = []

    def poll() -> None:
        with httpx.Client(base_url=product.url, timeout=60, trust_env=False) as client:
            cursor = client.get("/v1/realtime").json()["cursor"]
            while not over.is_set():
                answer = client.get("/v1/realtime", params={"since": cursor, "wait": 2}).json()
                now = time.time()
                cursor = answer["cursor"]
                if answer["messages"]:
                    made = datetime.fromisoformat(answer["messages"][-1]["timestamp"]).timestamp()
                    delays.append((now - made) * 1000)

    pollers = [threading.Thread(target=poll) for _ in range(count)]
    for poller in pollers:
        poller.start()
    work()
    over.set()
    for poller in pollers:
        poller.join()
    return delays


def percentiles(delays: list[float]) -> tuple[float, float, float]:
    """p50, p95 and p99."""
    ordered = sorted(delays)
    last = len(ordered) - 1
    return statistics.median(ordered), ordered[int(0.95 * last)], ordered[int(0.99 * last)]
