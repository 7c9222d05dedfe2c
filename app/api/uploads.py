"""What arrives as a file goes to blob storage as it arrives: one copy, in constant memory, never past the limit."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

from starlette.requests import ClientDisconnect, Request

from app.errors import BadRequest, TooLarge
from app.storage.blobs import BlobStore
from app.storage.media_types import HEAD_BYTES

#: Bytes that wait in memory before a thread writes them: a hop for each network packet would cost more than the disk.
FLUSH_BYTES: Final = 1024 * 1024


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


class Upload:
    """A blob that is being written; `take` what arrives, and `flush` when it is `full` and at the end."""

    def __init__(self, file: BinaryIO, *, max_bytes: int) -> None:
        self.stored = StoredFile()
        self._file = file
        self._max_bytes = max_bytes
        self._waiting = bytearray()

    @property
    def full(self) -> bool:
        """Whether enough waits to be worth a thread."""
        return len(self._waiting) >= FLUSH_BYTES

    def take(self, chunk: bytes) -> None:
        """Note what arrives; raises `TooLarge`."""
        stored = self.stored
        stored.size += len(chunk)
        if stored.size > self._max_bytes:
            raise TooLarge(
                f"The file is larger than the {self._max_bytes} bytes that this server takes",
                limit_bytes=self._max_bytes,
            )
        if len(stored.head) < HEAD_BYTES:
            stored.head += chunk[: HEAD_BYTES - len(stored.head)]
        self._waiting += chunk

    async def flush(self) -> None:
        """Write what waits."""
        waiting, self._waiting = self._waiting, bytearray()
        if not waiting:
            return
        # A thread does not stop half-way: whoever gives up waits for what it is at.
        writing = asyncio.ensure_future(asyncio.to_thread(self._write, waiting))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            await asyncio.wait([writing])
            raise

    def _write(self, content: bytearray) -> None:
        self._file.write(content)
        self.stored._digest.update(content)  # noqa: SLF001 - the hash is made where the thread has the bytes at hand


@asynccontextmanager
async def open_upload(blobs: BlobStore, key: str, *, max_bytes: int) -> AsyncIterator[Upload]:
    """Write the blob `key`; it is there when the block has ended, and not when it raises."""
    writing = blobs.open_write(key)
    # Opening and closing may go over a network.
    upload = Upload(await asyncio.to_thread(writing.__enter__), max_bytes=max_bytes)
    try:
        yield upload
        await upload.flush()
    except BaseException as error:
        await asyncio.to_thread(writing.__exit__, type(error), error, error.__traceback__)
        raise
    await asyncio.to_thread(writing.__exit__, None, None, None)


async def read_raw(request: Request[Any], blobs: BlobStore, key: str, *, max_bytes: int) -> StoredFile:
    """Read a body that is the file itself; raises `TooLarge`, and `BadRequest` where it breaks off."""
    refuse_if_announced_too_large(request, max_bytes)
    async with open_upload(blobs, key, max_bytes=max_bytes) as upload:
        try:
            async for chunk in request.stream():
                upload.take(chunk)
                if upload.full:
                    await upload.flush()
        except ClientDisconnect as error:
            raise BadRequest("The connection ended before the body did") from error
    return upload.stored


def refuse_if_announced_too_large(request: Request[Any], max_bytes: int) -> None:
    """Refuse a body by its Content-Length before any of it is read; raises `TooLarge`."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > max_bytes:
        raise TooLarge(f"The body has {announced} bytes; this server takes {max_bytes}", limit_bytes=max_bytes)
