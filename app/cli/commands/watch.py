"""`transom watch`."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.options import JsonOption, ServerOption, open_client, wants_json


def watch(
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="The job's id.", show_default=False)],
    since: Annotated[
        str, typer.Option(help="Where to begin: `start`, `now`, or a cursor (a message's `id`).")
    ] = "start",
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a job while it runs, until it has ended.

    Says over what the messages come (a WebSocket, Server-Sent Events, long polling), and when that changes.
    With --json, each message of its log on a line, exactly as on the wire.
    The exit code says how the job ended.
    """
    from app.cli.following import display_for, follow_job, say_way

    with open_client(context, server) as client:
        display = display_for(as_json=wants_json(context, as_json))
        raise typer.Exit(follow_job(client, job, title=job, display=display, since=since, on_way=say_way))
