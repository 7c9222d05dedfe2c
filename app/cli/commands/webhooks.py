"""`transom webhooks`, and `transom webhooks replay`."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from app.cli.options import JsonOption, ServerOption, keep, open_client, wants_json
from app.cli.output import say

app = typer.Typer(name="webhooks", invoke_without_command=True)


@app.callback()
def webhooks(
    context: typer.Context,
    *,
    status: Annotated[str | None, typer.Option(help="Only these: pending, delivered or dead.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 20,
    after: Annotated[str | None, typer.Option(help="The next page: what the last one ended with.")] = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the webhooks, newest first: what receivers were told of ended jobs and batches, and what they were not."""
    if context.invoked_subcommand is not None:
        keep(context, server, as_json)
        return
    with open_client(context, server) as client:
        page = client.webhooks(status=status, limit=limit, after=after)
    if wants_json(context, as_json):
        say(json.dumps(page))
        return
    _show(page)


@app.command()
def replay(
    context: typer.Context,
    *,
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="The ids of webhooks.", show_default=False)
    ] = None,
    dead: Annotated[bool, typer.Option("--dead", help="All that are dead, in place of ids.")] = False,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send webhooks again, each under its id, with all its tries before it. Prints how many."""
    if bool(ids) == dead:
        raise typer.BadParameter("name webhooks, or give --dead", param_hint="ID")
    with open_client(context, server) as client:
        if dead:
            replayed = client.replay_webhooks()
        else:
            replayed = len([client.replay_webhook(webhook_id) for webhook_id in dict.fromkeys(ids or [])])
    say(json.dumps({"replayed": replayed}) if wants_json(context, as_json) else str(replayed))


def _show(page: dict[str, Any]) -> None:
    from app.cli.tables import show_table

    show_table(
        ["webhook", "status", "type", "of", "receiver", "tries", "last answer", "created"],
        [
            [
                webhook["webhook_id"],
                webhook["status"],
                webhook["type"],
                webhook["batch_id"] or webhook["job_id"] or "",
                webhook["url"],
                str(webhook["attempts"]),
                webhook["error"] or str(webhook["response_status"] or ""),
                webhook["created_at"],
            ]
            for webhook in page["webhooks"]
        ],
        empty="There are no such webhooks.",
    )
    if page["next_after"]:
        say(f"There are more: --after {page['next_after']}")
