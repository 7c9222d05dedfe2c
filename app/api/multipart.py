"""A multipart body, read as it arrives: its file goes straight to blob storage, its fields into memory."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

from python_multipart import MultipartParser
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import parse_options_header
from starlette.requests import ClientDisconnect, Request

from app.errors import MalformedMultipart, TooLarge
from app.storage.blobs import BlobStore
from app.storage.media_types import HEAD_BYTES

MAX_FIELD_BYTES: Final = 1024 * 1024
MAX_FIELDS: Final = 100
FILE_FIELD: Final = "file"


@dataclass(slots=True)
class StoredFile:
    """A file that was received: what its sender called it, how long it is, and how it begins."""

    name: str | None = None
    size: int = 0
    head: bytes = b""
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256, repr=False)

    @property
    def sha256(self) -> str:
        """The content's hash: two uploads of one file are one to an Idempotency-Key."""
        return self._digest.hexdigest()

    def take(self, chunk: bytes) -> None:
        """Note what arrives."""
        self.size += len(chunk)
        self._digest.update(chunk)
        if len(self.head) < HEAD_BYTES:
            self.head += chunk[: HEAD_BYTES - len(self.head)]


@dataclass(slots=True)
class Form:
    """The fields, each with all its values in order, and the file where there was one."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    file: StoredFile | None = None

    def one(self, name: str) -> str | None:
        """The last value of a field; None where it is missing or empty."""
        values = self.fields.get(name)
        return values[-1] or None if values else None


class _Parts:
    """What the parser's callbacks fill: synchronous, and nothing of it touches the storage."""

    def __init__(self) -> None:
        self.form = Form()
        #: Bytes of the file since the storage last took them.
        self.file_bytes: list[bytes] = []
        self.ended = False
        self._header_name = b""
        self._header_value = b""
        self._headers: dict[bytes, bytes] = {}
        self._name = ""
        self._value = bytearray()
        self._in_file = False

    def callbacks(self) -> dict[str, object]:
        """The parser's callbacks by its names."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_text,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        self._headers = {}
        self._value = bytearray()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _header_text(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._header_name.lower()] = self._header_value
        self._header_name = self._header_value = b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._in_file = b"filename" in options and self._name == FILE_FIELD
        if self._in_file:
            if self.form.file is not None:
                raise MalformedMultipart("A job takes one file; send several as a batch")
            self.form.file = StoredFile(options[b"filename"].decode("utf-8", "replace") or None)

    def _data(self, data: bytes, start: int, end: int) -> None:
        chunk = data[start:end]
        if self._in_file and self.form.file is not None:
            self.form.file.take(chunk)
            self.file_bytes.append(chunk)
            return
        self._value += chunk
        if len(self._value) > MAX_FIELD_BYTES:
            raise TooLarge(f"The field {self._name!r} is longer than {MAX_FIELD_BYTES} bytes")

    def _end(self) -> None:
        if self._in_file:
            self._in_file = False
            return
        self.form.fields.setdefault(self._name, []).append(self._value.decode("utf-8", "replace"))
        if sum(map(len, self.form.fields.values())) > MAX_FIELDS:
            raise MalformedMultipart(f"The body has more than {MAX_FIELDS} fields")

    def _finish(self) -> None:
        self.ended = True


async def read_form(request: Request[Any], blobs: BlobStore, key: str, *, max_bytes: int) -> Form:
    """Read a multipart body; its part `file` becomes the blob `key`.

    Raises `MalformedMultipart` and `TooLarge`; then, and when the client goes away, there is no blob.
    """
    _, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if not boundary:
        raise MalformedMultipart("The Content-Type names no boundary")
    refuse_if_announced_too_large(request, max_bytes + MAX_FIELD_BYTES)
    parts = _Parts()
    parser = MultipartParser(boundary, parts.callbacks())  # type: ignore[arg-type]  # its TypedDict, by name
    with ExitStack() as stack:
        file: BinaryIO | None = None
        try:
            async for chunk in request.stream():
                parser.write(chunk)
                if parts.file_bytes and file is None:
                    file = stack.enter_context(blobs.open_write(key))
                if file is not None:
                    await _store(file, parts, max_bytes)
        except MultipartParseError as error:
            raise MalformedMultipart(f"The multipart body is damaged: {error}") from error
        except ClientDisconnect as error:
            raise MalformedMultipart("The connection ended before the body did") from error
        if not parts.ended:
            raise MalformedMultipart("The body ends before its last boundary")
    return parts.form


async def read_raw(request: Request[Any], blobs: BlobStore, key: str, *, max_bytes: int) -> StoredFile:
    """Read a body that is the file itself; raises `TooLarge`."""
    refuse_if_announced_too_large(request, max_bytes)
    stored = StoredFile()
    with blobs.open_write(key) as file:
        async for chunk in request.stream():
            stored.take(chunk)
            _refuse_if_too_large(stored, max_bytes)
            await asyncio.to_thread(file.write, chunk)
    return stored


def refuse_if_announced_too_large(request: Request[Any], max_bytes: int) -> None:
    """Refuse a body by its Content-Length before any of it is read; raises `TooLarge`."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > max_bytes:
        raise TooLarge(f"The body has {announced} bytes; this server takes {max_bytes}", limit_bytes=max_bytes)


async def _store(file: BinaryIO, parts: _Parts, max_bytes: int) -> None:
    if parts.form.file is not None:
        _refuse_if_too_large(parts.form.file, max_bytes)
    if parts.file_bytes:
        waiting, parts.file_bytes = parts.file_bytes, []
        await asyncio.to_thread(file.write, b"".join(waiting))


def _refuse_if_too_large(stored: StoredFile, max_bytes: int) -> None:
    if stored.size > max_bytes:
        raise TooLarge(f"The file is larger than the {max_bytes} bytes that this server takes", limit_bytes=max_bytes)
