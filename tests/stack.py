"""A running Transom for tests: `transom up` as a process of its own, spoken to through its front door."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import psutil

from app.database.engine import Database

ROOT: Final = Path(__file__).resolve().parent.parent
#: How long anything may take on a busy machine before the test gives up on it.
PATIENCE_SECONDS: Final = 60.0
#: An id that nothing has; the same in each run, for it is in names of tests.
NOBODY: Final = "01900000-0000-7000-8000-00000000dead"
#: For a product whose parts end again and again: they come back soon each time, where else the pauses grow.
QUICK_RESTARTS: Final = {"PYTHONPATH": f"{ROOT / 'tests' / 'failpoints'}:{ROOT}", "RESTART_SECONDS": "0.5"}
TEST_PLUGINS: Final = (
    *(
        f"tests.plugins_for_tests:{name}"
        for name in ("Spin", "Sleepy", "Crasher", "SoftFail", "Numbered", "Twins", "Warner", "Killer", "Hang", "Gated")
    ),
    "tests.plugins_for_tests.counting:Counting",
)


def wait_until(condition: Callable[[], Any], *, what: str = "the condition", seconds: float = PATIENCE_SECONDS) -> Any:
    """The first true thing that the condition gives; fails the test when it gives none in time."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds:g} s")
        time.sleep(0.02)
    return found


def is_gone(process: psutil.Process) -> bool:
    """Whether it runs no more; one whose parent is gone waits for init to take note of it."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        # It went between the two questions.
        return True


class Product:
    """One running stack and what a user can do with it."""

    def __init__(self, process: subprocess.Popen[str], address: str, data: Path, database_url: str) -> None:
        self.process = process
        self.url = address
        self.data = data
        #: The database beneath, to compare with what the API says.
        self.database_url = database_url
        self.client = httpx.Client(base_url=address, timeout=PATIENCE_SECONDS, trust_env=False)

    @property
    def websocket_url(self) -> str:
        """The realtime address, for WebSocket clients."""
        return self.url.replace("http", "ws", 1) + "/v1/realtime"

    @contextmanager
    def database(self) -> Iterator[Database]:
        """The database beneath, opened for this test."""
        database = Database(self.database_url)
        try:
            yield database
        finally:
            database.close()

    def submit(
        self,
        path: Path,
        *,
        plugin: str = "motion",
        tool: str | list[str] | None = None,
        options: dict[str, Any] | None = None,
        **fields: str,
    ) -> str:
        """Submit a file; returns the job's id."""
        data: dict[str, Any] = {"plugin": plugin, "options": json.dumps(options or {}), **fields}
        if tool is not None:
            data["tool"] = tool
        with path.open("rb") as file:
            answer = self.client.post("/v1/jobs", data=data, files={"file": (path.name, file)})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job_id"])

    def extended(self, job_id: str) -> dict[str, Any]:
        """The job as Phase 10 shows it."""
        answer = self.client.get(f"/v1/jobs/{job_id}/extended")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def wait(self, job_id: str, *, status: str | None = None, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """Wait until the job has ended (or has this status); the job as Phase 10 shows it."""
        wanted = {status} if status else {"done", "error", "cancelled"}

        def reached() -> dict[str, Any] | None:
            job = self.client.get(f"/v1/jobs/{job_id}/extended", params={"frames": "false"}).json()
            return dict(job) if job["status"] in wanted else None

        wait_until(reached, what=f"job {job_id} being {' or '.join(sorted(wanted))}", seconds=seconds)
        return self.extended(job_id)

    def events(self, job_id: str) -> list[dict[str, Any]]:
        """The job's whole log, as on the wire."""
        answer = self.client.get(f"/v1/jobs/{job_id}/events", headers={"Accept": "application/x-ndjson"})
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]

    def child_processes(self, name: str) -> list[psutil.Process]:
        """The stack's processes whose command line contains `name`."""
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if name in " ".join(child.cmdline()):
                    found.append(child)
            except (psutil.NoSuchProcess, psutil.ZombieProcess):
                continue
        return found

    def main_processes(self, name: str) -> list[psutil.Process]:
        """The same without those that a worker has forked for jobs: they have its command line."""
        forked = self.child_processes("billiard")
        return [child for child in self.child_processes(name) if child not in forked]

    def stop(self) -> int:
        """Ctrl-C, and the exit code."""
        self.client.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=PATIENCE_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


def start_product(data: Path, *arguments: str, **environment: str) -> Product:
    """Start `transom up` on a free port, with the tests' plugins; returns once it serves."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TRANSOM_")}
    command = [sys.executable, "-m", "app.cli.main", "up", "--port", "0", "--data", str(data), "--json", *arguments]
    log = (data.parent / f"{data.name}.stderr").open("w")
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={
            **clean,
            "PYTHONPATH": str(ROOT),
            "TRANSOM_PLUGINS": ",".join(TEST_PLUGINS),
            "TRANSOM_WORKERS": "2",
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    log.close()
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        process.wait(timeout=PATIENCE_SECONDS)
        raise AssertionError(f"transom up ended:\n{Path(log.name).read_text()[-4000:]}")
    database_url = environment.get("TRANSOM_DATABASE_URL") or f"sqlite:///{data / 'transom.db'}"
    product = Product(process, json.loads(line)["address"], data, database_url)
    try:
        wait_until(
            lambda: any(plugin["name"] == "numbered" for plugin in product.client.get("/v1/plugins").json()["plugins"]),
            what="the worker announcing its plugins",
        )
    except BaseException:
        product.stop()
        raise
    return product


def transom(product: Product, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command beside the running product, with its settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRANSOM_")}
    return subprocess.run(
        [sys.executable, "-m", "app.cli.main", *arguments],
        cwd=ROOT,
        env=kept | {"TRANSOM_DATA_DIR": str(product.data), "TRANSOM_DATABASE_URL": product.database_url},
        capture_output=True,
        text=True,
        check=False,
    )
