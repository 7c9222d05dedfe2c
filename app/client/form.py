"""A form with many files, read from the disk while it is sent: it takes the same memory however many they are.

httpx's own keeps every file open from the beginning, of which a process may have a thousand.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

#: Bytes that are read, and sent, at once.
LUMP_BYTES: Final = 256 * 1024
#: As browsers write them in a name.
_ESCAPES: Final = {'"': "%22", "\\": "\\\\", "\r": "%0D", "\n": "%0A"}
_ESCAPED: Final = re.compile(r'["\\\r\n]')


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a form: one of the disk, or its bytes."""

    field: str
    content: Path | bytes
    name: str
    media_type: str = "application/octet-stream"


class Form:
    """The body of a form, which can be sent more than once.

    Files have the sizes that they had when it was made, so that its length is known. Raises `OSError` where one can't
    be found.
    """

    def __init__(self, fields: Mapping[str, Any], parts: Iterable[Part]) -> None:
        self._boundary = uuid4().hex
        self._fields = b"".join(self._field(name, value) for name, value in _pairs(fields))
        self._parts = [(part, _size(part.content)) for part in parts]
        self._end = f"--{self._boundary}--\r\n".encode()
        sizes = sum(len(self._head(part)) + size + 2 for part, size in self._parts)
        self.length = len(self._fields) + sizes + len(self._end)

    @property
    def headers(self) -> dict[str, str]:
        """What has to be said of the body."""
        return {
            "Content-Type": f"multipart/form-data; boundary={self._boundary}",
            "Content-Length": str(self.length),
        }

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The body, from its beginning; raises `OSError` where a file can't be read, or has become shorter."""
        with closing(self._lumps()) as lumps:
            while lump := await _in_thread(lumps):
                yield lump

    def _lumps(self) -> Generator[bytes, None, None]:
        """The body in lumps of about the same size: small files go together."""
        waiting = bytearray()
        for piece in self._pieces():
            waiting += piece
            if len(waiting) >= LUMP_BYTES:
                yield bytes(waiting)
                waiting.clear()
        if waiting:
            yield bytes(waiting)

    def _pieces(self) -> Iterator[bytes]:
        yield self._fields
        for part, size in self._parts:
            yield self._head(part)
            if isinstance(part.content, bytes):
                yield part.content
            else:
                yield from _read(part.content, size)
            yield b"\r\n"
        yield self._end

    def _field(self, name: str, value: str) -> bytes:
        return self._text(f'--{self._boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n')

    def _head(self, part: Part) -> bytes:
        name = _ESCAPED.sub(lambda found: _ESCAPES[found[0]], part.name)
        return self._text(
            f'--{self._boundary}\r\nContent-Disposition: form-data; name="{part.field}"; filename="{name}"\r\n'
            f"Content-Type: {part.media_type}\r\n\r\n"
        )

    def _text(self, text: str) -> bytes:
        # A file's name need not be text at all.
        return text.encode("utf-8", "replace")


async def _in_thread(lumps: Generator[bytes, None, None]) -> bytes:
    # A thread does not stop half-way: whoever gives up waits for what it is at, and the file is closed after that.
    reading = asyncio.ensure_future(asyncio.to_thread(next, lumps, b""))
    try:
        return await asyncio.shield(reading)
    except asyncio.CancelledError:
        await asyncio.wait([reading])
        raise


def _pairs(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        for each in value if isinstance(value, list) else [value]:
            yield name, str(each)


def _size(content: Path | bytes) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def _read(path: Path, size: int) -> Iterator[bytes]:
    left = size
    with path.open("rb") as file:
        while left:
            read = file.read(min(left, LUMP_BYTES))
            if not read:
                raise OSError(f"{path} has become shorter while it was sent")
            left -= len(read)
            yield read
