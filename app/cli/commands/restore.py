"""`transom restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import say


def restore(
    folder: Annotated[
        Path | None, typer.Argument(help="The folder that `transom backup` made.", show_default=False)
    ] = None,
    *,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace what is in the database by the backup.")
    ] = False,
    new_epoch: Annotated[
        bool,
        typer.Option(
            "--new-epoch",
            help="Restore nothing, only tell every client to read anew: after the database was restored by its own "
            "means, such as pg_restore.",
        ),
    ] = False,
) -> None:
    """Put a backup in the place of what is there, into an empty database or with --overwrite.

    Transom may run meanwhile: submits wait for it, jobs that ran at the backup's moment run again, and every client is
    told to read anew.
    """
    if (folder is None) != new_epoch:
        raise typer.BadParameter("name the folder of a backup, or --new-epoch alone")

    from app.cli.backup import restore as put_back
    from app.cli.database_setup import opened_database
    from app.database.lifecycle import begin_new_life
    from app.settings import load_settings
    from app.storage.blobs import BlobStore

    settings = load_settings()
    with opened_database(settings) as database:
        if folder is None:
            with database.write() as connection:
                begin_new_life(connection)
            say("Every client is told to read anew.")
            return
        manifest = put_back(database, BlobStore(settings.resolved_storage_url), folder, overwrite=overwrite)
    say(
        f"{manifest.rows['jobs'] - len(manifest.forgotten)} jobs are as they were at {manifest.made_at}; "
        "every client is told to read anew."
    )
