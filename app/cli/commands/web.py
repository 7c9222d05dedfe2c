"""`transom web`."""

from __future__ import annotations

import signal
import sys
from typing import Annotated, NoReturn

import typer

from app.cli.exit_codes import ExitCode


def web(
    host: Annotated[str | None, typer.Option(help="Address to listen on (TRANSOM_HOST).")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one (TRANSOM_PORT).")
    ] = None,
    fd: Annotated[int | None, typer.Option(help="Serve on this inherited listening socket instead.")] = None,
) -> None:
    """Run one web process, until it is told to stop."""
    from app.addresses import require_loopback
    from app.cli.listener import adopt, listen
    from app.errors import ConfigurationError
    from app.settings import load_settings

    for signum in (signal.SIGINT, signal.SIGTERM):
        # uvicorn puts its own handler before this one, and once everything is closed sends the signal again: to be
        # stopped is how a server ends well.
        signal.signal(signum, _end)
    settings = load_settings(host=host, port=port)
    if not settings.broker_url:
        raise ConfigurationError(
            "TRANSOM_BROKER_URL is empty: a web process on its own needs the broker that the workers use "
            "(`transom up` starts a worker and a broker of its own)"
        )
    if fd is None:
        listener = listen(settings)
    else:
        listener = adopt(fd)
        require_loopback(listener.getsockname()[0], settings=settings)
    from app.main import serve

    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    serve(settings, fd=listener.detach())


def _end(signum: int, frame: object) -> NoReturn:
    del signum, frame
    sys.exit(ExitCode.DONE)
