"""`transom submit`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import typer

from app.cli.exit_codes import ExitCode
from app.cli.inputs import Inputs, gather
from app.cli.options import JsonOption, ServerOption, open_client, wants_json
from app.cli.output import say

if TYPE_CHECKING:
    from app.client import TransomClient


class _How(TypedDict):
    """How files are to be run."""

    plugin: str
    tools: list[str]
    options: dict[str, Any]
    device: str | None
    priority: str | None
    webhook_url: str | None


def submit(
    context: typer.Context,
    *,
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT",
            help="A file, a folder (all files below it but hidden ones, sorted), a pattern such as '**/*.png', "
            "or an http address that the server may fetch from.",
            show_default=False,
        ),
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            readable=True,
            help="A list of inputs that the server can reach, as .json, .ndjson, .jsonl or .csv.",
        ),
    ] = None,
    separate: Annotated[
        bool, typer.Option("--separate", help="Make each file a job by itself, and no batch of them.")
    ] = False,
    name: Annotated[str | None, typer.Option("--name", help="What to call the batch; makes one file one, too.")] = None,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Show it until it has ended.")] = False,
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
    priority: Annotated[str | None, typer.Option("--priority", help="low, normal or high.")] = None,
    webhook: Annotated[
        str | None, typer.Option("--webhook", metavar="URL", help="Who is told how the job or the batch ended.")
    ] = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send files, or name addresses, to be processed: one is a job; several, a folder or a manifest are one batch.

    Prints the id of the job or the batch (with --json, the server's answer). With --watch the exit code says how it
    ended; a failure outweighs a cancellation.
    """
    given = gather(inputs or [])
    _require_sense(given, manifest=manifest, separate=separate, name=name)
    tools = tool or []
    machine = wants_json(context, as_json)
    how: _How = {
        "tools": tools,
        "options": parse_options(option or [], tools),
        "device": device,
        "priority": priority,
        "webhook_url": webhook,
        "plugin": plugin or "",
    }
    with open_client(context, server) as client:
        how["plugin"] = plugin or only_plugin(client)
        if manifest is None and (separate or not (given.many or name)):
            raise typer.Exit(_submit_jobs(client, given, how, watch=watch, machine=machine))
        try:
            if manifest is not None:
                batch = client.submit_manifest(manifest, name=name, **how)
            else:
                batch = client.submit_batch(given.files, urls=given.urls, name=name, **how)
        except OSError as error:
            # One of thousands of files has gone, or has changed, since they were looked at.
            raise typer.BadParameter(str(error), param_hint="INPUT") from None
        batch_id = str(batch["batch_id"])
        if not watch:
            say(json.dumps(batch) if machine else batch_id)
            return
        from app.cli.following import watch_batch

        raise typer.Exit(watch_batch(client, batch_id, as_json=machine))


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


def _require_sense(given: Inputs, *, manifest: Path | None, separate: bool, name: str | None) -> None:
    """Raise `typer.BadParameter` for what does not go together."""
    named = bool(given.files or given.urls)
    if manifest is not None and named:
        raise typer.BadParameter("a manifest goes without files: it lists all there is", param_hint="--manifest")
    if manifest is None and not named:
        raise typer.BadParameter(
            "name a file, a folder, a pattern or an address, or give a --manifest", param_hint="INPUT"
        )
    if separate and (manifest is not None or name):
        raise typer.BadParameter("there is no batch then, with a manifest or a name", param_hint="--separate")


def _submit_jobs(client: TransomClient, given: Inputs, how: _How, *, watch: bool, machine: bool) -> ExitCode:
    """Make each input a job."""
    inputs: list[Path | str] = [*given.files, *given.urls]
    jobs = []
    for named in inputs:
        job = client.submit(named, **how) if isinstance(named, Path) else client.submit_url(named, **how)
        jobs.append((named.name if isinstance(named, Path) else named, str(job["job_id"])))
        if not watch:
            say(json.dumps(job) if machine else str(job["job_id"]))
    return _watch_all(client, jobs, machine=machine) if watch else ExitCode.DONE


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
