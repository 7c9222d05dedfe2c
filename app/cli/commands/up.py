"""`transom up`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import JsonOption, wants_json


def up(
    context: typer.Context,
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on (TRANSOM_HOST).")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one (TRANSOM_PORT).")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where everything is kept (TRANSOM_DATA_DIR).")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=0, max=256, help="Tool processes; 0: one a core, at least two (TRANSOM_WORKERS).")
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Then submit the bundled sample and show it run.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Start everything on this machine: broker, web and worker; Ctrl-C stops it.

    Needs no service: unless the settings name others, the database is SQLite and the broker an embedded Valkey,
    both in the data folder. A process that crashes is started again. What they log is in DIR/transom.log too.
    """
    from app.cli.machine import Machine
    from app.settings import load_settings

    settings = load_settings(host=host, port=port, data_dir=data, workers=workers)
    Machine(settings, demo=demo, as_json=wants_json(context, as_json)).run()
