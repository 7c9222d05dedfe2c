"""`transom`: the command. Each command is a file of `app/cli/commands/`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from app.cli.commands import (
    backup,
    batch,
    batches,
    cancel,
    doctor,
    export,
    jobs,
    migrate,
    plugins,
    restore,
    retry,
    submit,
    up,
    watch,
    web,
    webhooks,
    worker,
)
from app.cli.exit_codes import ExitCode
from app.cli.options import DEFAULT_SERVER, SERVER_VARIABLE, Given
from app.cli.output import say
from app.version import VERSION

_EXIT_CODES = "Exit codes: " + " · ".join(f"{code.value} {code.meaning}" for code in ExitCode)

app = typer.Typer(
    name="transom",
    help="Runs vision plugins over images and videos, and shows every message while it happens.",
    epilog=_EXIT_CODES,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(up.up)
app.command()(web.web)
app.command()(worker.worker)
app.command()(migrate.migrate)
app.command()(backup.backup)
app.command()(restore.restore)
app.command()(submit.submit)
app.command()(watch.watch)
app.command()(jobs.jobs)
app.command()(batches.batches)
app.command()(batch.batch)
app.command()(cancel.cancel)
app.command()(retry.retry)
app.command()(export.export)
app.add_typer(webhooks.app)
app.command()(plugins.plugins)
app.command()(doctor.doctor)


def _show_version(wanted: bool) -> None:
    if wanted:
        say(f"transom {VERSION}")
        raise typer.Exit


@app.callback()
def before(
    context: typer.Context,
    server: Annotated[
        str | None,
        typer.Option(
            "--server",
            metavar="URL",
            envvar=SERVER_VARIABLE,
            help=f"The server to speak to; without it {DEFAULT_SERVER}.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON, for scripts.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Keep what was said before the command for the command."""
    del version
    context.obj = Given(server, as_json)


def main() -> None:
    """Run the command that the arguments name, and end with its exit code."""
    try:
        app(prog_name="transom")
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
    except Exception as error:
        from app.cli.failures import failure_of

        failure = failure_of(error)
        if failure is None:
            raise
        failure.print()
        sys.exit(failure.exit_code)


if __name__ == "__main__":
    main()
