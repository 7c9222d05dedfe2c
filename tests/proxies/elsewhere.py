"""Many hostile proxies in a process of their own: in the one that runs the tests they would slow down the clients."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

from tests.proxies.hostile import HostileProxy
from tests.proxies.modes import Mode


@dataclass(frozen=True)
class Addresses:
    """Of one of them, as `HostileProxy` has them."""

    url: str
    forward_url: str


@contextmanager
def hostile_proxies(to: str, habits: Sequence[tuple[Mode, ...]]) -> Iterator[dict[tuple[Mode, ...], Addresses]]:
    """One before the server for each of these habits."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(to, habits, there), name="hostile-proxies", daemon=True)
    process.start()
    # Whoever waits for a process that has died hears so, once nobody here holds its end.
    there.close()
    try:
        yield dict(zip(habits, here.recv(), strict=True))
    finally:
        here.close()
        process.join()


def _serve(to: str, habits: Sequence[tuple[Mode, ...]], pipe: Connection) -> None:
    with ExitStack() as stack:
        proxies = [stack.enter_context(HostileProxy(to, *modes)) for modes in habits]
        pipe.send([Addresses(proxy.url, proxy.forward_url) for proxy in proxies])
        # Nothing is ever sent: it ends with whoever asked for it.
        pipe.poll(None)
