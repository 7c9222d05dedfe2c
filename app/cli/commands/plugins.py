"""`transom plugins`."""

from __future__ import annotations

import json

import typer

from app.cli.options import JsonOption, ServerOption, open_client, wants_json
from app.cli.output import say


def plugins(context: typer.Context, server: ServerOption = None, as_json: JsonOption = False) -> None:
    """List the plugins that the workers offer."""
    with open_client(context, server) as client:
        answer = client.plugins()
    if wants_json(context, as_json):
        say(json.dumps(answer))
        return
    from app.cli.tables import show_table

    show_table(
        ["plugin", "version", "state", "tools", "what it does"],
        [
            [
                plugin["name"],
                plugin["version"] or "",
                plugin["state"],
                ", ".join(plugin["tools"]),
                plugin["description"] or plugin["reason"] or "",
            ]
            for plugin in answer["plugins"]
        ],
        empty="No worker offers a plugin at the moment.",
    )
