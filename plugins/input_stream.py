"""The bytes of an input, as a decoder may see them: no name, no path, nothing but what was given.

A decoder that knew the file's name would guess by its ending and could look for its neighbours. Owns the difference
between "these bytes are no image" and "the storage failed while they were read": decoders report both alike.
"""

from __future__ import annotations

import io
from typing import BinaryIO


class InputStream(io.RawIOBase):
    """A readable, seekable view of `file`. Closing it leaves `file` open: whoever opened that closes it."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._failure: Exception | None = None
        self.size_bytes = file.seek(0, io.SEEK_END)
        file.seek(0)

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, at most `size`; remembers the error where the storage fails."""
        try:
            return self._file.read(size)
        except Exception as error:
            self._failure = error
            raise

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a byte."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """The byte that is read next."""
        return self._file.tell()

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def raise_failure(self) -> None:
        """Raise what the storage raised, if it did: then the input is not to blame."""
        if self._failure is not None:
            raise self._failure
