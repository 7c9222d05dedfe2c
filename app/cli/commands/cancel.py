"""`transom cancel`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from app.cli.options import JsonOption, ServerOption, open_client, wants_json
from app.cli.output import say


def cancel(
    context: typer.Context,
    job: Annotated[str, typer.Argument(metavar="ID", help="The id of a job or a batch.", show_default=False)],
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Cancel a job, or what of a batch has not ended; when it answers, nothing of it runs any more.

    One that has ended is left as it is. Prints how it stands now.
    """
    from app.cli.job_or_batch import job_or_batch

    with open_client(context, server) as client:
        answers = job_or_batch(lambda: client.cancel(job), lambda: client.cancel_batch(job))
    answer = answers[0] or answers[1] or {}
    say(json.dumps(answer) if wants_json(context, as_json) else answer["status"])
