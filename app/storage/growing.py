"""A blob that comes in pieces: a file that grows where it lies, or numbered parts where objects can't grow.

Which of its bytes count is the caller's business: a piece that was written and not noted is written again, over it.
"""

from __future__ import annotations

import shutil
from typing import Any, BinaryIO, Final, Protocol

from app.errors import BlobNotFound

#: Bytes of a part, at most: what an object store has not closed is lost with the process that wrote it.
PART_BYTES: Final = 32 * 1024 * 1024
COPY_BYTES: Final = 1024 * 1024
#: Names of parts sort as their offsets do.
_DIGITS: Final = 16


class Growing(Protocol):
    """A blob that goes on from some byte; for one thread at a time."""

    #: All before this byte is there, whatever becomes of this process.
    kept: int

    def write(self, content: bytes | bytearray) -> None:
        """Go on with this."""

    def close(self) -> None:
        """Keep what was written, also where more was to come."""


class GrowingFile:
    """A file of a folder that goes on from a byte; raises `BlobNotFound` where what was before it is not there."""

    def __init__(self, filesystem: Any, path: str, offset: int) -> None:
        there = filesystem.exists(path)
        if offset and not (there and filesystem.size(path) >= offset):
            raise BlobNotFound
        self._file: BinaryIO = filesystem.open(path, "r+b" if there else "wb")
        self._file.seek(offset)
        self.kept = offset

    def write(self, content: bytes | bytearray) -> None:
        """Go on with this."""
        self._file.write(content)
        self._file.flush()
        self.kept += len(content)

    def close(self) -> None:
        """Nothing more comes now."""
        self._file.close()


class GrowingParts:
    """Objects below a prefix, each named by the byte at which it begins."""

    def __init__(self, filesystem: Any, path: str, offset: int) -> None:
        self._fs = filesystem
        self._path = path
        self._part: BinaryIO | None = None
        self._written = 0
        self.kept = offset

    def write(self, content: bytes | bytearray) -> None:
        """Go on with this."""
        if self._part is None:
            self._part = self._fs.open(f"{self._path}/{self.kept:0{_DIGITS}}", "wb")
        self._part.write(content)
        self._written += len(content)
        if self._written >= PART_BYTES:
            self.close()

    def close(self) -> None:
        """Have the store show the part that was begun."""
        part, self._part = self._part, None
        if part is not None:
            part.close()
            self.kept += self._written
            self._written = 0


def join_parts(filesystem: Any, path: str, size: int, target: BinaryIO) -> None:
    """Copy the parts below a prefix, one after another; raises `BlobNotFound` where they are not `size` bytes.

    Each is looked for where the one before it ends, so what a process left that was killed is passed over.
    """
    offset = 0
    while offset < size:
        part = f"{path}/{offset:0{_DIGITS}}"
        try:
            length = int(filesystem.size(part))
            with filesystem.open(part, "rb") as file:
                shutil.copyfileobj(file, target, COPY_BYTES)
        except FileNotFoundError:
            raise BlobNotFound from None
        if not length:
            raise BlobNotFound
        offset += length
    if offset != size:
        raise BlobNotFound
