"""Ports for servers that are told where to listen before they start."""

from __future__ import annotations

import itertools
import os
import socket
from typing import Final

#: Below those that the system gives to connections: nothing takes one of them between this and the server's start.
_FIRST: Final = 20_000
_OF_A_WORKER: Final = 2_000
#: So many lots are below the system's, which begin at 32768.
_LOTS: Final = 6


def _numbers() -> itertools.cycle[int]:
    """This worker's lot, from a place on that depends on the process: another run may go on on this machine."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = _FIRST + worker % _LOTS * _OF_A_WORKER
    begin = os.getpid() % _OF_A_WORKER
    return itertools.cycle(first + (begin + number) % _OF_A_WORKER for number in range(_OF_A_WORKER))


_next_numbers: Final = _numbers()


def free_port() -> int:
    """A port of loopback that nobody listens at, and that was not given lately."""
    for number in itertools.islice(_next_numbers, _OF_A_WORKER):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", number))
            except OSError:
                # Somebody has it.
                continue
            return number
    raise AssertionError("every port of this worker's is taken")
