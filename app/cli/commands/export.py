"""`transom export`."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli.exit_codes import ExitCode
from app.cli.options import JsonOption, ServerOption, open_client, wants_json
from app.cli.output import say


class Format(StrEnum):
    """What is exported."""

    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    COCO = "coco"
    VIDEO = "video"


def export(
    context: typer.Context,
    *,
    job: Annotated[str, typer.Argument(metavar="ID", help="The id of a job or a batch.", show_default=False)],
    kind: Annotated[
        Format,
        typer.Option(
            "--format", "-f", help="json, ndjson, csv, coco; or video, of one job: its input with what was found in it."
        ),
    ] = Format.JSON,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The file, or a folder for it; without it the file is made here, with a name after the input's.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write what was found in a job, or in all of a batch, to a file; prints where it is.

    A video is waited for until it is made, and for that until its job has ended. A batch is an archive with a file
    for each item.
    """
    from app.cli.displays.making_bar import making_bar
    from app.cli.job_or_batch import job_or_batch

    machine, target = wants_json(context, as_json), output or Path()
    with open_client(context, server) as client, making_bar(quiet=machine) as on_progress:
        try:
            of_job, of_batch = job_or_batch(
                lambda: client.export(job, target, kind=kind, overwrite=force, on_progress=on_progress),
                lambda: client.export_batch(job, target, kind=kind, overwrite=force),
            )
        except FileExistsError as error:
            raise typer.BadParameter(
                f"{error.filename} is there already: name another with -o, or give --force"
            ) from None
        except OSError as error:
            typer.echo(f"transom: the file can't be written: {error.strerror or error}", err=True)
            raise typer.Exit(ExitCode.USAGE) from None
    path = of_job or of_batch or target
    say(json.dumps({"file": str(path), "bytes": path.stat().st_size}) if machine else str(path))
