"""`transom jobs`."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from app.cli.options import JsonOption, ServerOption, open_client, wants_json
from app.cli.output import say


def jobs(
    context: typer.Context,
    *,
    status: Annotated[str | None, typer.Option(help="Only these: queued, running, done, error or cancelled.")] = None,
    plugin: Annotated[str | None, typer.Option(help="Only those of this plugin.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 20,
    after: Annotated[str | None, typer.Option(help="The next page: what the last one ended with.")] = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the jobs, newest first."""
    with open_client(context, server) as client:
        page = client.jobs(status=status, plugin=plugin, limit=limit, after=after)
    if wants_json(context, as_json):
        say(json.dumps(page))
        return
    _show(page)


def _show(page: dict[str, Any]) -> None:
    from app.cli.tables import show_table

    show_table(
        ["job", "status", "progress", "plugin", "input", "created"],
        [
            [
                job["job_id"],
                job["status"],
                f"{job['progress']} %" if job["progress"] is not None else "",
                job["plugin"],
                job["input_name"] or "",
                job["created_at"],
            ]
            for job in page["jobs"]
        ],
        empty="There are no such jobs.",
    )
    if page["next_after"]:
        say(f"There are more: --after {page['next_after']}")
