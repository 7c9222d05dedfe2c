"""Blobs: a folder, or whatever fsspec reaches. A blob is written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO
from uuid import uuid4

import fsspec

from app.errors import BlobNotFound


def input_key(job_id: str) -> str:
    """Where a job's input lies."""
    return f"inputs/{job_id}"


def preview_key(job_id: str, frame_index: int) -> str:
    """Where the preview picture of one frame lies."""
    return f"{preview_prefix(job_id)}/{frame_index}.jpg"


def preview_prefix(job_id: str) -> str:
    """What the keys of all previews of a job begin with."""
    return f"previews/{job_id}"


class BlobStore:
    """Blobs below one fsspec URL, by key. Keys are made by Transom, never by a caller."""

    def __init__(self, url: str) -> None:
        self._fs, self._root = fsspec.core.url_to_fs(url, auto_mkdir=True)
        self._local = "file" in _protocols(self._fs)

    @contextmanager
    def open_write(self, key: str) -> Iterator[BinaryIO]:
        """A file to write to; it appears under its key when the block ends, and never when it raises."""
        # Object stores show an object when it is closed; a folder needs a rename.
        path = f"{self._path(key)}.{uuid4().hex[:8]}.part" if self._local else self._path(key)
        file = self._fs.open(path, "wb")
        try:
            yield file
        except BaseException:
            if self._local:
                file.close()
                self._fs.rm_file(path)
            elif hasattr(file, "discard"):
                file.discard()
            raise
        file.close()
        if self._local:
            self._fs.mv(path, self._path(key))

    def open_read(self, key: str) -> BinaryIO:
        """A seekable file to read from; raises `BlobNotFound`."""
        try:
            return self._fs.open(self._path(key), "rb")  # type: ignore[no-any-return]
        except FileNotFoundError:
            raise BlobNotFound from None

    def size(self, key: str) -> int:
        """Bytes; raises `BlobNotFound`."""
        try:
            return int(self._fs.size(self._path(key)))
        except FileNotFoundError:
            raise BlobNotFound from None

    def exists(self, key: str) -> bool:
        """Whether there is a blob of this key."""
        return bool(self._fs.exists(self._path(key)))

    def delete(self, prefix: str) -> None:
        """Delete the blob of this key, or all below it; does nothing where there is none."""
        path = self._path(prefix)
        if self._fs.exists(path):
            self._fs.rm(path, recursive=True)

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}"


def _protocols(filesystem: Any) -> tuple[str, ...]:
    protocol = filesystem.protocol
    return (protocol,) if isinstance(protocol, str) else tuple(protocol)
