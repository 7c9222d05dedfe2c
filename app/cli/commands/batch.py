"""`transom batch`."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from app.cli.options import JsonOption, ServerOption, open_client, wants_json
from app.cli.output import say


def batch(
    context: typer.Context,
    *,
    batch: Annotated[str, typer.Argument(metavar="ID", help="The batch's id.", show_default=False)],
    status: Annotated[
        str, typer.Option(help="Which items to list: queued, running, done, error or cancelled.")
    ] = "error",
    limit: Annotated[int, typer.Option(min=0, help="How many of them at most; 0: all.")] = 100,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say how a batch stands, and what of it failed and why.

    With --json the server's answer on a line, and then each of those items on one.
    """
    from app.cli.failed_items import failed_items

    with open_client(context, server) as client:
        state = client.batch(batch)
        items = failed_items(client, batch, status=status, limit=limit or None)
    if wants_json(context, as_json):
        for answer in (state, *items):
            say(json.dumps(answer))
        return
    _show(state, items, status)


def _show(state: dict[str, Any], items: list[dict[str, Any]], status: str) -> None:
    from app.cli.displays.words import counts_text
    from app.cli.tables import show_table
    from app.cli.tally import Tally

    tally = Tally(state)
    tools = f" ({', '.join(state['tools'])})" if state["tools"] else ""
    say(f"{tally.title}: {tally.status}, {tally.percent} % of {tally.total:,}; {', '.join(counts_text(tally))}")
    say(f"{state['plugin']}{tools} on {state['device_requested']}, priority {state['priority']}")
    until = f", ended {state['finished_at']}" if state["finished_at"] else ""
    say(f"created {state['created_at']}{until}")
    if not items:
        return
    show_table(
        ["line", "item", "status", "code", "detail", "job"],
        [
            [
                str(item["line"] or item["n"]),
                item["name"] or "",
                item["status"],
                (item["error"] or {}).get("code", ""),
                (item["error"] or {}).get("detail", ""),
                item["job"]["job_id"] if item["job"] else "",
            ]
            for item in items
        ],
        empty="",
    )
    if len(items) < tally.of(status):
        say(f"There are {tally.of(status) - len(items):,} more: --limit 0")
