"""Reading the past: 100 readers come at once and want all 5,000 messages of the log, at Transom and at nchan.

Transom reads pages of its database for each; nchan keeps the messages in memory. Medians of five runs in turn:
processor time of the server a delivered message, and the time until the last reader had the last one.
"""

from __future__ import annotations

import statistics
import time

from bench.fan_servers import seconds_of
from bench.fanout import RUNS, Contender, contenders, payload
from bench.readers import reading

READERS = 100
PAST = 5_000
BATCH = 50


def main() -> None:
    """Print the table."""
    table: dict[Contender, list[tuple[float, float]]] = {}
    taking_part = [each for each in contenders() if each.name in {"Transom", "nchan"}]
    for _ in range(RUNS):
        for contender in taking_part:
            table.setdefault(contender, []).append(run(contender))
    print(f"{READERS} readers of {PAST} past messages each; medians of {RUNS} runs")
    print(f"{'':24}{'µs/delivery':>12}{'seconds':>9}    µs of each run")
    for contender, runs in table.items():
        micro, seconds = (statistics.median(column) for column in zip(*runs, strict=True))
        each = " ".join(f"{figures[0]:.1f}" for figures in runs)
        print(f"{contender.name + ', ' + contender.kind:24}{micro:12.2f}{seconds:9.2f}    {each}", flush=True)


def run(contender: Contender) -> tuple[float, float]:
    """Microseconds a delivery, and seconds until all had everything."""
    with contender.start() as server:
        for _ in range(PAST // BATCH):
            server.publish([payload() for _ in range(BATCH)])
        time.sleep(1)
        before, began = seconds_of(server.pid), time.monotonic()
        path = server.paths[f"{contender.kind}, from the start"]
        with reading(contender.kind, server.port, path, READERS) as told_after:
            told = told_after(READERS * PAST)
            took, spent = time.monotonic() - began, seconds_of(server.pid) - before
    if told["delivered"] != READERS * PAST:
        raise RuntimeError(f"{contender.name}: {told['delivered']} of {READERS * PAST} messages were delivered")
    return spent / (READERS * PAST) * 1e6, took
