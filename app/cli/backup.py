"""A backup: a folder with the tables of one moment, every input and preview of its jobs, and a manifest.

It is made while Transom runs, and the same folder is restored into SQLite or PostgreSQL, a folder or an object store.
The manifest is written last: a folder without one is no backup.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

import sqlalchemy as sa

from app.database import dump
from app.database.engine import Database
from app.database.migrations import schema_version
from app.database.schema import batch_items
from app.errors import BlobNotFound
from app.jobs import store, usage
from app.storage.blobs import PART_SUFFIX, BlobStore, input_key, preview_prefix
from app.version import VERSION

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_TABLES: Final = "tables"
_BLOBS: Final = "blobs"
_COPY_BYTES: Final = 1024 * 1024
#: Jobs that are looked up together.
_JOBS_A_STEP: Final = 500


class BackupRefused(Exception):
    """This can't be made a backup, or be restored; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself."""

    format: int
    version: str
    schema: str
    made_at: str
    rows: dict[str, int]
    blobs: int
    blob_bytes: int
    #: Jobs of the tables that were forgotten before their files were copied: a restore leaves them out.
    forgotten: list[str]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The manifest of a backup; raises `BackupRefused` where it is none, or of another version."""
        try:
            values = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        except OSError as error:
            raise BackupRefused(
                f"{folder} is no backup, or one that did not come to its end: it has no readable {_MANIFEST} "
                f"({error.strerror}). Name a folder that `transom backup` has made."
            ) from None
        except ValueError:
            raise BackupRefused(f"{folder / _MANIFEST} is damaged: restore another backup") from None
        if values.get("format") != FORMAT:
            raise BackupRefused(
                f"{folder} has the format {values.get('format')}, and this Transom reads {FORMAT}: restore it with "
                f"version {values.get('version')}"
            )
        return cls(**values)


def make(database: Database, blobs: BlobStore, folder: Path) -> Manifest:
    """Write a backup into a folder that is empty or not there yet; raises `BackupRefused` where it is not."""
    _prepare(folder)
    tables = folder / _TABLES
    with database.read() as connection:
        schema = schema_version(connection)
        rows = dump.write(connection, tables)
    copies = BlobStore((folder / _BLOBS).absolute().as_uri())
    missing: list[str] = []
    count = size = 0
    for job in dump.read(tables, "jobs"):
        for key in _keys(blobs, job):
            copied = _copy(blobs, copies, key)
            if copied is not None:
                count, size = count + 1, size + copied
            elif key == job["input_key"]:
                missing.append(job["id"])
    for key in _waiting_inputs(tables):
        copied = _copy(blobs, copies, key)
        if copied is not None:
            count, size = count + 1, size + copied
    manifest = Manifest(
        format=FORMAT,
        version=VERSION,
        schema=schema,
        made_at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        rows=rows,
        blobs=count,
        blob_bytes=size,
        forgotten=_gone(database, missing),
    )
    (folder / _MANIFEST).write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")
    return manifest


def restore(database: Database, blobs: BlobStore, folder: Path, *, overwrite: bool) -> Manifest:
    """Put a backup in the place of all there is; raises `BackupRefused`, and then nothing has changed.

    Files come first, then all tables in one transaction, so that no job is ever without its input. Files of jobs that
    are gone by it are found by the sweep.
    """
    manifest = Manifest.read(folder)
    tables = folder / _TABLES
    with database.read() as connection:
        present, empty = schema_version(connection), dump.is_empty(connection)
    if present != manifest.schema:
        raise BackupRefused(
            f"The backup has the tables of version {manifest.version} (schema {manifest.schema}), and the database has "
            f"schema {present}: restore it with that version, then run `transom migrate` with this one"
        )
    if not empty and not overwrite:
        raise BackupRefused("The database is not empty: with --overwrite everything in it is replaced by the backup")
    forgotten = frozenset(manifest.forgotten)
    copies = BlobStore((folder / _BLOBS).absolute().as_uri())
    for job in dump.read(tables, "jobs"):
        for key in () if job["id"] in forgotten else _keys(copies, job):
            _copy(copies, blobs, key)
    for key in _waiting_inputs(tables):
        _copy(copies, blobs, key)

    def keep(table: str, row: dump.Row) -> bool:
        return row["id" if table == "jobs" else "job_id"] not in forgotten if _is_of_a_job(table, row) else True

    with database.write() as connection:
        dump.replace(connection, tables, keep)
        for job in dump.read(tables, "jobs") if forgotten else ():
            if job["id"] in forgotten:
                usage.take_out(connection, job["stored_bytes"])
                # Its batch goes on counting it.
                ended_as = {"ended_as": job["status"]}
                connection.execute(sa.update(batch_items).where(batch_items.c.job_id == job["id"]).values(ended_as))
    return manifest


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise BackupRefused(f"{folder} is not empty: name a new folder for each backup")
        (folder / _TABLES).mkdir(mode=0o700)
        (folder / _BLOBS).mkdir(mode=0o700)
    except OSError as error:
        raise BackupRefused(f"{folder} can't be written to: {error.strerror}") from None


def _keys(blobs: BlobStore, job: dump.Row) -> Iterator[str]:
    yield job["input_key"]
    previews = preview_prefix(job["id"])
    for name in blobs.names(previews):
        if not name.endswith(PART_SUFFIX):
            yield f"{previews}/{name}"


def _copy(source: BlobStore, target: BlobStore, key: str) -> int | None:
    """Copy a blob; how many bytes it has, None where there is none to copy.

    Also over one that is there: an old file is taken for litter as long as no table names it.
    """
    try:
        size = source.size(key)
        with source.open_read(key) as file, target.open_write(key) as copy:
            shutil.copyfileobj(file, copy, _COPY_BYTES)
    except BlobNotFound:
        return None
    return size


def _gone(database: Database, job_ids: list[str]) -> list[str]:
    """Of these jobs those that are not there any more."""
    gone: list[str] = []
    for start in range(0, len(job_ids), _JOBS_A_STEP):
        some = job_ids[start : start + _JOBS_A_STEP]
        with database.read() as connection:
            there = store.there_among(connection, some)
        gone.extend(job_id for job_id in some if job_id not in there)
    return gone


def _is_of_a_job(table: str, row: dump.Row) -> bool:
    # A batch's items stay, whatever becomes of their jobs.
    return table == "jobs" or (table != "batch_items" and "job_id" in row)


def _waiting_inputs(tables: Path) -> Iterator[str]:
    """The inputs of batches' items that are no jobs yet."""
    for item in dump.read(tables, "batch_items"):
        if item["input_id"] is not None and item["job_id"] is None:
            yield input_key(item["input_id"])
