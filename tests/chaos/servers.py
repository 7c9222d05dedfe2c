"""Servers of the chaos harness's own: a fault in one of them hits nobody else on the machine."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

import psutil
import psycopg
import redis
from kombu import Connection

from tests.ports import free_port

#: How long a server may take to start on a busy machine.
START_SECONDS: Final = 120.0
_POSTGRES_PROGRAMS: Final = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
_RABBITMQ_PROGRAM: Final = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


class NotInstalled(Exception):
    """The server's program is not on this machine."""


class Server(Protocol):
    """A server that can be started, and hit."""

    url: str

    def start(self) -> None:
        """Start it, and return once it answers."""

    def processes(self) -> list[psutil.Process]:
        """What is stopped and killed together."""

    def stop_signal(self) -> signal.Signals:
        """What asks it to end well, now."""

    def clients(self) -> int:
        """How many connections it has, without the one that asks."""

    def close(self) -> None:
        """End it and delete its data."""


class ServerProcess:
    """One server as a child of this process, in a folder of its own."""

    name = "server"
    #: Whose user it runs as, where this process may choose.
    user: str | None = None

    def __init__(self) -> None:
        self.url = ""
        self.port = free_port()
        self._account = pwd.getpwnam(self.user) if self.user and os.geteuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix=f"chaos-{self.name}-"))
        if self._account:
            os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
        self._process: subprocess.Popen[bytes] | None = None
        self.log = self.folder / "server.log"

    def run(self, command: list[str], environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start a program of the server's user, its output in the server's log."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                env={**os.environ, **(environment or {})},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self._account.pw_uid if self._account else None,
                group=self._account.pw_gid if self._account else None,
                extra_groups=[] if self._account else None,
            )

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the server itself."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether it can be used."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it, and return once it answers."""
        deadline = time.monotonic() + START_SECONDS
        self._end(signal.SIGKILL)
        self._process = self.launch()
        while not self.answers():
            if self._process.poll() is not None:
                # What a killed one leaves behind (shared memory, a name at its registry) goes within moments.
                time.sleep(0.2)
                self._process = self.launch()
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.name} did not start:\n{self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.05)

    def processes(self) -> list[psutil.Process]:
        """The server and all that it started; empty while it is down."""
        if self._process is None or self._process.poll() is not None:
            return []
        with suppress(psutil.NoSuchProcess):
            main = psutil.Process(self._process.pid)
            return [main, *main.children(recursive=True)]
        return []

    def stop_signal(self) -> signal.Signals:
        """What asks it to end well, now."""
        return signal.SIGTERM

    def close(self) -> None:
        """End it and delete its data."""
        self._end(self.stop_signal())
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, asked: signal.Signals) -> None:
        if self._process is None:
            return
        family = self.processes()
        if self._process.poll() is None:
            self._process.send_signal(asked)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(30)
        end_all(family)
        self._process.wait()
        self._process = None


class Redis(ServerProcess):
    """A Redis, or a Valkey, that keeps what it was told for as long as it lives, as a broker does."""

    name = "redis"

    def __init__(self) -> None:
        super().__init__()
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        if program is None:
            shutil.rmtree(self.folder)
            raise NotInstalled("redis-server")
        self._program = program
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def launch(self) -> subprocess.Popen[bytes]:
        """Start it; bells are kept on disk, as compose's is set to."""
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "yes"]
        return self.run([self._program, *options, "--dir", str(self.folder)])

    def answers(self) -> bool:
        """Whether it answers a ping."""
        try:
            with redis.Redis(port=self.port, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def clients(self) -> int:
        """Connected clients."""
        with redis.Redis(port=self.port, socket_timeout=5) as client:
            return len(client.client_list()) - 1


class Postgres(ServerProcess):
    """A PostgreSQL cluster."""

    name = "postgres"
    user = "postgres"

    def __init__(self) -> None:
        if not _POSTGRES_PROGRAMS:
            raise NotInstalled("postgres")
        super().__init__()
        self.data = self.folder / "data"
        initdb = [str(_POSTGRES_PROGRAMS[0] / "initdb"), "-D", str(self.data), "-U", "postgres", "--auth=trust"]
        if self.run([*initdb, "--no-sync", "--encoding=UTF8", "--locale=C"]).wait(START_SECONDS) != 0:
            raise AssertionError(f"initdb failed:\n{self.log.read_text()[-3000:]}")
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the postmaster; it may be killed at any time, so it syncs as it does in production."""
        program = str(_POSTGRES_PROGRAMS[0] / "postgres")
        return self.run(
            [program, "-D", str(self.data), "-p", str(self.port), "-k", str(self.folder), "-h", "127.0.0.1"]
        )

    def answers(self) -> bool:
        """Whether it takes a connection."""
        try:
            with psycopg.connect(self.url, connect_timeout=2):
                return True
        except psycopg.Error:
            return False

    def stop_signal(self) -> signal.Signals:
        """A fast shutdown: it waits for no client, as service managers ask for."""
        return signal.SIGINT

    def clients(self) -> int:
        """Sessions of others."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
        assert row is not None
        return int(row[0])


class RabbitMQ(ServerProcess):
    """A RabbitMQ node with a name, ports and a name server of its own."""

    name = "rabbitmq"

    def __init__(self) -> None:
        if not _RABBITMQ_PROGRAM.exists():
            raise NotInstalled("rabbitmq-server")
        super().__init__()
        names = free_port()
        self._environment = {
            "HOME": str(self.folder),
            "ERL_EPMD_PORT": str(names),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"chaos{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self.folder / "config"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "rabbitmq-env.conf"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }
        (self.folder / "enabled_plugins").write_text("[].\n")
        (self.folder / "rabbitmq.conf").write_text("loopback_users = none\n")
        self._names = self.run(["epmd", "-port", str(names), "-address", "127.0.0.1"])
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the node."""
        return self.run([str(_RABBITMQ_PROGRAM)], self._environment)

    def answers(self) -> bool:
        """Whether it takes a client."""
        try:
            with Connection(self.url, connect_timeout=5) as connection:
                connection.connect()
                return True
        except OSError:
            return False

    def clients(self) -> int:
        """Connected clients, by the operating system: the node's own tools take seconds."""
        return len(self._sockets())

    def _sockets(self) -> list[object]:
        return [
            connection
            for process in self.processes()
            for connection in process.net_connections("tcp4")
            if connection.status == psutil.CONN_ESTABLISHED and connection.laddr.port == self.port
        ]

    def close(self) -> None:
        """End the node and its name server, and delete its data."""
        super().close()
        self._names.kill()
        self._names.wait()


def signal_all(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    """Signal these, as far as they are still there."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def end_all(processes: list[psutil.Process]) -> None:
    """Kill these, and wait until they are gone."""
    signal_all(processes, signal.SIGKILL)
    psutil.wait_procs(processes, timeout=10)
