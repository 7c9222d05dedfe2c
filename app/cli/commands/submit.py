"""`transom submit`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.exit_codes import ExitCode
from app.cli.options import JsonOption, ServerOption, open_client, wants_json
from app.cli.output import say

if TYPE_CHECKING:
    from app.client import TransomClient


def submit(
    context: typer.Context,
    *,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True, show_default=False),
    ],
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Show each job until it has ended.")] = False,
    plugin: Annotated[
        str | None, typer.Option("--plugin", "-p", help="Which plugin; may be left out where there is one only.")
    ] = None,
    tool: Annotated[list[str] | None, typer.Option("--tool", "-t", help="Which of its tools; may be repeated.")] = None,
    device: Annotated[str | None, typer.Option("--device", "-d", help="cpu, gpu or auto.")] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(
            "--option",
            "-o",
            metavar="K=V",
            help="An option of the tool; may be repeated. V is JSON, or else text. "
            "With several tools, TOOL.K=V is for one of them.",
        ),
    ] = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send files to be processed, a job each.

    Prints each job's id (with --json, the server's answer). With --watch the exit code says how the jobs ended.
    """
    tools = tool or []
    options = parse_options(option or [], tools)
    machine = wants_json(context, as_json)
    with open_client(context, server) as client:
        chosen = plugin or only_plugin(client)
        jobs = []
        for file in files:
            job = client.submit(file, plugin=chosen, tools=tools, options=options, device=device)
            jobs.append((file.name, str(job["job_id"])))
            if machine and not watch:
                say(json.dumps(job))
            elif not watch:
                say(job["job_id"])
        if watch:
            raise typer.Exit(_watch_all(client, jobs, machine=machine))


def parse_options(given: list[str], tools: list[str]) -> dict[str, Any]:
    """`K=V` texts as the options that the API takes; raises `typer.BadParameter` for what is none."""
    options: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"{text!r} is not of the form K=V", param_hint="--option")
        tool, dot, rest = name.partition(".")
        target = options
        if dot and rest and tool in tools:
            target, name = options.setdefault(tool, {}), rest
        target[name] = _value(value)
    return options


def only_plugin(client: TransomClient) -> str:
    """The one plugin of the server; raises `typer.BadParameter` where a choice is needed."""
    names = sorted(str(plugin["name"]) for plugin in client.plugins()["plugins"] if plugin["state"] == "ready")
    if len(names) == 1:
        return names[0]
    hint = f"one of {', '.join(names)}" if names else "no worker offers any at the moment"
    raise typer.BadParameter(f"say which: {hint}", param_hint="--plugin")


def _watch_all(client: TransomClient, jobs: list[tuple[str, str]], *, machine: bool) -> ExitCode:
    """Show one job after the other (they run side by side); a failure outweighs a cancellation."""
    from app.cli.following import display_for, follow_job, say_way

    endings = {
        follow_job(client, job_id, title=name, display=display_for(as_json=machine), on_way=say_way)
        for name, job_id in jobs
    }
    return next((code for code in (ExitCode.JOB_FAILED, ExitCode.JOB_CANCELLED) if code in endings), ExitCode.DONE)


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
