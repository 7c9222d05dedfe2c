"""A web process of its own for those who mean it harm: what becomes of it is seen from outside, as an operator would.

No broker answers, and the test plays the worker: events reach the streams through the log.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import psutil

from app.database.engine import Database
from app.database.migrations import migrate
from app.jobs import fleet
from app.jobs.fleet import Worker
from app.settings import Settings, child_environment
from tests.stack import PATIENCE_SECONDS, ROOT, wait_until
from tests.unit.api.hand_worker import HandWorker
from tests.unit.api.plugins import Counting, Drawing
from tests.unit.api.web import NO_BROKER, PNG

#: What the log says of a crash, and never of a client that is at fault.
_CRASHES: Final = frozenset({"request_crashed", "reader_crashed", "connection_crashed", "connection_close_failed"})


class WebProcess:
    """One web process, and what can be seen of it."""

    def __init__(self, address: str, pid: int, log: Path, database: Database) -> None:
        self.url = address
        self.port = int(address.rpartition(":")[2])
        self.process = psutil.Process(pid)
        self.database = database
        self.worker = HandWorker(database)
        self.client = httpx.Client(base_url=address, timeout=PATIENCE_SECONDS, trust_env=False)
        self._log = log

    @property
    def websocket_url(self) -> str:
        """The realtime address, for WebSocket clients."""
        return self.url.replace("http", "ws", 1) + "/v1/realtime"

    def submit(self) -> str:
        """A job; its id."""
        answer = self.client.post("/v1/jobs", data={"plugin": "counting"}, files={"file": ("dot.png", PNG)})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job_id"])

    def connections(self) -> int:
        """How many the hub has."""
        lines = self.client.get("/metrics").text.splitlines()
        return sum(int(float(line.split()[-1])) for line in lines if line.startswith("transom_connections{"))

    def crashes(self) -> list[str]:
        """The lines of its log that tell of something nobody expected."""
        found = []
        for line in self._log.read_text().splitlines():
            said = json.loads(line) if line.startswith("{") else {"level": "error"}
            broken = said.get("action") in _CRASHES or said.get("logger") == "asyncio"
            if broken or said.get("level") in {"error", "critical"}:
                found.append(line[:2000])
        return found


@contextmanager
def web_process(folder: Path, **settings: Any) -> Iterator[WebProcess]:
    """Run a web process with these settings, and one announced worker."""
    chosen = Settings(data_dir=folder, broker_url=NO_BROKER, log_format="json", **settings)
    folder.mkdir(parents=True, exist_ok=True)
    migrate(chosen.resolved_database_url)
    log = folder / "web.log"
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener, log.open("w") as output:
        fd = listener.fileno()
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli.main", "web", "--fd", str(fd)],
            cwd=ROOT,
            env=child_environment(chosen),
            stdout=output,
            stderr=output,
            pass_fds=[fd],
        )
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    database = Database(chosen.resolved_database_url)
    try:
        _announce(database)
        web = WebProcess(address, process.pid, log, database)
        wait_until(lambda: process.poll() is not None or _answers(web), what="the web process starting")
        assert process.poll() is None, log.read_text()
        yield web
        web.client.close()
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_SECONDS)
        finally:
            process.kill()
            database.close()


def _answers(web: WebProcess) -> bool:
    try:
        return web.client.get("/livez").status_code == 200
    except httpx.TransportError:
        return False


def _announce(database: Database) -> None:
    with database.write() as connection:
        fleet.announce(
            connection,
            Worker(
                id="hand-1",
                host="here",
                pid=1,
                processes=2,
                queues=["cpu"],
                devices=[{"name": "cpu", "title": "A processor", "cores": 2}],
                plugins=[{"manifest": kind.manifest().model_dump(mode="json")} for kind in (Drawing, Counting)],
                started_at_ms=0,
                # It is heard of for ever.
                heartbeat_at_ms=2**52,
            ),
        )
