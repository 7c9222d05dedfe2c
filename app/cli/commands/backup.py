"""`transom backup`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import say


def backup(
    folder: Annotated[Path, typer.Argument(help="A new folder for the backup.", show_default=False)],
) -> None:
    """Write all jobs, their log and their files into a folder, while Transom runs.

    What is written is one moment of the database. Run it where the database and the storage can be reached, with the
    settings of the web process.
    """
    from app.cli.backup import make
    from app.cli.database_setup import opened_database
    from app.settings import load_settings
    from app.storage.blobs import BlobStore

    settings = load_settings()
    with opened_database(settings) as database:
        manifest = make(database, BlobStore(settings.resolved_storage_url), folder)
    say(
        f"{folder} has {manifest.rows['jobs']} jobs with {manifest.rows['events']} messages, "
        f"and {manifest.blobs} files of {manifest.blob_bytes} bytes together."
    )
