"""`transom watch`."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.options import JsonOption, ServerOption, open_client, wants_json


def watch(
    context: typer.Context,
    job: Annotated[str, typer.Argument(metavar="ID", help="The id of a job or a batch.", show_default=False)],
    since: Annotated[
        str, typer.Option(help="Where to begin: `start`, `now`, or a cursor (a message's `id`).")
    ] = "start",
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a job or a batch while it runs, until it has ended.

    Says over what the messages come (a WebSocket, Server-Sent Events, long polling), and when that changes.
    With --json, each message of its log on a line, exactly as on the wire.
    The exit code says how it ended; in a batch a failure outweighs a cancellation.
    """
    from app.cli.following import display_for, follow_job, say_way, watch_batch
    from app.cli.job_or_batch import job_or_batch

    machine = wants_json(context, as_json)
    with open_client(context, server) as client:
        _, batch = job_or_batch(lambda: client.job(job), lambda: client.batch(job))
        if batch is not None:
            raise typer.Exit(watch_batch(client, job, as_json=machine, since=since))
        display = display_for(as_json=machine)
        raise typer.Exit(follow_job(client, job, title=job, display=display, since=since, on_way=say_way))
