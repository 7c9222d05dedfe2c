"""`transom batches`."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from app.cli.options import JsonOption, ServerOption, open_client, wants_json
from app.cli.output import say


def batches(
    context: typer.Context,
    *,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 20,
    after: Annotated[str | None, typer.Option(help="The next page: what the last one ended with.")] = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the batches, newest first."""
    with open_client(context, server) as client:
        page = client.batches(limit=limit, after=after)
    if wants_json(context, as_json):
        say(json.dumps(page))
        return
    _show(page)


def _show(page: dict[str, Any]) -> None:
    from app.cli.tables import show_table

    show_table(
        ["batch", "status", "progress", "items", "failed", "plugin", "name", "created"],
        [
            [
                batch["batch_id"],
                batch["status"],
                f"{batch['progress']} %",
                str(batch["total"]),
                str(batch["counts"]["error"]),
                batch["plugin"],
                batch["name"] or "",
                batch["created_at"],
            ]
            for batch in page["batches"]
        ],
        empty="There are no batches.",
    )
    if page["next_after"]:
        say(f"There are more: --after {page['next_after']}")
