"""Connections to addresses that were checked: a name is resolved once, and what was checked is what is connected to."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any, Final

import httpcore

from app.outbound.addresses import Address, address_of
from app.outbound.guard import Policy
from app.outbound.streams import BoundedBackend

#: Finds the addresses of a name; raises `OSError`, also where there is none.
Resolve = Callable[[str], Awaitable[list[Address]]]

#: Names that are looked up at a time; one that gets no answer holds its place for as long as the system waits.
MAX_LOOKUPS: Final = 32
#: Addresses of one name that are tried, and how long the next waits for one.
MAX_TRIED: Final = 4
TRY_SECONDS: Final = 5.0


class SystemResolver:
    """The system's own resolver, in threads that nobody else waits for, not even the end of the process."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(MAX_LOOKUPS)

    async def __call__(self, host: str) -> list[Address]:
        """The addresses of a name; raises `OSError`."""
        await self._free.acquire()
        loop = asyncio.get_running_loop()
        found: asyncio.Future[list[Address]] = loop.create_future()

        def done(outcome: list[Address] | OSError) -> None:
            self._free.release()
            if found.done():
                return
            if isinstance(outcome, OSError):
                found.set_exception(outcome)
            else:
                found.set_result(outcome)

        def look() -> None:
            outcome = _looked_up(host)
            # The process may be at its end.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(done, outcome)

        try:
            threading.Thread(target=look, name="resolver", daemon=True).start()
        except BaseException:
            # No thread, as where the system has no more: nobody else would give the place back.
            self._free.release()
            raise
        return await found


async def checked_addresses(policy: Policy, resolve: Resolve, host: str, port: int) -> list[Address]:
    """The addresses of a host, all of which may be reached; raises `UrlForbiddenAddress`, `OSError`."""
    literal = address_of(host)
    addresses = [literal] if literal is not None else await resolve(host)
    if not addresses:
        raise OSError("The name has no address")
    policy.require(addresses, host, port)
    return list(dict.fromkeys(addresses))


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to nothing that was not checked."""

    def __init__(self, policy: Policy, resolve: Resolve) -> None:
        self._policy = policy
        self._resolve = resolve
        self._network = BoundedBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to one of the host's addresses; raises `UrlForbiddenAddress` and httpcore's errors."""
        try:
            async with asyncio.timeout(timeout):
                addresses = await checked_addresses(self._policy, self._resolve, host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error
        except OSError as error:
            raise httpcore.ConnectError from error
        failed: Exception = httpcore.ConnectError()
        for address in addresses[:MAX_TRIED]:
            patience = timeout if len(addresses) == 1 else min(TRY_SECONDS, timeout or TRY_SECONDS)
            try:
                # An address, not a name: nothing is looked up any more.
                return await self._network.connect_tcp(str(address), port, patience, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


def _looked_up(host: str) -> list[Address] | OSError:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        return error
    except UnicodeError:
        return OSError("The name can't be looked up")
    return [ipaddress.ip_address(entry[4][0]) for entry in found]
