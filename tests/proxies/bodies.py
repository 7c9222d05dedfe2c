"""What proxies do to the body of a response on its way: hold it, lump it, squeeze it."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from typing import Final

Body = AsyncIterator[bytes]
#: zlib writes a gzip header and trailer where it is asked for windows beyond 15 bits.
_GZIP: Final = 16 + zlib.MAX_WBITS


async def held(body: Body) -> Body:
    """All of it at once, at its end; what has come of one that breaks off is lost."""
    parts = [data async for data in body]
    if parts:
        yield b"".join(parts)


async def lumped(body: Body, lump_bytes: int) -> Body:
    """In lumps of a size, and what is left at the end."""
    kept = b""
    async for data in body:
        kept += data
        full = len(kept) - len(kept) % lump_bytes
        if full:
            yield kept[:full]
            kept = kept[full:]
    if kept:
        yield kept


async def compressed(body: Body) -> Body:
    """Through gzip, which gives what it gives: nothing is flushed before the end."""
    squeeze = zlib.compressobj(wbits=_GZIP)
    async for data in body:
        if out := squeeze.compress(data):
            yield out
    yield squeeze.flush()
