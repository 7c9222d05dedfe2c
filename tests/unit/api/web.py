"""A web process for tests: the real server on a thread, on a port of its own, with a database and a blob folder.

No broker answers and no worker runs: a test announces the fleet, and plays the worker, through the same functions
that the real ones use.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from app.database.engine import Database
from app.database.migrations import migrate
from app.jobs import fleet
from app.jobs.fleet import Worker
from app.main import create_app
from app.server import Server, make_server
from app.settings import Settings
from tests.back_ends import new_sqlite
from tests.stack import wait_until
from tests.unit.api.hand_worker import HandWorker
from tests.unit.api.plugins import Counting, Drawing

#: The smallest PNG: one pixel.
PNG: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501012718e366"
    "0000000049454e44ae426082"
)
#: Nobody listens there.
NO_BROKER: Final = "redis://127.0.0.1:1/0"


class Web:
    """One web process and what stands around it."""

    def __init__(self, address: str, server: Server, settings: Settings, database: Database) -> None:
        self.url = address
        self.server = server
        self.settings = settings
        self.database = database
        self.client = httpx.Client(base_url=address, timeout=30, trust_env=False)
        self.worker = HandWorker(database)

    def post(self, content: bytes = PNG, *, name: str = "dot.png", **fields: Any) -> httpx.Response:
        """Submit a file with these fields; the plugin is `counting` unless named."""
        return self.client.post("/v1/jobs", data={"plugin": "counting", **fields}, files={"file": (name, content)})

    def submit(self, content: bytes = PNG, **fields: Any) -> str:
        """The same where it must succeed: the job's id."""
        answer = self.post(content, **fields)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job_id"])

    def get(self, path: str, **parameters: Any) -> Any:
        """The JSON at a path that must answer well."""
        answer = self.client.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def inputs(self) -> set[str]:
        """The names of all files among the inputs, finished or not."""
        folder = self.settings.data_dir / "blobs" / "inputs"
        return {path.name for path in folder.iterdir()} if folder.exists() else set()

    def announce(self, **changes: Any) -> None:
        """Announce a worker; it is heard of for ever."""
        worker: dict[str, Any] = {
            "id": "hand-1",
            "host": "here",
            "pid": 1,
            "processes": 2,
            "queues": ["cpu"],
            "devices": [{"name": "cpu", "title": "A processor", "cores": 2}],
            "plugins": [
                {"manifest": Drawing.manifest().model_dump(mode="json")},
                {"manifest": Counting.manifest().model_dump(mode="json")},
                {"name": "broken", "error": "ImportError: no such library"},
            ],
            "started_at_ms": 0,
            "heartbeat_at_ms": 2**52,
        }
        with self.database.write() as connection:
            fleet.announce(connection, Worker(**{**worker, **changes}))

    def forget(self, worker_id: str) -> None:
        """Take a worker out of the fleet."""
        with self.database.write() as connection:
            fleet.forget(connection, worker_id)


@contextmanager
def serve_web(data: Path, *, built_ui: Path | None = None, **settings: Any) -> Iterator[Web]:
    """Run a web process with these settings, and one announced worker; without a web UI unless one is given."""
    chosen = Settings(data_dir=data, broker_url=NO_BROKER, **settings)
    chosen.data_dir.mkdir(parents=True, exist_ok=True)
    if chosen.database_url:
        migrate(chosen.database_url)
    elif not (path := data / "transom.db").exists():
        new_sqlite(path)
    database = Database(chosen.resolved_database_url)
    listener = socket.create_server(("127.0.0.1", 0))
    server = make_server(create_app(chosen, built_ui=built_ui or data / "no-web-ui"), chosen)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="web")
    thread.start()
    wait_until(lambda: server.started or not thread.is_alive(), what="the server starting")
    assert server.started, "the server ended before it had started"
    web = Web(f"http://127.0.0.1:{listener.getsockname()[1]}", server, chosen, database)
    try:
        web.announce()
        yield web
    finally:
        web.client.close()
        server.should_exit = True
        thread.join()
        database.close()


def problem_of(answer: httpx.Response) -> dict[str, Any]:
    """The problem document of an answer that must be one."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = dict(answer.json())
    assert problem["status"] == answer.status_code
    assert problem["request_id"] == answer.headers["x-request-id"]
    return problem


def as_json(value: object) -> str:
    """Text for a form's field."""
    return json.dumps(value)
