"""What docker-compose.yml starts, started as processes against real servers: the file's own commands and settings."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import yaml

from app.cli.embedded_broker import find_server
from tests.back_ends import postgres_database
from tests.ports import free_port
from tests.stack import PATIENCE_SECONDS, ROOT, wait_until
from tests.watching import assert_unbroken, is_end

_OURS: Final = ("web-1", "web-2", "worker")
#: A node that starts on a busy machine, and a health check that starts an interpreter each time.
HEALTHY_SECONDS: Final = 180.0


class Composed:
    """The services of the file, as processes."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.services: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
        self._folder = folder
        self._database_url = database_url
        self._broker_port = free_port()
        self._ports = {name: free_port() for name in _OURS}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def address(self, name: str) -> str:
        """Where a web node answers."""
        return f"http://127.0.0.1:{self._ports[name]}"

    def environment(self, name: str) -> dict[str, str]:
        """The service's own, with this machine's places put for the containers'."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("TRANSOM_")}
        given = {key: re.sub(r"\$\{\w+:-(\w+)\}", r"\1", value) for key, value in self._given(name).items()}
        places = {
            "TRANSOM_DATABASE_URL": ("postgresql://transom:transom@postgres:5432/transom", self._database_url),
            "TRANSOM_BROKER_URL": ("redis://valkey:6379/0", f"redis://127.0.0.1:{self._broker_port}/0"),
            "TRANSOM_STORAGE_URL": ("file:///var/lib/transom/blobs", (self._folder / "blobs").as_uri()),
        }
        for key, (in_container, here) in places.items():
            assert given[key] == in_container
            given[key] = here
        # A container has a port and a home of its own.
        own = {"TRANSOM_PORT": str(self._ports.get(name, 0)), "TRANSOM_DATA_DIR": str(self._folder / name)}
        return {**clean, "PYTHONPATH": str(ROOT), **given, **own, "TRANSOM_WORKERS": "2"}

    def _given(self, name: str) -> dict[str, str]:
        return dict(self.services[name]["environment"])

    def start(self, name: str) -> subprocess.Popen[bytes]:
        """Run the service's command."""
        program, *arguments = self.services[name]["command"]
        assert program == "transom"
        with (self._folder / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "app.cli.main", *arguments],
                cwd=ROOT,
                env=self.environment(name),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return self.processes[name]

    def start_broker(self) -> None:
        """Run the broker's command, with the server that the wheel brings along."""
        program, *options = self.services["valkey"]["command"]
        assert program == "valkey-server"
        place = ["--bind", "127.0.0.1", "--port", str(self._broker_port), "--dir", str(self._folder)]
        self.processes["valkey"] = subprocess.Popen(
            [str(find_server()), *options, *place, "--logfile", str(self._folder / "valkey.log")]
        )

    def healthy(self, name: str) -> bool:
        """Whether the service's own health check passes; its port is the container's."""
        kind, *check = self.services[name]["healthcheck"]["test"]
        assert (kind, check[0]) == ("CMD", "python")
        command = shlex.join(check[1:]).replace("127.0.0.1:8000", f"127.0.0.1:{self._ports[name]}")
        done = subprocess.run([sys.executable, *shlex.split(command)], check=False, capture_output=True)
        return done.returncode == 0

    def stop(self, name: str) -> int:
        """End it as `docker stop` does; its exit code."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        return process.wait(PATIENCE_SECONDS)

    def kill_all(self) -> None:
        """Whatever the test came to."""
        for process in self.processes.values():
            process.kill()
            process.wait()


@pytest.fixture
def composed(tmp_path: Path) -> Iterator[Composed]:
    """The file's services, none of them started."""
    with ExitStack() as stack:
        running = Composed(tmp_path, stack.enter_context(postgres_database()))
        stack.callback(running.kill_all)
        yield running


@pytest.mark.service("postgres")
@pytest.mark.timeout(600)
def test_what_compose_starts_takes_a_job_and_shows_it_at_either_node(composed: Composed, sample: Path) -> None:
    """Migrate, start, be healthy, run a job of one node and watch it at the other, and stop well."""
    # Given the services in the order that the file names
    composed.start_broker()
    assert composed.start("migrate").wait(PATIENCE_SECONDS) == 0
    for name in _OURS:
        composed.start(name)
    for name in ("web-1", "web-2"):
        wait_until(lambda name=name: composed.healthy(name), what=f"{name} being healthy", seconds=HEALTHY_SECONDS)  # type: ignore[misc]
    plugins = f"{composed.address('web-1')}/v1/plugins"
    wait_until(
        lambda: httpx.get(plugins, trust_env=False, timeout=PATIENCE_SECONDS).json().get("plugins"),
        what="the worker being there",
    )

    # When a job is submitted to one node, and watched half way at each of them
    with sample.open("rb") as file:
        answer = httpx.post(
            f"{composed.address('web-1')}/v1/jobs",
            data={"plugin": "motion"},
            files={"file": file},
            trust_env=False,
            timeout=PATIENCE_SECONDS,
        )
    assert answer.status_code == 202, answer.text
    job_id = answer.json()["job_id"]
    first = _watch(composed.address("web-2"), job_id, "start", limit=100)
    rest = _watch(composed.address("web-1"), job_id, first[-1]["id"])
    log = httpx.get(
        f"{composed.address('web-2')}/v1/jobs/{job_id}/events",
        headers={"Accept": "application/x-ndjson"},
        trust_env=False,
        timeout=PATIENCE_SECONDS,
    )

    # Then it is done, nothing was missed, and everything ends as it is told to
    assert_unbroken(first + rest)
    assert first + rest == [json.loads(line) for line in log.text.splitlines()]
    assert rest[-1]["payload"]["status"] == "done"
    assert {name: composed.stop(name) for name in _OURS} == dict.fromkeys(_OURS, 0)


def _watch(address: str, job_id: str, since: str, *, limit: int | None = None) -> list[dict[str, Any]]:
    """The job's messages after a cursor, as a node streams them: so many, or all until its end."""
    messages: list[dict[str, Any]] = []
    query = {"job_id": job_id, "since": since, "transport": "sse"}
    with httpx.stream(
        "GET", f"{address}/v1/realtime", params=query, trust_env=False, timeout=PATIENCE_SECONDS
    ) as stream:
        for line in stream.iter_lines():
            if line.startswith("data:") and "id" in (message := json.loads(line.removeprefix("data:"))):
                messages.append(message)
                if is_end(message) or len(messages) == limit:
                    break
    return messages
