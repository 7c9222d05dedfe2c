"""HTTP/1 as bytes on a connection: heads, and bodies as they come. Only what a proxy has to know of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Final

HEAD_BYTES: Final = 256 * 1024
CHUNK_BYTES: Final = 64 * 1024
#: How much of what a client says too early is kept.
_AHEAD_BYTES: Final = 1024 * 1024

Headers = list[tuple[str, str]]


class Hangup(Exception):
    """The other side went away in the middle of something."""


@dataclass(slots=True)
class Head:
    """A request's or a response's first line, and its headers as they were written."""

    start: str
    headers: Headers = field(default_factory=list)

    def get(self, name: str) -> str:
        """The first value of a header, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    def without(self, *names: str) -> Headers:
        """The headers but these, named in lower case."""
        return [(key, value) for key, value in self.headers if key.lower() not in names]

    def encode(self) -> bytes:
        """As bytes on the wire."""
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers), "", ""]
        return "\r\n".join(lines).encode("latin-1")


class Peer:
    """One connection; counts what goes through it, and knows when it last did."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._ahead = b""
        self.received = 0
        self.sent = 0
        #: Called whenever a byte passes.
        self.on_byte: Callable[[], None] = lambda: None

    async def read_some(self) -> bytes:
        """What has come, or comes next; nothing at the end."""
        if self._ahead:
            data, self._ahead = self._ahead, b""
            return data
        try:
            data = await self._reader.read(CHUNK_BYTES)
        except OSError as error:
            raise Hangup from error
        self.received += len(data)
        if data:
            self.on_byte()
        return data

    async def _read_until(self, end: bytes) -> bytes:
        data = b""
        while (found := data.find(end)) < 0:
            more = await self.read_some()
            if not more or len(data) > HEAD_BYTES:
                raise Hangup
            data += more
        self._ahead = data[found + len(end) :] + self._ahead
        return data[: found + len(end)]

    async def peek(self) -> bytes:
        """What comes next, left where it is; nothing at the end."""
        self._ahead = await self.read_some()
        return self._ahead

    async def read_head(self) -> Head | None:
        """The next head; None where the connection ended instead."""
        if not await self.peek():
            return None
        first, *lines = (await self._read_until(b"\r\n\r\n")).decode("latin-1").strip("\r\n").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return Head(first, [(name.strip(), value.strip()) for name, _, value in pairs])

    async def read_exactly(self, length: int) -> AsyncIterator[bytes]:
        """So many bytes, as they come."""
        while length:
            data = await self.read_some()
            if not data:
                raise Hangup
            self._ahead = data[length:] + self._ahead
            data = data[:length]
            length -= len(data)
            yield data

    async def read_chunks(self) -> AsyncIterator[bytes]:
        """A body in HTTP/1.1's chunks, without them."""
        while length := int((await self._read_until(b"\r\n")).split(b";")[0], 16):
            async for data in self.read_exactly(length):
                yield data
            await self._read_until(b"\r\n")
        while (await self._read_until(b"\r\n")) != b"\r\n":
            continue

    async def read_rest(self) -> AsyncIterator[bytes]:
        """What comes until the connection ends."""
        while data := await self.read_some():
            yield data

    async def write(self, data: bytes) -> None:
        """Send, and wait until there is room for more."""
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError as error:
            raise Hangup from error
        self.sent += len(data)
        self.on_byte()

    async def gone(self) -> None:
        """Wait until the other side hangs up; what it says before that is kept."""
        while len(self._ahead) < _AHEAD_BYTES:
            kept, self._ahead = self._ahead, b""
            try:
                data = await self.read_some()
            finally:
                self._ahead = kept + self._ahead
            if not data:
                return
            self._ahead += data

    async def close(self) -> None:
        """Say goodbye after all that was sent."""
        try:
            self._writer.close()
            await self._writer.wait_closed()
        except OSError:
            self.abort()

    def abort(self) -> None:
        """Hang up in the middle of whatever it is."""
        self._writer.transport.abort()


def request_body(head: Head, peer: Peer) -> AsyncIterator[bytes]:
    """The body that follows a request's head."""
    if "chunked" in head.get("transfer-encoding").lower():
        return peer.read_chunks()
    return peer.read_exactly(int(head.get("content-length") or 0))


def response_body(head: Head, peer: Peer, *, method: str) -> AsyncIterator[bytes]:
    """The body that follows a response's head."""
    status = int(head.start.split()[1])
    if method == "HEAD" or status in {204, 304}:
        return peer.read_exactly(0)
    if "chunked" in head.get("transfer-encoding").lower():
        return peer.read_chunks()
    if length := head.get("content-length"):
        return peer.read_exactly(int(length))
    return peer.read_rest()
