"""A multipart body of many files, read as it arrives: each goes straight to blob storage under an id of its own."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.requests import ClientDisconnect, Request

from app.api.multipart import FILE_FIELD, Parts
from app.errors import MalformedMultipart, TooLarge, TooManyItems
from app.jobs.ids import new_id
from app.storage.blobs import BlobStore, input_key

#: Bytes and ends of files that wait in memory before a thread writes them.
FLUSH_BYTES: Final = 1024 * 1024
FLUSH_FILES: Final = 100
MANIFEST_FIELD: Final = "manifest"
MAX_MANIFEST_BYTES: Final = 32 * 1024 * 1024


@dataclass(slots=True)
class ReceivedFile:
    """A file that was stored: what its sender called it, how long it is, and its content's hash."""

    name: str | None
    size: int = 0
    sha256: str = ""


@dataclass(slots=True)
class Manifest:
    """A manifest as it was sent."""

    content: bytes
    media_type: str
    name: str | None


@dataclass(slots=True)
class ManyFiles:
    """What was read: the fields, the files by the ids they are stored under, in order, and a manifest."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, ReceivedFile] = field(default_factory=dict)
    manifest: Manifest | None = None


class _Store:
    """Writes files, in a thread: steps come in order and by the lump."""

    def __init__(self, blobs: BlobStore) -> None:
        self.begun: list[str] = []
        self._blobs = blobs
        self._writing: AbstractContextManager[BinaryIO] | None = None
        self._file: BinaryIO | None = None

    def work(self, steps: list[tuple[str, bytes | None]]) -> None:
        """Each step is an id with some of its bytes, or with None at its end."""
        for identifier, chunk in steps:
            if self._file is None:
                self.begun.append(identifier)
                self._writing = self._blobs.open_write(input_key(identifier))
                self._file = self._writing.__enter__()
            if chunk is not None:
                self._file.write(chunk)
                continue
            if self._writing is not None:
                self._writing.__exit__(None, None, None)
            self._file = self._writing = None

    def give_up(self) -> None:
        """Leave nothing of it."""
        if self._writing is not None:
            error = MalformedMultipart("given up")
            try:
                self._writing.__exit__(type(error), error, None)
            except MalformedMultipart:
                self._writing = self._file = None
        for identifier in self.begun:
            self._blobs.delete(input_key(identifier))


class _ManyFiles(Parts):
    """A batch's form: fields, files that wait to be written, and a manifest."""

    def __init__(self, *, max_bytes: int, max_files: int) -> None:
        super().__init__()
        self.read = ManyFiles(fields=self.fields)
        self.steps: list[tuple[str, bytes | None]] = []
        self.waiting = 0
        self._max_bytes = max_bytes
        self._max_files = max_files
        self._current: tuple[str, ReceivedFile] | None = None
        self._digest = hashlib.sha256()

    def part_begins(self, name: str, file_name: str | None) -> None:
        """A file begins, the manifest, or a field; raises `TooManyItems`."""
        if name == FILE_FIELD:
            if len(self.read.files) >= self._max_files:
                raise TooManyItems(f"A batch has at most {self._max_files} items here")
            self._current = (new_id(), ReceivedFile(file_name))
            self._digest = hashlib.sha256()
            self.read.files[self._current[0]] = self._current[1]
        elif name == MANIFEST_FIELD:
            media_type = self._headers.get(b"content-type", b"").decode("latin-1")
            self.read.manifest = Manifest(b"", media_type, file_name)

    def part_goes_on(self, chunk: bytes) -> None:
        """Some of that; raises `TooLarge`."""
        if self._current is not None:
            identifier, stored = self._current
            stored.size += len(chunk)
            if stored.size > self._max_bytes:
                raise TooLarge(
                    f"A file is larger than the {self._max_bytes} bytes that this server takes",
                    limit_bytes=self._max_bytes,
                )
            self._digest.update(chunk)
            self.steps.append((identifier, chunk))
            self.waiting += len(chunk)
        elif self._name == MANIFEST_FIELD:
            self._value += chunk
            if len(self._value) > MAX_MANIFEST_BYTES:
                raise TooLarge(f"A manifest has at most {MAX_MANIFEST_BYTES} bytes", limit_bytes=MAX_MANIFEST_BYTES)
        else:
            super().part_goes_on(chunk)

    def part_ends(self) -> None:
        """All of it was there."""
        if self._current is not None:
            identifier, stored = self._current
            stored.sha256 = self._digest.hexdigest()
            self.steps.append((identifier, None))
            self._current = None
        elif self._name == MANIFEST_FIELD and self.read.manifest is not None:
            self.read.manifest.content = bytes(self._value)
        else:
            super().part_ends()


async def read_many(
    request: Request[Any], blobs: BlobStore, *, max_bytes: int, max_files: int, max_total: int
) -> ManyFiles:
    """Read a multipart body; each part `file` becomes the input of an id of its own.

    `max_bytes` is of one file, `max_total` of the whole body. Raises `MalformedMultipart`, `TooLarge` and
    `TooManyItems`; then, and when the client goes away, no blob of it is left.
    """
    _, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if not boundary:
        raise MalformedMultipart("The Content-Type names no boundary")
    parts = _ManyFiles(max_bytes=max_bytes, max_files=max_files)
    store = _Store(blobs)
    try:
        parser = MultipartParser(boundary, parts.callbacks())  # type: ignore[arg-type]  # its TypedDict, by name
        received = 0
        async for chunk in request.stream():
            received += len(chunk)
            if received > max_total:
                raise TooLarge(f"A batch has at most {max_total} bytes here", limit_bytes=max_total)
            parser.write(chunk)
            if parts.waiting >= FLUSH_BYTES or len(parts.steps) >= FLUSH_FILES:
                await _flush(parts, store)
        await _flush(parts, store)
        if not parts.ended:
            raise MalformedMultipart("The body ends before its last boundary")
    except BaseException as error:
        await asyncio.to_thread(store.give_up)
        if isinstance(error, FormParserError):
            raise MalformedMultipart(f"The multipart body is damaged: {error}") from error
        if isinstance(error, ClientDisconnect):
            raise MalformedMultipart("The connection ended before the body did") from error
        raise
    return parts.read


async def _flush(parts: _ManyFiles, store: _Store) -> None:
    steps, parts.steps, parts.waiting = parts.steps, [], 0
    if not steps:
        return
    # A thread does not stop half-way: whoever gives up waits for what it is at.
    working = asyncio.ensure_future(asyncio.to_thread(store.work, steps))
    try:
        await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait([working])
        raise
