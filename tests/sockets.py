"""Sockets of tests that stand between a client and a server."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress


def hang_up(sockets: Iterable[socket.socket]) -> None:
    """End them so that whoever waits at either side, or for a new connection, notices at once."""
    for each in sockets:
        # It may have ended by itself, or never have been connected.
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
