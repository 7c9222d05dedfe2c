"""Many readers of one stream in one process: counts what arrives, and how old the last message of each piece is.

    python -m bench.fan_clients KIND HOST PORT PATH COUNT [MARK]

KIND is `websocket`, `sse` or `socketio`. Prints `ready` once all are subscribed. A line on stdin says how many
deliveries there are to be: once they have come, or nothing has for ten seconds, it prints one JSON object,
`{"delivered", "delays_ms", "connections"}`, and ends. It knows no protocol beyond the hand-shake: a message is
what holds MARK (`"t":` where none is given) and then the time of its sending, in seconds or as RFC 3339, so that as
little as possible of the machine goes into reading.
"""

from __future__ import annotations

import base64
import json
import os
import select
import socket
import sys
import time
from datetime import datetime
from typing import Final

MARK: Final = b'"t":'
#: Delays are noted of this many pieces at most; more would be memory, not knowledge.
MAX_DELAYS: Final = 2_000_000
OPENING_SECONDS: Final = 60
#: After so much silence nothing more will come.
QUIET_SECONDS: Final = 10


def main() -> None:
    """Read until told to stop."""
    kind, host, port, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], int(sys.argv[5])
    mark = sys.argv[6].encode() if len(sys.argv) > 6 else MARK
    readers = [_open(kind, host, port, path) for _ in range(count)]
    print("ready", flush=True)
    delivered, delays, open_still = _read(readers, mark)
    print(json.dumps({"delivered": delivered, "delays_ms": delays, "connections": open_still}), flush=True)


def _open(kind: str, host: str, port: int, path: str) -> socket.socket:
    connection = socket.create_connection((host, port), timeout=OPENING_SECONDS)
    head = [f"GET {path} HTTP/1.1", f"Host: {host}:{port}"]
    if kind == "sse":
        head.append("Accept: text/event-stream")
    else:
        key = base64.b64encode(os.urandom(16)).decode()
        head += ["Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
    connection.sendall(("\r\n".join(head) + "\r\n\r\n").encode())
    # Of Transom's streams the first message says that they are subscribed; the others are once they have answered.
    _until(connection, b"hello" if "/v1/realtime" in path else b"\r\n\r\n")
    if kind == "socketio":
        # Engine.IO's packet 4 (message), Socket.IO's 0 (connect), masked with zeros as a client may.
        connection.sendall(b"\x81\x82\0\0\0\x0040")
        _until(connection, b"40{")
    connection.setblocking(False)
    return connection


def _until(connection: socket.socket, mark: bytes) -> None:
    came = b""
    while mark not in came:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError(f"the server closed the connection after {came[:200]!r}")
        came += piece


def _read(readers: list[socket.socket], mark: bytes) -> tuple[int, list[float], int]:
    poll = select.epoll()
    by_number = {reader.fileno(): reader for reader in readers}
    rests = dict.fromkeys(by_number, b"")
    for number in by_number:
        poll.register(number, select.EPOLLIN)
    poll.register(sys.stdin.fileno(), select.EPOLLIN)
    delivered = 0
    wanted: int | None = None
    delays: list[float] = []
    while wanted is None or delivered < wanted:
        ready = poll.poll(QUIET_SECONDS)
        if not ready and wanted is not None:
            break
        for number, _ in ready:
            if number == sys.stdin.fileno():
                wanted = int(sys.stdin.readline())
                poll.unregister(number)
                continue
            try:
                piece = by_number[number].recv(262_144)
            except BlockingIOError:
                continue
            if not piece:
                poll.unregister(number)
                by_number.pop(number).close()
                continue
            now = time.time()
            came = rests[number] + piece
            delivered += came.count(mark)
            place = came.rfind(mark)
            end = came.find(b",", place) if place >= 0 else -1
            if end > 0 and len(delays) < MAX_DELAYS:
                delays.append((now - _seconds(came[place + len(mark) : end])) * 1000)
            rests[number] = came[-(len(mark) - 1) :]
    return delivered, delays, len(by_number)


def _seconds(text: bytes) -> float:
    if text.startswith(b'"'):
        return datetime.fromisoformat(text.strip(b'"').decode()).timestamp()
    return float(text)


if __name__ == "__main__":
    main()
