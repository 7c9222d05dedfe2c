"""What is put under fault: Transom over each of its three back ends, with the parts by which it can be hit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import httpx
import psutil

from app.database.engine import Database
from app.settings import load_settings
from tests.chaos.faults import Fault, Kind, Part
from tests.chaos.servers import Postgres, RabbitMQ, Redis, Server, signal_all
from tests.chaos.services import Service
from tests.ports import free_port
from tests.stack import ROOT, TEST_PLUGINS, wait_until

#: How long a part that was hit may take until it is there again.
RETURN_SECONDS: Final = 90.0
PLUGINS: Final = ",".join(("tests.chaos.witness:Witness", *TEST_PLUGINS))
_MARKS: Final = {
    Part.WEB: "app.cli.main web",
    Part.SCRIBE: "tasks.scribe",
    Part.WORKER: "tasks.celery_app",
    Part.CHILD: "--billiard-fork",
    Part.BROKER: "valkey-server",
}
#: Holds SQLite's write lock, as a writer does that stands still; what it wrote is never committed.
_HOLD_LOCK: Final = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
connection.execute("BEGIN IMMEDIATE")
connection.execute("UPDATE logs SET head = head + 1000")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
connection.execute("ROLLBACK")
"""


class Stand:
    """One Transom with its servers."""

    def __init__(self, name: str, folder: Path, make_servers: Callable[[], dict[Part, Server]]) -> None:
        self.name = name
        self.folder = folder
        self.data = folder / "data"
        self.servers = make_servers()
        self.services: list[Service] = []
        self.addresses: list[str] = []
        self.database_url = ""
        self._stopped: set[int] = set()
        self._timers: list[threading.Timer] = []
        self._lock_holders: list[subprocess.Popen[str]] = []

    def start(self) -> None:
        """Start everything; returns once a job could be submitted to each web node."""
        for server in self.servers.values():
            server.start()
        common = {
            "TRANSOM_PLUGINS": PLUGINS,
            "TRANSOM_WORKERS": "2",
            "TRANSOM_DATA_DIR": str(self.data),
            "TRANSOM_LOG_FORMAT": "console",
        }
        if self.servers:
            self.database_url = self.servers[Part.DATABASE].url
            common["TRANSOM_DATABASE_URL"] = self.database_url
            common["TRANSOM_BROKER_URL"] = self.servers[Part.BROKER].url
            subprocess.run(
                [sys.executable, "-m", "app.cli.main", "migrate"],
                check=True,
                cwd=ROOT,
                env={**os.environ, **common},
                stdout=subprocess.DEVNULL,
            )
            ports = [free_port() for _ in range(2)]
            for number, port in enumerate(ports, 1):
                arguments = ["web", "--port", str(port)]
                node = {"TRANSOM_NODE_ID": f"web-{number}"}
                self.services.append(Service(f"web-{number}", arguments, {**common, **node}, self.folder))
                self.services.append(Service(f"worker-{number}", ["worker"], common, self.folder))
        else:
            self.database_url = f"sqlite:///{self.data / 'transom.db'}"
            ports = [free_port()]
            arguments = ["up", "--port", str(ports[0]), "--data", str(self.data)]
            self.services.append(Service("up", arguments, common, self.folder))
        self.addresses = [f"http://127.0.0.1:{port}" for port in ports]
        wait_until(self.ready, what="every part being there", seconds=120)

    def ready(self) -> bool:
        """Whether every web node is ready and knows the plugins of this run."""
        for address in self.addresses:
            try:
                ready = httpx.get(f"{address}/readyz", trust_env=False).status_code == 200
                plugins = httpx.get(f"{address}/v1/plugins", trust_env=False).json().get("plugins", [])
            except (httpx.HTTPError, ValueError):
                return False
            if not ready or not any(plugin["name"] == "witness" for plugin in plugins):
                return False
        return len(self._find(Part.CHILD)) == 2 * sum(s.name.startswith(("up", "worker")) for s in self.services)

    def open_database(self) -> Database:
        """The database beneath."""
        return Database(load_settings(database_url=self.database_url).database_url)

    def hit(self, fault: Fault) -> None:
        """Let the fault happen; waits until the part that it hits is there."""
        if fault.part is Part.DATABASE and not self.servers:
            self._hold_lock(fault)
        elif fault.part in self.servers:
            self._hit_server(fault)
        else:
            there = self._wait_for(fault)
            self._hit_process(there[int(fault.pick * len(there))], fault)

    def calm(self) -> None:
        """Wait until whatever stands still goes on."""
        for timer in self._timers:
            timer.join()
        for holder in self._lock_holders:
            holder.wait(60)
            assert holder.stdout is not None
            holder.stdout.close()

    def stop(self) -> list[int]:
        """End everything but the servers; the exit codes."""
        self.calm()
        return [service.stop() for service in self.services]

    def close(self) -> None:
        """End the servers, whatever happened before."""
        for timer in self._timers:
            timer.join()
        for holder in self._lock_holders:
            holder.kill()
            holder.wait()
        for server in self.servers.values():
            server.close()

    def processes_left(self) -> list[str]:
        """Processes on this machine that belong to this stand's data folder."""
        left = []
        for process in psutil.process_iter():
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                if process.environ().get("TRANSOM_DATA_DIR") == str(self.data):
                    left.append(" ".join(process.cmdline()))
        return left

    def _find(self, part: Part) -> list[psutil.Process]:
        found = []
        for service in self.services:
            for process in service.family:
                with suppress(psutil.NoSuchProcess):
                    command = " ".join(process.cmdline())
                    forked = _MARKS[Part.CHILD] in command
                    if _MARKS[part] in command and forked == (part is Part.CHILD) and process.pid not in self._stopped:
                        found.append((service.name, process.create_time(), process))
        return [process for _, _, process in sorted(found, key=lambda each: each[:2])]

    def _wait_for(self, fault: Fault) -> list[psutil.Process]:
        return list(
            wait_until(lambda: self._find(fault.part), what=f"a {fault.part} being there", seconds=RETURN_SECONDS)
        )

    def _hit_process(self, process: psutil.Process, fault: Fault) -> None:
        with suppress(psutil.NoSuchProcess):
            match fault.kind:
                case Kind.KILLED:
                    process.kill()
                case Kind.RESTARTED:
                    process.terminate()
                case Kind.STOPPED:
                    self._stop_for([process], fault.seconds)

    def _hit_server(self, fault: Fault) -> None:
        server = self.servers[fault.part]
        wait_until(
            lambda: not self._stopped & {process.pid for process in server.processes()},
            what=f"the {fault.part} going on",
        )
        family = server.processes()
        if fault.kind is Kind.STOPPED:
            self._stop_for(family, fault.seconds)
            return
        if fault.kind is Kind.KILLED:
            signal_all(family, signal.SIGKILL)
        else:
            signal_all(family[:1], server.stop_signal())
        psutil.wait_procs(family, timeout=RETURN_SECONDS)
        time.sleep(fault.seconds)
        server.start()

    def _stands_still(self, server: Server) -> bool:
        return bool(self._stopped & {process.pid for process in server.processes()})

    def _stop_for(self, processes: list[psutil.Process], seconds: float) -> None:
        pids = {process.pid for process in processes}
        self._stopped |= pids
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.suspend()

        def go_on() -> None:
            for process in processes:
                with suppress(psutil.NoSuchProcess):
                    process.resume()
            self._stopped.difference_update(pids)

        timer = threading.Timer(seconds, go_on)
        timer.start()
        self._timers.append(timer)

    def _hold_lock(self, fault: Fault) -> None:
        holder = subprocess.Popen(
            [sys.executable, "-c", _HOLD_LOCK, str(self.data / "transom.db"), str(fault.seconds)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert holder.stdout is not None
        holder.stdout.readline()
        self._lock_holders.append(holder)
        if fault.kind is Kind.KILLED:
            holder.kill()


def sqlite(folder: Path) -> Stand:
    """`transom up`: SQLite, the embedded broker, one web process, one worker."""
    return Stand("SQLite and the embedded Valkey", folder, dict)


def redis(folder: Path) -> Stand:
    """Two web nodes and two workers over PostgreSQL and Redis."""
    return Stand("PostgreSQL and Redis", folder, lambda: {Part.DATABASE: Postgres(), Part.BROKER: Redis()})


def rabbitmq(folder: Path) -> Stand:
    """Two web nodes and two workers over PostgreSQL and RabbitMQ."""
    return Stand("PostgreSQL and RabbitMQ", folder, lambda: {Part.DATABASE: Postgres(), Part.BROKER: RabbitMQ()})


STANDS: Final = {"sqlite": sqlite, "redis": redis, "rabbitmq": rabbitmq}
