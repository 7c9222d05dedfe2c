"""One stream to many readers: Transom beside nchan (C, in nginx), python-socketio and Socket.IO on Node.

All carry the same bytes at the same pace to 500 and to 2,000 connections; the servers take turns, five runs each.
Shown are medians: processor time of the whole server process per delivered message, and the delay from before the
publish to the reader. Transom's way begins with a commit and a broker; the others publish from memory. *One a write*:
100 messages of 330 bytes, 20 a second. *Bursts*: what a real job's scribe published, in its own batches and pauses.

Peers that are not installed are left out, and said to be: nchan is Debian's `libnginx-mod-nchan`, python-socketio is in
the extra `bench`, and Socket.IO is installed by `npm --prefix bench/peers ci`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench import fan_servers
from bench.fan_servers import NCHAN, ROOT, Publish, Running, memory_of, seconds_of
from bench.readers import reading

RUNS: Final = int(os.environ.get("BENCH_RUNS", "5"))
CONNECTIONS: Final = (500, 2000)
MESSAGES: Final = 100
A_SECOND: Final = 20
#: Bytes of a message on the wire, envelope included.
BYTES: Final = 330
RECORDED: Final = Path(__file__).parent / "recorded_bursts.json"
#: After the first message, until the others.
SETTLE_SECONDS: Final = 1.0


@dataclass(frozen=True)
class Contender:
    """A server by one of its ways."""

    name: str
    kind: str
    start: Callable[[], AbstractContextManager[Running]]


@dataclass(frozen=True)
class Figures:
    """One run: microseconds a delivery, and delays in milliseconds."""

    microseconds: float
    p50: float
    p99: float
    kilobytes: float


def main() -> None:
    """Measure all, and print a table for each load."""
    raise_limits()
    all_of_them = list(contenders())
    loads: list[tuple[str, int, Callable[[Publish], int], Sequence[str]]] = [
        *((f"one a write, {count} connections", count, one_a_write, ()) for count in CONNECTIONS),
        ("a recorded job's bursts, 500 connections", 500, bursts, ("python-socketio", "Socket.IO")),
    ]
    for title, count, load, without in loads:
        table: dict[Contender, list[Figures]] = {}
        for _ in range(RUNS):
            for contender in all_of_them:
                if contender.name not in without:
                    table.setdefault(contender, []).append(run(contender, count, load))
        _print(title, table)


def raise_limits() -> None:
    """Have this process, and what it starts, hold thousands of connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 20_000)), hard))


def run(contender: Contender, count: int, load: Callable[[Publish], int]) -> Figures:
    """One server from its start to its end, under one load."""
    with contender.start() as server:
        memory = memory_of(server.pid)
        with reading(contender.kind, server.port, server.paths[contender.kind], count) as told_after:
            kilobytes = (memory_of(server.pid) - memory) / 1024 / count
            # What comes first is slower everywhere: connections, caches, compilation.
            server.publish([payload()])
            time.sleep(SETTLE_SECONDS)
            before = seconds_of(server.pid)
            sent = load(server.publish)
            wanted = (sent + 1) * count
            told = told_after(wanted)
            spent = seconds_of(server.pid) - before
    if told["delivered"] != wanted:
        raise RuntimeError(f"{contender.name}: {told['delivered']} of {wanted} messages were delivered")
    # The first of each connection is of the message before the load.
    delays = sorted(told["delays_ms"][count:])
    return Figures(
        spent / (sent * count) * 1e6, statistics.median(delays), delays[int(0.99 * (len(delays) - 1))], kilobytes
    )


def payload(size: int = BYTES - len(fan_servers.ENVELOPE)) -> str:
    """A payload that says when it was made."""
    head = f'{{"t":{time.time():.6f},"fill":"'
    return head + "x" * max(0, size - len(head) - 2) + '"}'


def one_a_write(publish: Publish) -> int:
    """Messages at an even pace, each on its own; how many they were."""
    begin = time.monotonic()
    for index in range(MESSAGES):
        _sleep_until(begin + index / A_SECOND)
        publish([payload()])
    return MESSAGES


def bursts(publish: Publish) -> int:
    """What a job published, in its batches and at its pace; how many messages they were."""
    recorded: list[tuple[float, list[int]]] = json.loads(RECORDED.read_text())
    begin = time.monotonic()
    sent = 0
    for at, sizes in recorded:
        _sleep_until(begin + at)
        publish([payload(size) for size in sizes])
        sent += len(sizes)
    return sent


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def contenders() -> Iterator[Contender]:
    """All that is installed here; what is not is said."""
    yield Contender("Transom", "websocket", fan_servers.transom)
    yield Contender("Transom", "sse", fan_servers.transom)
    if NCHAN.exists():
        yield Contender("nchan", "websocket", fan_servers.nchan)
        yield Contender("nchan", "sse", fan_servers.nchan)
    else:
        print("nchan is not installed and is left out")
    if importlib.util.find_spec("socketio"):
        yield Contender("python-socketio", "socketio", fan_servers.python_socketio)
    else:
        print("python-socketio is not installed and is left out")
    if (ROOT / "bench" / "peers" / "node_modules").exists():
        yield Contender("Socket.IO", "socketio", fan_servers.node_socketio)
    else:
        print("Socket.IO is not installed and is left out")


def _print(title: str, table: dict[Contender, list[Figures]]) -> None:
    print(f"\n{title}; medians of {RUNS} runs")
    print(f"{'':32}{'µs/delivery':>12}{'p50 ms':>9}{'p99 ms':>9}{'KB/conn':>9}    µs of each run")
    for contender, runs in table.items():
        median = [
            statistics.median(column)
            for column in zip(*((f.microseconds, f.p50, f.p99, f.kilobytes) for f in runs), strict=True)
        ]
        each = " ".join(f"{figures.microseconds:.1f}" for figures in runs)
        name = f"{contender.name}, {contender.kind}"
        print(f"{name:32}{median[0]:12.2f}{median[1]:9.2f}{median[2]:9.2f}{median[3]:9.1f}    {each}", flush=True)


if __name__ == "__main__":
    main()
