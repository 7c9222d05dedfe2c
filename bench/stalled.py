"""One reader that stops reading for a minute beside a hundred that do not: what it costs them, and what it gets.

200 messages a second for a minute, over WebSockets, with and without the stalled one in turn; medians of p99. Then the
stalled one reads on: it has everything up to where it was left out or closed, and the rest from there by a poll.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import time
from typing import Any, Final

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from bench.fan_servers import HOST, Running, transom
from bench.fanout import payload
from bench.readers import reading

READERS: Final = 100
SECONDS: Final = 60
A_SECOND: Final = 200
RUNS: Final = int(os.environ.get("BENCH_RUNS", "3"))
RECEIVE_BUFFER_BYTES: Final = 16 * 1024
#: After so much silence a reader that reads again has all that it will be given.
QUIET_SECONDS: Final = 5


def main() -> None:
    """Print the figures."""
    without, beside, ends = [], [], []
    for _ in range(RUNS):
        without.append(run(stalled=False)[0])
        p99, end = run(stalled=True)
        beside.append(p99)
        ends.append(end)
    alone, together = statistics.median(without), statistics.median(beside)
    print(f"p99 of {READERS} readers, ms; medians of {RUNS} runs")
    print(f"without a stalled reader {alone:.1f}, beside one {together:.1f}: {together / alone:.2f} ×")
    for end in ends:
        print(f"the stalled one: {end}")


def run(*, stalled: bool) -> tuple[float, str]:
    """The others' p99, and what became of the stalled one."""
    with transom() as server, reading("websocket", server.port, server.paths["websocket"], READERS) as told_after:
        endpoint = socket.socket()
        # As the system likes, it would take megabytes for a reader that does not read.
        endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        endpoint.connect((HOST, server.port))
        address = f"ws://{HOST}:{server.port}{server.paths['websocket']}"
        one = connect(address, sock=endpoint, proxy=None, ping_interval=None)
        hello = json.loads(one.recv())
        if not stalled:
            one.close()
        begin = time.monotonic()
        for index in range(SECONDS * A_SECOND):
            time.sleep(max(0.0, begin + index / A_SECOND - time.monotonic()))
            server.publish([payload()])
        delays = sorted(told_after(SECONDS * A_SECOND * READERS)["delays_ms"])
        end = _read_on(one, server, hello["payload"]["cursor"]) if stalled else ""
    return delays[int(0.99 * (len(delays) - 1))], end


def _read_on(one: ClientConnection, server: Running, cursor: str) -> str:
    """What the stalled one gets now; raises where its log is not whole in the end."""
    seqs: list[int] = []
    how = "it had everything"
    while True:
        try:
            message: dict[str, Any] = json.loads(one.recv(timeout=QUIET_SECONDS))
        except ConnectionClosed as closed:
            how = f"closed with {closed.rcvd.code if closed.rcvd else 'no close frame'}"
            break
        except TimeoutError:
            break
        if message["type"] == "gap":
            how = f"a gap: {message['payload']['dropped']}"
            break
        if "id" in message:
            cursor = message["id"]
            seqs.append(_seq(cursor))
    before = len(seqs)
    with httpx.Client(base_url=f"http://{HOST}:{server.port}", trust_env=False, timeout=30) as client:
        while messages := client.get("/v1/realtime", params={"since": cursor, "types": "progress"}).json()["messages"]:
            cursor = messages[-1]["id"]
            seqs.extend(_seq(each["id"]) for each in messages)
    if seqs != list(range(1, SECONDS * A_SECOND + 1)):
        raise RuntimeError(f"the stalled reader's log is not whole: {len(seqs)} messages")
    return f"{before} messages, then {how}; {len(seqs) - before} from the log; whole"


def _seq(cursor: str) -> int:
    return int(cursor.rpartition("-")[2])
