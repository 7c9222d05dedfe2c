"""The processes that Transom is made of, as the supervisor starts them."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Final

from app.cli.listener import local_url
from app.cli.process_spec import ProcessSpec
from app.cli.readiness import socket_is_there, web_is_ready
from app.settings import Settings, child_environment, worker_environment

#: What a child gets to end its jobs and itself, beyond the time that jobs are given to go on, in seconds.
STOP_MARGIN_SECONDS: Final = 10.0
SCRIBE_SOCKET_NAME: Final = "scribe.sock"
#: `-P`: whatever lies in the folder that Transom is started from is not imported in its place.
_PYTHON: Final = (sys.executable, "-P")
_UNBUFFERED: Final = {"PYTHONUNBUFFERED": "1"}


def web_process(settings: Settings, listener: socket.socket) -> ProcessSpec:
    """The web process, which inherits the socket: a crash closes no port, and port 0 is chosen once."""
    url = local_url(listener)
    return ProcessSpec(
        name="web",
        argv=[*_PYTHON, "-m", "app.cli.main", "web", "--fd", str(listener.fileno())],
        environment=child_environment(settings) | _UNBUFFERED,
        ready=lambda: web_is_ready(url),
        pass_fds=(listener.fileno(),),
    )


def worker_processes(settings: Settings) -> tuple[ProcessSpec, ProcessSpec]:
    """The scribe and the Celery worker whose children speak to it; the worker is stopped first."""
    environment = worker_environment(settings) | _UNBUFFERED
    scribe_socket = Path(settings.scribe_socket)
    return (
        ProcessSpec(
            name="scribe",
            argv=[*_PYTHON, "-m", "tasks.scribe"],
            environment=environment,
            ready=lambda: socket_is_there(scribe_socket),
            stop_seconds=STOP_MARGIN_SECONDS,
        ),
        ProcessSpec(
            name="worker",
            argv=[*_PYTHON, "-m", "tasks.celery_app"],
            environment=environment,
            stop_seconds=settings.drain_seconds + STOP_MARGIN_SECONDS,
        ),
    )
