"""`transom retry`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import JsonOption, ServerOption, open_client, wants_json
from app.cli.output import say

if TYPE_CHECKING:
    from app.client import TransomClient


def retry(
    context: typer.Context,
    *,
    job: Annotated[str, typer.Argument(metavar="ID", help="The id of a job or a batch.", show_default=False)],
    status: Annotated[
        str | None, typer.Option(help="Of a batch, which items: error (those that failed) or cancelled.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Show it until it has ended.")] = False,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a job again, as a new job, or what failed of a batch, in the same batch.

    Prints the new job's id, or how many items run again. With --watch the exit code says how it ended.
    """
    from app.cli.following import display_for, follow_job, say_way, watch_batch
    from app.cli.job_or_batch import job_or_batch

    machine = wants_json(context, as_json)
    with open_client(context, server) as client:
        new, batch = job_or_batch(lambda: client.retry(job), lambda: _retry_batch(client, job, status))
        if not watch:
            answer = new or (batch[1] if batch else {})
            say(json.dumps(answer) if machine else str(answer["job_id"] if new else answer["retried"]))
        elif new:
            display, new_id = display_for(as_json=machine), str(new["job_id"])
            raise typer.Exit(follow_job(client, new_id, title=new_id, display=display, on_way=say_way))
        else:
            since = batch[0] if batch else "now"
            raise typer.Exit(watch_batch(client, job, as_json=machine, since=since))


def _retry_batch(client: TransomClient, batch_id: str, status: str | None) -> tuple[str, dict[str, Any]]:
    """The answer, and where what follows from it begins in the log."""
    cursor = client.batch_cursor(batch_id)
    return cursor, client.retry_batch(batch_id, status=status)
