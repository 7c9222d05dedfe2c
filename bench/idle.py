"""Connections that say nothing: 2,000 of them for 20 s, at Transom, nchan, python-socketio and Socket.IO.

Medians of five runs in turn: memory of the server a connection, and the share of a core that it needs meanwhile.
"""

from __future__ import annotations

import statistics
import time

from bench.fan_servers import memory_of, seconds_of
from bench.fanout import RUNS, Contender, contenders, raise_limits
from bench.readers import reading

CONNECTIONS = 2_000
SECONDS = 20


def main() -> None:
    """Print the table."""
    raise_limits()
    table: dict[Contender, list[tuple[float, float]]] = {}
    taking_part = list(contenders())
    for _ in range(RUNS):
        for contender in taking_part:
            table.setdefault(contender, []).append(run(contender))
    print(f"{CONNECTIONS} connections that say nothing for {SECONDS} s; medians of {RUNS} runs")
    print(f"{'':32}{'KB/connection':>14}{'% of a core':>13}")
    for contender, runs in table.items():
        kilobytes, share = (statistics.median(column) for column in zip(*runs, strict=True))
        print(f"{contender.name + ', ' + contender.kind:32}{kilobytes:14.1f}{share:13.2f}", flush=True)


def run(contender: Contender) -> tuple[float, float]:
    """Kilobytes a connection, and per cent of a core."""
    with contender.start() as server:
        before = memory_of(server.pid)
        with reading(contender.kind, server.port, server.paths[contender.kind], CONNECTIONS):
            kilobytes = (memory_of(server.pid) - before) / 1024 / CONNECTIONS
            spent = seconds_of(server.pid)
            time.sleep(SECONDS)
            spent = seconds_of(server.pid) - spent
    return kilobytes, spent / SECONDS * 100
