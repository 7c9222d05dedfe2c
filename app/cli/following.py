"""Showing a job or a batch as it runs, in the way that fits where the output goes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from app.cli.displays.display import Display, follow

if TYPE_CHECKING:
    from rich.console import Console

    from app.cli.displays.batch_display import BatchDisplay
    from app.cli.exit_codes import ExitCode
    from app.client import TransomClient, Way
    from app.client.async_client import OnWay


def display_for(*, as_json: bool, console: Console | None = None) -> Display:
    """Messages for a script, a bar on a terminal, lines for anything else."""
    if as_json:
        from app.cli.displays.message_lines import MessageLines

        return MessageLines()
    from rich.console import Console

    console = console or Console()
    if console.is_terminal:
        from app.cli.displays.live_bar import LiveBar

        return LiveBar(console)
    from app.cli.displays.plain_lines import PlainLines

    return PlainLines(console)


def follow_job(
    client: TransomClient,
    job_id: str,
    *,
    title: str,
    display: Display,
    since: str = "start",
    on_way: OnWay | None = None,
) -> ExitCode:
    """Show the job until it has ended; the exit code says how. `on_way` is told over what its messages come."""
    return follow(client.watch(job_id, since=since, on_way=on_way), title=title, display=display)


def batch_display_for(*, as_json: bool, console: Console | None = None) -> BatchDisplay:
    """The same for a batch."""
    if as_json:
        from app.cli.displays.batch_messages import BatchMessages

        return BatchMessages()
    from rich.console import Console

    console = console or Console()
    if console.is_terminal:
        from app.cli.displays.batch_bar import BatchBar

        return BatchBar(console)
    from app.cli.displays.batch_lines import BatchLines

    return BatchLines(console)


def watch_batch(client: TransomClient, batch_id: str, *, as_json: bool, since: str = "start") -> ExitCode:
    """Show the batch until all its items have ended; the exit code says how."""
    from app.cli.displays.batch_display import follow_batch

    display = batch_display_for(as_json=as_json)
    return follow_batch(client, batch_id, display=display, since=since, on_way=say_way)


def say_way(way: Way) -> None:
    """Say over what the messages come, beside them: who reads these by a program reads nothing else."""
    sys.stderr.write(f"{way.sentence}\n")
    sys.stderr.flush()
