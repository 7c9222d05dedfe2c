"""`transom worker`."""

from __future__ import annotations

from typing import Annotated

import typer


def worker(
    workers: Annotated[
        int | None, typer.Option(min=0, max=256, help="Tool processes; 0: one a core, at least two (TRANSOM_WORKERS).")
    ] = None,
) -> None:
    """Run a worker: its tool processes, and the scribe that writes down what they say."""
    from contextlib import ExitStack

    from rich.console import Console

    from app.cli.log_lines import OWN_NAME, LogLines
    from app.cli.processes import SCRIBE_SOCKET_NAME, worker_processes
    from app.cli.runtime_dir import runtime_dir
    from app.cli.supervisor import Supervisor
    from app.cli.worker_identity import worker_name
    from app.errors import ConfigurationError
    from app.settings import load_settings

    settings = load_settings(workers=workers)
    if not settings.broker_url:
        raise ConfigurationError(
            "TRANSOM_BROKER_URL is empty: a worker on its own needs the broker that the web processes use "
            "(`transom up` starts a worker and a broker of its own)"
        )
    with ExitStack() as stack:
        sockets = stack.enter_context(runtime_dir())
        name = settings.worker_id or stack.enter_context(worker_name(settings.data_dir))
        settings = settings.model_copy(update={"scribe_socket": str(sockets / SCRIBE_SOCKET_NAME), "worker_id": name})
        lines = LogLines(file=None, console=Console(stderr=True), prefixed=settings.log_format == "console")
        supervisor = stack.enter_context(Supervisor(report=lines, name=OWN_NAME))
        for process in worker_processes(settings):
            supervisor.start(process)
        lines(OWN_NAME, f"worker {name} runs {settings.child_processes} tool processes")
        supervisor.run()
