"""A connection that is read in small steps: whatever the other side sends, everybody else has a turn in between."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any, Final

import httpcore

#: Bytes a read: as much as may be worked off in one go, were it all one-byte pieces.
READ_BYTES: Final = 8 * 1024
#: Bytes up to the end of an answer's own head, with all that may come before it (`100 Continue` and the like).
MAX_HEAD_BYTES: Final = 128 * 1024


class BoundedStream(httpcore.AsyncNetworkStream):
    """Another stream in small steps. Raises `httpcore.ReadError` where the head of an answer has no end."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._left: int | None = MAX_HEAD_BYTES

    def end_head(self) -> None:
        """The head of the answer is here: what else comes is for whoever reads it to bound."""
        self._left = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's interface
        """What is there, at most `READ_BYTES`."""
        # What is decrypted already is given without a turn of anybody else.
        await asyncio.sleep(0)
        data = await self._stream.read(min(max_bytes, READ_BYTES), timeout)
        if self._left is not None:
            self._left -= len(data)
            if self._left < 0:
                raise httpcore.ReadError("The head of the answer has no end")
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's interface
        """Send it."""
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close it."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
    ) -> httpcore.AsyncNetworkStream:
        """The same under TLS, with a head of its own."""
        return BoundedStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """What the stream knows of itself."""
        return self._stream.get_extra_info(info)


class BoundedBackend(httpcore.AsyncNetworkBackend):
    """Connects as the system does; what it gives is read in small steps."""

    def __init__(self) -> None:
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection; raises httpcore's errors."""
        return BoundedStream(await self._network.connect_tcp(host, port, timeout, local_address, socket_options))
