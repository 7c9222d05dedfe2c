"""Small jobs a second, beside raw Celery tasks that do nothing: both submitted beforehand, both on two processes.

*Celery*: `noop.delay()` so many times, then a worker with Celery's own settings for the pool; from the moment at which
it has warmed up until its queue is empty. *Transom*: so many single jobs over a picture of 64 × 48, each with its
input in the storage, its nine messages in the log, its preview and its result; from the moment at which the gates open
that kept the worker's processes until the last has ended. Same broker, in turn, medians of five.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import httpx
import redis
from PIL import Image

from app.cli.embedded_broker import EmbeddedBroker
from tests.stack import Product, start_product, wait_until

ROOT: Final = Path(__file__).resolve().parent.parent
RUNS: Final = int(os.environ.get("BENCH_RUNS", "5"))
JOBS: Final = int(os.environ.get("BENCH_JOBS", "1000"))
TASKS: Final = 5000
#: The first tasks and jobs, which find cold caches, are not counted.
WARM: Final = 200
PROCESSES: Final = 2
LOOK_SECONDS: Final = 0.005
LOOK_AT_JOBS_SECONDS: Final = 0.05


def main() -> None:
    """Print both rates and their ratio."""
    rates: dict[str, list[float]] = {"celery": [], "transom": []}
    with tempfile.TemporaryDirectory(prefix="transom-bench-") as folder:
        for run in range(RUNS):
            rates["celery"].append(raw_celery(Path(folder) / f"celery-{run}"))
            rates["transom"].append(whole_product(Path(folder) / f"transom-{run}"))
            print(*(f"{name} {figures[-1]:.0f} a second" for name, figures in rates.items()), sep=", ", flush=True)
    middle = {name: statistics.median(figures) for name, figures in rates.items()}
    print(f"medians of {RUNS}: Celery {middle['celery']:.0f}, Transom {middle['transom']:.0f} a second")
    print(f"ratio {middle['transom'] / middle['celery']:.2f}")


def raw_celery(folder: Path) -> float:
    """Tasks a second."""
    broker = EmbeddedBroker(folder=folder / "broker", socket_path=folder / "b.sock")
    spec = broker.spec(os.environ)
    server = subprocess.Popen(spec.argv, stderr=subprocess.DEVNULL)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "BENCH_BROKER": broker.url}
    try:
        wait_until(broker.answers, what="the broker answering")
        subprocess.run(
            [sys.executable, "-m", "bench.peers.celery_noop", str(TASKS)], env=environment, check=True, cwd=ROOT
        )
        command = [sys.executable, "-m", "celery", "-A", "bench.peers.celery_noop", "worker", "--loglevel=error"]
        worker = subprocess.Popen(
            [*command, f"--concurrency={PROCESSES}"], env=environment, cwd=ROOT, stderr=subprocess.DEVNULL
        )
        try:
            with redis.Redis(unix_socket_path=str(broker.socket_path)) as client:
                wait_until(lambda: client.llen("celery") <= TASKS - WARM, what="the first tasks")
                begun, left = time.monotonic(), int(client.llen("celery"))
                while client.llen("celery") or client.hlen("unacked"):
                    time.sleep(LOOK_SECONDS)
                return left / (time.monotonic() - begun)
        finally:
            worker.terminate()
            worker.wait()
    finally:
        server.terminate()
        server.wait()


def whole_product(folder: Path) -> float:
    """Jobs a second."""
    folder.mkdir()
    gate = folder / "open"
    product = start_product(
        folder / "data", TRANSOM_PLUGINS="bench.gate:Gate,bench.gate:Numbered", TRANSOM_WORKERS=str(PROCESSES)
    )
    try:
        content = picture()
        keepers = [
            submit(product, content, plugin="gate", options=json.dumps({"path": str(gate)})) for _ in range(PROCESSES)
        ]
        for keeper in keepers:
            product.wait(keeper, status="running")
        with ThreadPoolExecutor(4) as threads:
            ids = list(threads.map(lambda _: submit(product, content, plugin="numbered"), range(JOBS)))
        assert len(set(ids)) == JOBS
        gate.touch()
        wait_until(lambda: done(product) >= WARM, what="the first jobs")
        begun, before = time.monotonic(), done(product)
        # Asked of the database, and seldom: who asks the product keeps it from its work.
        while done(product) < JOBS + PROCESSES:
            time.sleep(LOOK_AT_JOBS_SECONDS)
        return (JOBS + PROCESSES - before) / (time.monotonic() - begun)
    finally:
        product.stop()


def done(product: Product) -> int:
    """How many jobs are."""
    with product.database() as database, database.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM jobs WHERE status = 'done'").scalar_one())


def submit(product: Product, content: bytes, **fields: str) -> str:
    """A job over the picture."""
    answer: httpx.Response = product.client.post(
        "/v1/jobs", files={"file": ("picture.png", content, "image/png")}, data=fields
    )
    return str(answer.raise_for_status().json()["job_id"])


def picture() -> bytes:
    """A small picture."""
    content = io.BytesIO()
    Image.new("RGB", (64, 48), (40, 90, 160)).save(content, "PNG")
    return content.getvalue()


if __name__ == "__main__":
    main()
