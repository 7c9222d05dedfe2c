"""All of Transom on one machine: what `transom up` starts, in order, and ends in reverse."""

from __future__ import annotations

import json
import logging
import os
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from rich.console import Console

from app.addresses import is_loopback
from app.cli.data_folder import DataFolder, claim, machine_name
from app.cli.database_setup import prepare_database
from app.cli.embedded_broker import EmbeddedBroker
from app.cli.listener import listen, local_url
from app.cli.log_lines import OWN_NAME, ForwardingHandler, LogLines
from app.cli.output import say
from app.cli.processes import SCRIBE_SOCKET_NAME, web_process, worker_processes
from app.cli.runtime_dir import runtime_dir
from app.cli.supervisor import Supervisor
from app.database.lifecycle import mark_clean, open_log
from app.settings import Settings, worker_environment
from app.version import VERSION

BROKER_SOCKET_NAME: Final = "valkey.sock"
#: Whose lines are in the log file only: the broker advises on the machine's kernel at every start.
_HIDDEN: Final = frozenset({"broker"})
_HIDDEN_BESIDE_DEMO: Final = _HIDDEN | {"web", "scribe", "worker"}


class Machine:
    """Everything on one machine, from the lock on its data folder to the last process that is ended."""

    def __init__(self, settings: Settings, *, demo: bool = False, as_json: bool = False) -> None:
        self._settings = settings
        self._demo = demo
        self._as_json = as_json
        self._console = Console(soft_wrap=True)

    def run(self) -> None:
        """Start everything and keep it running until a signal says to stop.

        Raises `ConfigurationError`, `FolderInUse`, `AddressTaken`, `StartFailed` or `StopRequested`; whichever it
        was, nothing runs any more then.
        """
        with ExitStack() as stack:
            folder = stack.enter_context(claim(self._settings.data_dir))
            listener = stack.enter_context(listen(self._settings))
            sockets = stack.enter_context(runtime_dir(folder.run))
            lines = self._open_log_lines(folder, stack)
            broker = EmbeddedBroker(folder=folder.broker, socket_path=sockets / BROKER_SOCKET_NAME)
            settings = self._complete(listener, sockets, broker)
            with Supervisor(report=lines, name=OWN_NAME) as supervisor:
                if not self._settings.broker_url:
                    supervisor.start(broker.spec(worker_environment(settings)))
                prepare_database(settings)
                supervisor.check()
                open_log(settings.resolved_database_url)
                # On this stack, so that it is said when the last process has stopped.
                stack.callback(mark_clean, settings.resolved_database_url)
                supervisor.start(web_process(settings, listener), *worker_processes(settings))
                self._serve(supervisor, settings, folder, listener)
            lines(OWN_NAME, "stopped")

    def _serve(self, supervisor: Supervisor, settings: Settings, folder: DataFolder, listener: socket.socket) -> None:
        url = local_url(listener)
        address = settings.public_url or f"{url}{settings.root_path}"
        folder.tell(address)
        self._announce(address, settings, listener)
        with ExitStack() as stack:
            if self._demo:
                # It brings the client along, which `up` alone need not wait for.
                from app.cli.demo import Demo

                demo = Demo(url=url, address=address, console=self._console)
                stack.callback(demo.close)
                demo.start()
            supervisor.run()

    def _complete(self, listener: socket.socket, sockets: Path, broker: EmbeddedBroker) -> Settings:
        """The settings of the children: what was left open is decided by now."""
        settings = self._settings
        name = machine_name(settings.data_dir)
        return settings.model_copy(
            update={
                "port": listener.getsockname()[1],
                "broker_url": settings.broker_url or broker.url,
                "node_id": settings.node_id or name,
                "worker_id": settings.worker_id or name,
                "scribe_socket": str(sockets / SCRIBE_SOCKET_NAME),
            }
        )

    def _open_log_lines(self, folder: DataFolder, stack: ExitStack) -> LogLines:
        lines = LogLines(
            file=folder.log_file,
            # What moves on a terminal must know of each line that is written above it.
            console=self._console if self._demo else Console(stderr=True),
            prefixed=self._settings.log_format == "console",
            hidden=_HIDDEN_BESIDE_DEMO if self._demo else _HIDDEN,
        )
        stack.callback(lines.close)
        handler = ForwardingHandler(lines)
        root = logging.getLogger()
        root.addHandler(handler)
        stack.callback(root.removeHandler, handler)
        return lines

    def _announce(self, address: str, settings: Settings, listener: socket.socket) -> None:
        if self._as_json:
            say(json.dumps({"address": address, "pid": os.getpid(), "data": str(settings.data_dir)}))
            return
        self._console.print(
            f"Transom {VERSION} serves at {address} (data in {settings.data_dir}; Ctrl-C stops it)", highlight=False
        )
        if not is_loopback(listener.getsockname()[0]):
            self._console.print(
                "WARNING: TRANSOM_ALLOW_OPEN is set. Everyone who reaches this machine can submit jobs and read "
                "all results: there is no authentication.",
                style="bold white on red",
            )
