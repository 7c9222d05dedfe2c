"""A multipart body, read as it arrives: its file goes straight to blob storage, its fields into memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.requests import ClientDisconnect, Request

from app.api.uploads import StoredFile, Upload, open_upload, refuse_if_announced_too_large
from app.errors import MalformedMultipart, TooLarge
from app.storage.blobs import BlobStore

#: All fields together; they are kept in memory.
MAX_FIELD_BYTES: Final = 1024 * 1024
MAX_FIELDS: Final = 100
#: What fields, boundaries and part headers may add to the file.
MAX_ENVELOPE_BYTES: Final = 2 * MAX_FIELD_BYTES
FILE_FIELD: Final = "file"


@dataclass(slots=True)
class Form:
    """The fields, each with all its values in order, and the file where there was one.

    `retry_of` names the job that a form was made of.
    """

    fields: dict[str, list[str]] = field(default_factory=dict)
    file: StoredFile | None = None
    retry_of: str | None = None

    def one(self, name: str) -> str | None:
        """The last value of a field; None where it is missing or empty."""
        values = self.fields.get(name)
        return values[-1] or None if values else None


class Parts:
    """What the parser's callbacks fill, a part after the other: synchronous, and nothing of it touches the storage.

    Fields are kept whole, with bounds; a subclass says which parts are more than that.
    """

    def __init__(self) -> None:
        self.fields: dict[str, list[str]] = {}
        self.ended = False
        self._name = ""
        self._file_name: str | None = None
        self._value = bytearray()
        self._headers: dict[bytes, bytes] = {}
        self._header_name = b""
        self._header_value = b""
        self._field_bytes = 0

    def callbacks(self) -> dict[str, object]:
        """The parser's callbacks by its names."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_text,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self.part_ends,
            "on_end": self._finish,
        }

    def part_begins(self, name: str, file_name: str | None) -> None:
        """A part of this name begins."""

    def part_goes_on(self, chunk: bytes) -> None:
        """A piece of it; by itself, of a field. Raises `TooLarge`."""
        self._value += chunk
        self._field_bytes += len(chunk)
        if self._field_bytes > MAX_FIELD_BYTES:
            raise TooLarge(f"The fields have more than {MAX_FIELD_BYTES} bytes", limit_bytes=MAX_FIELD_BYTES)

    def part_ends(self) -> None:
        """All of it was there; by itself, it is a field. Raises `MalformedMultipart`."""
        self.fields.setdefault(self._name, []).append(self._value.decode("utf-8", "replace"))
        if sum(map(len, self.fields.values())) > MAX_FIELDS:
            raise MalformedMultipart(f"The body has more than {MAX_FIELDS} fields")

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
        self.part_begins(self._name, options.get(b"filename", b"").decode("utf-8", "replace") or None)

    def _data(self, data: bytes, start: int, end: int) -> None:
        self.part_goes_on(data[start:end])

    def _finish(self) -> None:
        self.ended = True


class _OneFile(Parts):
    """A job's form: fields, and a file that is written as it comes."""

    def __init__(self, upload: Upload) -> None:
        super().__init__()
        self.form = Form(fields=self.fields)
        self._upload = upload
        self._in_file = False

    def part_begins(self, name: str, file_name: str | None) -> None:
        """The file begins, or a field."""
        self._in_file = name == FILE_FIELD
        if self._in_file:
            if self.form.file is not None:
                raise MalformedMultipart("A job takes one file; send each as a job of its own")
            self.form.file = self._upload.stored
            self.form.file.name = file_name

    def part_goes_on(self, chunk: bytes) -> None:
        """Some of the file, or of a field."""
        if self._in_file:
            self._upload.take(chunk)
        else:
            super().part_goes_on(chunk)

    def part_ends(self) -> None:
        """The file has ended, or a field."""
        if self._in_file:
            self._in_file = False
        else:
            super().part_ends()


async def read_form(request: Request[Any], blobs: BlobStore, key: str, *, max_bytes: int) -> Form:
    """Read a multipart body; its part `file` becomes the blob `key`.

    Raises `MalformedMultipart` and `TooLarge`; then, and when the client goes away, there is no blob.
    """
    _, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if not boundary:
        raise MalformedMultipart("The Content-Type names no boundary")
    refuse_if_announced_too_large(request, max_bytes + MAX_ENVELOPE_BYTES)
    async with open_upload(blobs, key, max_bytes=max_bytes) as upload:
        parts = _OneFile(upload)
        received = 0
        try:
            parser = MultipartParser(boundary, parts.callbacks())  # type: ignore[arg-type]  # its TypedDict, by name
            async for chunk in request.stream():
                received += len(chunk)
                if received > max_bytes + MAX_ENVELOPE_BYTES:
                    raise TooLarge("The body does not end", limit_bytes=max_bytes)
                parser.write(chunk)
                if upload.full:
                    await upload.flush()
        except FormParserError as error:
            raise MalformedMultipart(f"The multipart body is damaged: {error}") from error
        except ClientDisconnect as error:
            raise MalformedMultipart("The connection ended before the body did") from error
        if not parts.ended:
            raise MalformedMultipart("The body ends before its last boundary")
    return parts.form
