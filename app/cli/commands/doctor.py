"""`transom doctor`."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from app.cli.exit_codes import ExitCode
from app.cli.options import JsonOption, ServerOption, target_of, wants_json
from app.cli.output import say


def doctor(
    context: typer.Context,
    *,
    url: Annotated[str | None, typer.Argument(help="The server to examine the way to.", show_default=False)] = None,
    seconds: Annotated[
        float,
        typer.Option(min=0, max=130, help="How long streams are kept open, to see what cuts them; 0: not at all."),
    ] = 20.0,
    html: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            dir_okay=False,
            help="Write a page too: for whoever runs the proxy, with all that was seen and what to change.",
            show_default=False,
        ),
    ] = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find out what stands between here and a server, what it does to messages, and what to change about it.

    The exit code says what it comes to: messages come by themselves, by long polling only, or not at all.
    """
    from app.cli.doctor_text import patience, show_report
    from app.client.doctor import examine

    if html is not None:
        _require_writable(html)
    target = target_of(context, url or server)
    with patience(target.address, seconds):
        report = asyncio.run(
            examine(target.address, proxies=target.proxies, ca_bundle=target.ca_bundle, seconds=seconds)
        )
    if html is not None:
        from app.client.doctor.page import page_of

        html.write_text(page_of(report), encoding="utf-8")
    if wants_json(context, as_json):
        say(json.dumps(report.document()))
    else:
        show_report(report)
    raise typer.Exit(ExitCode[_ENDINGS[report.verdict]])


def _require_writable(path: Path) -> None:
    """Before half a minute is spent on what could not be written then."""
    # A link may lead to what is not there yet.
    path = path.resolve()
    is_new = not path.exists()
    try:
        path.open("a").close()
        if is_new:
            # There is a file once there is a page.
            path.unlink()
    except OSError as error:
        raise typer.BadParameter(f"{str(path)!r}: {error.strerror}", param_hint="--html") from None


#: By the verdict.
_ENDINGS = {"live": "DONE", "polling": "POLLING_ONLY", "refused": "REFUSED", "unreachable": "UNREACHABLE"}
