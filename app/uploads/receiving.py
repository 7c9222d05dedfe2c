"""A piece of an upload goes to blob storage as it arrives; what arrived stays, however its request ends."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from typing import Final

from app.database.engine import Database
from app.errors import UploadStalled, UploadTooLarge
from app.storage.blobs import BlobStore, upload_key
from app.storage.growing import Growing
from app.uploads import store
from app.uploads.store import Hold

logger = logging.getLogger(__name__)

#: Bytes that wait in memory before a thread writes them.
FLUSH_BYTES: Final = 1024 * 1024
#: How long nothing may come. What a proxy cut without telling would else hold the upload; shorter than a hold lasts.
SILENCE_SECONDS: Final = 7.0
#: Between two notes of how far it is: what a killed process had written after the last one comes again.
RECORD_SECONDS: Final = 2.0
#: Ends of pieces under way, also those whose request has gone.
_ENDING: Final[set[asyncio.Future[int]]] = set()


async def receive(chunks: AsyncIterator[bytes], held: Hold, *, blobs: BlobStore, database: Database) -> int:
    """Append what arrives, and let go of the upload; returns how many bytes it has then.

    Raises `UploadTooLarge` beyond its length, `UploadStalled` when nothing comes, `UploadLocked` where the hold was
    lost, `BlobNotFound` where what came before is gone, and what `chunks` raises. Whatever is raised, the bytes that
    arrived before are kept, but for those after the last note where the hold was lost or the database is away.
    """
    piece = _Piece(held, blobs, database)
    try:
        while True:
            try:
                async with asyncio.timeout(SILENCE_SECONDS):
                    chunk = await anext(chunks, None)
            except TimeoutError:
                raise UploadStalled(f"Nothing came for {SILENCE_SECONDS:g} seconds") from None
            if chunk is None:
                break
            await piece.take(chunk)
    except BaseException:
        try:
            await _to_the_end(piece)
        except Exception:
            # What ended the piece is what the caller is told; that less was kept of it, its client sees by itself.
            logger.exception("The end of a piece was not kept", extra={"action": "piece_not_kept"})
        raise
    return await _to_the_end(piece)


async def _to_the_end(piece: _Piece) -> int:
    ending = asyncio.ensure_future(piece.end())
    # The loop itself keeps no task alive, and a thread does not stop half-way.
    _ENDING.add(ending)
    ending.add_done_callback(_ENDING.discard)
    return await asyncio.shield(ending)


class _Piece:
    """What of an upload this request adds."""

    def __init__(self, held: Hold, blobs: BlobStore, database: Database) -> None:
        self._held = held
        self._blobs = blobs
        self._database = database
        self._room = held.upload.length - held.upload.received
        self._waiting = bytearray()
        self._growing: Growing | None = None
        self._noted_at = time.monotonic()

    async def take(self, chunk: bytes) -> None:
        """Go on with this."""
        self._room -= len(chunk)
        if self._room < 0:
            length = self._held.upload.length
            raise UploadTooLarge(f"The upload was to have {length} bytes, and more came", limit_bytes=length)
        self._waiting += chunk
        due = time.monotonic() > self._noted_at + RECORD_SECONDS
        if due or len(self._waiting) >= FLUSH_BYTES:
            await self._flush()
        if due:
            await self._database.run_write(store.record, self._held, self._kept())
            self._noted_at = time.monotonic()

    async def end(self) -> int:
        """Write what waits, note it, and let go."""
        try:
            await self._flush()
        finally:
            if self._growing is not None:
                await asyncio.to_thread(self._growing.close)
            # Also where the storage is full: the next one need not wait for this hold to run out.
            kept = self._kept()
            await self._database.run_write(store.release, self._held, kept)
        return kept

    def _kept(self) -> int:
        return self._held.upload.received if self._growing is None else self._growing.kept

    async def _flush(self) -> None:
        waiting, self._waiting = self._waiting, bytearray()
        if waiting:
            await asyncio.to_thread(self._write, waiting)

    def _write(self, content: bytearray) -> None:
        if self._growing is None:
            upload = self._held.upload
            self._growing = self._blobs.grow(upload_key(upload.id), upload.received)
        self._growing.write(content)
