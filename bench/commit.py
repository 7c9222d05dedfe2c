"""From emit to commit while the tool keeps the interpreter busy: the scribe, and a thread in the tool's own process.

The tool is pure Python, 50 ms a frame. *Scribe*: the real worker and the real scribe. *Thread*: the same log and the
same commit from a flusher thread beside the tool, which is what the scribe is there to avoid. Both write to SQLite.
*Pipe*: another process only reads what a busy one writes: what this machine's scheduler costs at that moment.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import queue
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

import av
import numpy as np

from app.cli.embedded_broker import EmbeddedBroker
from app.database.engine import Database
from app.database.lifecycle import open_log
from app.database.migrations import migrate
from app.jobs import store, transitions
from app.jobs.ids import new_id, now_ms
from app.jobs.job import Job
from app.jobs.queue import JobQueue
from app.realtime.event_log import append
from app.realtime.events import Draft
from app.realtime.message_types import MessageType, ProgressPayload, payload_json
from app.storage.blobs import BlobStore, input_key

ROOT = Path(__file__).resolve().parent.parent
#: A machine's scheduler has bad moments; one run would measure which it met.
RUNS = 5
FRAMES = 200
FRAME_MS = 50


def main() -> None:
    """Measure all three in turn, five times, and print the table: medians, and from which to which p99."""
    runs: dict[str, list[tuple[float, float]]] = {"scribe": [], "thread": [], "pipe": []}
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory(prefix="transom-bench-") as folder:
            runs["scribe"].append(percentiles(with_scribe(Path(folder) / "scribe")))
            runs["thread"].append(percentiles(with_thread(Path(folder) / "thread")))
            runs["pipe"].append(percentiles(with_pipe()))
    print(f"emit to commit, ms; {FRAMES} frames of {FRAME_MS} ms pure Python; medians of {RUNS} runs")
    print(f"{'':8}{'p50':>9}{'p99':>9}    p99 of each run")
    for name, figures in runs.items():
        p50, p99 = (statistics.median(column) for column in zip(*figures, strict=True))
        print(f"{name:8}{p50:9.2f}{p99:9.2f}    {' '.join(f'{each[1]:.2f}' for each in figures)}")


def percentiles(delays: list[float]) -> tuple[float, float]:
    """p50 and p99."""
    ordered = sorted(delays)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]


def with_scribe(folder: Path) -> list[float]:
    """Every delay of one job through the real worker."""
    folder.mkdir()
    broker = EmbeddedBroker(folder=folder / "broker", socket_path=folder / "b.sock")
    spec = broker.spec(os.environ)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "TRANSOM_DATA_DIR": str(folder),
        "TRANSOM_BROKER_URL": broker.url,
        "TRANSOM_SCRIBE_SOCKET": str(folder / "s.sock"),
        "TRANSOM_WORKER_ID": "bench",
        "TRANSOM_WORKERS": "1",
        "TRANSOM_LOG_LEVEL": "error",
        "TRANSOM_PLUGINS": "bench.exact_time:Spin",
    }
    delays_file = folder / "delays.json"
    commands = [
        list(spec.argv),
        [sys.executable, "-m", "bench.scribe_probe", str(delays_file)],
        [sys.executable, "-m", "tasks.celery_app"],
    ]
    url = f"sqlite:///{folder / 'transom.db'}"
    migrate(url)
    open_log(url)
    processes = []
    try:
        for command in commands:
            processes.append(subprocess.Popen(command, env=environment, cwd=ROOT))
            while not broker.answers():
                time.sleep(0.02)
        run_job(folder, url, broker.url)
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait(timeout=60)
    delays = json.loads(delays_file.read_text())
    return [float(delay) for delay in delays]


def run_job(folder: Path, url: str, broker_url: str) -> None:
    """One job of the busy tool, from its row to its end."""
    job_id = new_id()
    with BlobStore((folder / "blobs").as_uri()).open_write(input_key(job_id)) as file:
        file.write(video(folder / "video.webm").read_bytes())
    job = Job(
        id=job_id,
        tenant="default",
        plugin="spin",
        tools=["run"],
        options={"ms": FRAME_MS},
        queue="cpu",
        device_requested="cpu",
        device_used="cpu",
        input_key=input_key(job_id),
        input_type="video/webm",
        input_bytes=1,
        created_at_ms=now_ms(),
    )
    database = Database(url)
    bell = JobQueue(broker_url, namespace="transom")
    bell.start()
    with database.write() as connection:
        transitions.submit(connection, job)
    bell.ring("cpu")
    while True:
        with database.read() as connection:
            if store.get(connection, "default", job_id).status.terminal:
                break
        # Seldom: the reader must not slow down what is measured.
        time.sleep(0.5)
    bell.close()
    database.close()


def with_thread(folder: Path) -> list[float]:
    """The same number of messages, emitted by the same kind of tool to a flusher thread beside it."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'transom.db'}"
    migrate(url)
    open_log(url)
    database = Database(url)
    waiting: queue.SimpleQueue[tuple[float, Draft] | None] = queue.SimpleQueue()
    delays: list[float] = []

    def flush() -> None:
        while (item := waiting.get()) is not None:
            with database.write() as connection:
                append(connection, "default", [item[1]])
            delays.append((time.time() - item[0]) * 1000)

    flusher = threading.Thread(target=flush)
    flusher.start()
    for frame in range(FRAMES):
        payload = payload_json(ProgressPayload(job_id="bench", progress=frame * 100 // FRAMES))
        waiting.put((time.time(), Draft(MessageType.PROGRESS, payload, "2026-01-01T00:00:00.000Z", "bench", 1)))
        spin()
    waiting.put(None)
    flusher.join()
    database.close()
    return delays


def with_pipe() -> list[float]:
    """The delay of a process that does nothing but read."""
    ours, theirs = multiprocessing.Pipe()
    reader = multiprocessing.get_context("spawn").Process(target=read_times, args=(theirs,))
    reader.start()
    ours.recv()
    for _ in range(FRAMES):
        ours.send(time.time())
        spin()
    ours.send(None)
    delays: list[float] = ours.recv()
    reader.join()
    return delays


def read_times(pipe: Connection) -> None:
    """Note how old each time is when it arrives, until None does."""
    pipe.send("ready")
    delays = []
    while (sent := pipe.recv()) is not None:
        delays.append((time.time() - sent) * 1000)
    pipe.send(delays)


def spin() -> None:
    """Keep the interpreter busy for a frame's time."""
    end = time.perf_counter() + FRAME_MS / 1000
    count = 0
    while time.perf_counter() < end:
        count += 1


def video(path: Path) -> Path:
    """A small video of as many frames."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libvpx", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for index in range(FRAMES):
            picture = np.full((120, 160, 3), index % 255, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


if __name__ == "__main__":
    main()
