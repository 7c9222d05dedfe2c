"""Blobs: a folder, or whatever fsspec reaches. A blob is written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import Any, BinaryIO, Final
from uuid import uuid4

import fsspec

from app.errors import BlobNotFound
from app.storage.growing import Growing, GrowingFile, GrowingParts, join_parts

#: What the name of a file ends with that is not whole yet.
PART_SUFFIX: Final = ".part"


def input_key(job_id: str) -> str:
    """Where a job's input lies."""
    return f"inputs/{job_id}"


def upload_key(upload_id: str) -> str:
    """Where an upload lies as long as no job has taken it."""
    return f"uploads/{upload_id}"


def preview_key(job_id: str, frame_index: int) -> str:
    """Where the preview picture of one frame lies."""
    return f"{preview_prefix(job_id)}/{frame_index}.jpg"


def thumbnail_key(job_id: str) -> str:
    """Where the small picture of a job lies: among its previews, so that it goes wherever they go."""
    return f"{preview_prefix(job_id)}/thumbnail.jpg"


def preview_prefix(job_id: str) -> str:
    """What the keys of all previews of a job begin with, and that of its thumbnail."""
    return f"previews/{job_id}"


def rendering_prefix(job_id: str) -> str:
    """What the keys of all videos that were made of a job's input begin with."""
    return f"renderings/{job_id}"


def require_storage(url: str) -> None:
    """Raises `ValueError` where no file system that is installed here is for such a URL; asks nothing of it."""
    try:
        fsspec.get_filesystem_class(fsspec.utils.get_protocol(url))
    except ImportError as error:
        raise ValueError(f"can't be used here: {error}") from None
    except ValueError:
        raise ValueError("is of no kind that fsspec knows") from None


class BlobStore:
    """Blobs below one fsspec URL, by key. Keys are made by Transom, never by a caller."""

    def __init__(self, url: str) -> None:
        # What another process has written since would not be in a cache of listings.
        self._fs, self._root = fsspec.core.url_to_fs(url, auto_mkdir=True, use_listings_cache=False)
        self._local = "file" in _protocols(self._fs)

    @contextmanager
    def open_write(self, key: str) -> Iterator[BinaryIO]:
        """A file to write to; it appears under its key when the block ends, and never when it raises."""
        if self._local:
            # Object stores show an object when it is closed; a folder needs a rename.
            with self._part_of(self._path(key)) as path, self._fs.open(path, "wb") as file:
                yield file
            return
        file = self._fs.open(self._path(key), "wb")
        try:
            yield file
        except BaseException:
            if hasattr(file, "discard"):
                file.discard()
            raise
        file.close()

    def open_read(self, key: str) -> BinaryIO:
        """A seekable file to read from; raises `BlobNotFound`."""
        try:
            return self._fs.open(self._path(key), "rb")  # type: ignore[no-any-return]
        except FileNotFoundError:
            raise BlobNotFound from None

    def share(self, key: str, new_key: str) -> None:
        """Give a blob's content a second key; each lasts until it is deleted itself. Raises `BlobNotFound`.

        A blob never changes, so in a folder both may be one file with two names: nothing is copied there. An object
        store copies without sending anything here.
        """
        path, new_path = self._path(key), self._path(new_key)
        try:
            if not self._local:
                self._fs.cp_file(path, new_path)
                return
            # As opening a file to write makes the folders above it.
            self._fs.makedirs(new_path.rpartition("/")[0], exist_ok=True)
            try:
                self._fs.link(path, new_path)
            except FileNotFoundError:
                raise
            except OSError:
                # A file system without such names, or too many of them.
                with self._part_of(new_path) as part:
                    self._fs.cp_file(path, part)
        except FileNotFoundError:
            raise BlobNotFound from None

    def grow(self, key: str, offset: int) -> Growing:
        """A blob that comes in pieces, to go on with from a byte; it is read when `gather` has made it whole.

        Raises `BlobNotFound` where what was written before that byte is gone.
        """
        return (GrowingFile if self._local else GrowingParts)(self._fs, self._path(key), offset)

    def gather(self, key: str, size: int, new_key: str) -> None:
        """Make a blob of what has grown to `size` bytes; that stays until it is deleted. Raises `BlobNotFound`.

        In a folder it is the same file by a second name, so nothing may be written to it any more; an object store's
        parts are copied through here.
        """
        if not self._local:
            with self.open_write(new_key) as file:
                join_parts(self._fs, self._path(key), size, file)
        elif self.size(key) == size:
            self.share(key, new_key)
        else:
            raise BlobNotFound

    def size(self, key: str) -> int:
        """Bytes; raises `BlobNotFound`."""
        try:
            return int(self._fs.size(self._path(key)))
        except FileNotFoundError:
            raise BlobNotFound from None

    def exists(self, key: str) -> bool:
        """Whether there is a blob of this key."""
        return bool(self._fs.exists(self._path(key)))

    def check(self) -> None:
        """Raise what the storage raises where blobs can't be kept; does nothing where they can.

        A folder is written to, for it may be full or read-only. An object store is only asked: it bills each write.
        """
        if not self._local:
            self._fs.ls(self._root, detail=False, refresh=True)
            return
        path = self._path(f"check-{uuid4().hex[:8]}.part")
        try:
            with self._fs.open(path, "wb") as file:
                file.write(b"There is room.")
        finally:
            self._fs.rm_file(path)

    def names(self, prefix: str) -> list[str]:
        """The names of the blobs below a prefix, without it; empty where there is none."""
        try:
            found = self._fs.ls(self._path(prefix), detail=False, refresh=True)
        except FileNotFoundError:
            return []
        return [path.rstrip("/").rsplit("/", maxsplit=1)[-1] for path in found]

    def listed(self, prefix: str) -> Iterator[str]:
        """The same one by one: a folder of any size costs no memory. An object store tells them all at once."""
        if not self._local:
            yield from self.names(prefix)
            return
        try:
            folder = os.scandir(self._path(prefix))
        except FileNotFoundError:
            return
        with folder:
            for entry in folder:
                yield entry.name

    def modified_ms(self, key: str) -> int | None:
        """When a blob was last written to, in milliseconds since 1970; None for what is only a prefix, or gone."""
        path = self._path(key)
        if not self._fs.isfile(path):
            return None
        try:
            moment = self._fs.modified(path)
        except FileNotFoundError:
            return None
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)

    def bytes_below(self, prefix: str) -> int:
        """What the blobs below a prefix take; 0 where there is none."""
        try:
            return int(self._fs.du(self._path(prefix), total=True))
        except FileNotFoundError:
            return 0

    def delete(self, prefix: str) -> None:
        """Delete the blob of this key, or all below it; does nothing where there is none."""
        path = self._path(prefix)
        if self._fs.exists(path):
            self._fs.rm(path, recursive=True)

    @contextmanager
    def _part_of(self, path: str) -> Iterator[str]:
        """The path of a file to fill, which has the name `path` when the block ends, and is gone when it raises."""
        part = f"{path}.{uuid4().hex[:8]}{PART_SUFFIX}"
        try:
            yield part
            self._fs.mv(part, path)
        except BaseException:
            if self._fs.exists(part):
                self._fs.rm_file(part)
            raise

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}"


def _protocols(filesystem: Any) -> tuple[str, ...]:
    protocol = filesystem.protocol
    return (protocol,) if isinstance(protocol, str) else tuple(protocol)
