"""Three hundred clients that mean it harm, beside one that does not: a server that goes on as if they had not been.

Each does one wrong thing, as bytes on a socket, so that no library keeps it from it. Afterwards the process has the
descriptors, the threads and the memory that it had, and the good client has seen every message once and in order.
"""

from __future__ import annotations

import json
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from websockets.sync.client import connect

from tests.chaos.web_process import WebProcess, web_process
from tests.stack import PATIENCE_SECONDS, wait_until

CLIENTS: Final = 300
#: At the same time; the others wait for their turn.
AT_ONCE: Final = 30
#: What a process may have more than before: Python and SQLite keep what they once needed.
MEMORY_BYTES: Final = 60 * 1024**2
#: Files and threads that pools of a fixed size may have opened only under this load.
POOLS: Final = 16
KEY: Final = "AAAAAAAAAAAAAAAAAAAAAA=="


class Hostile:
    """One bare connection, and words to misuse it with."""

    def __init__(self, web: WebProcess, chance: random.Random) -> None:
        self.chance = chance
        self._socket = socket.create_connection(("127.0.0.1", web.port), timeout=PATIENCE_SECONDS)

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def reset(self) -> None:
        """Hang up with a bang: the peer gets a reset and nothing else."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def say(self, data: bytes) -> None:
        """Send; that the server has let go is an answer too."""
        try:
            self._socket.sendall(data)
        except (ConnectionError, TimeoutError):
            return

    def ask(self, target: str, *headers: str, method: str = "GET") -> None:
        """A request's head."""
        self.say("\r\n".join([f"{method} {target} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode())

    def upgrade(self, query: str = "", *headers: str) -> bytes:
        """Ask for a WebSocket; what was answered."""
        self.ask(
            f"/v1/realtime{query}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {KEY}",
            *headers,
        )
        return self.hear()

    def frame(self, data: bytes, *, opcode: int = 1, first: int = 0x80, masked: bool = True) -> None:
        """One frame."""
        if len(data) < 126:
            length = bytes([len(data)])
        elif len(data) < 2**16:
            length = b"\x7e" + struct.pack(">H", len(data))
        else:
            length = b"\x7f" + struct.pack(">Q", len(data))
        mask = 0x80 if masked else 0
        self.say(bytes([first | opcode, length[0] | mask]) + length[1:] + (bytes(4) if masked else b"") + data)

    def hear(self) -> bytes:
        """What comes next; nothing where the server has let go."""
        try:
            return self._socket.recv(65536)
        except (ConnectionError, TimeoutError):
            return b""

    def hear_all(self) -> bytes:
        """What comes until the server hangs up."""
        received = b""
        while chunk := self.hear():
            received += chunk
        return received


def garbage_instead_of_http(client: Hostile) -> None:
    """Bytes that are no request."""
    client.say(client.chance.randbytes(2000) + b"\r\n\r\n")
    assert b" 500 " not in client.hear_all()


def half_a_handshake(client: Hostile) -> None:
    """A request whose head never ends; it hangs up at last."""
    client.say(b"GET /v1/realtime HTTP/1.1\r\nHost: localhost\r\nUpgrade: web")


def handshake_and_gone(client: Hostile) -> None:
    """A WebSocket that is reset before its first message."""
    client.ask("/v1/realtime?since=start", "Connection: Upgrade", "Upgrade: websocket", f"Sec-WebSocket-Key: {KEY}")
    client.reset()


def wrong_handshake(client: Hostile) -> None:
    """An upgrade without its key, or of an old version."""
    client.ask("/v1/realtime", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 8")
    assert client.hear_all().split()[1] in {b"400", b"426"}


def garbage_frames(client: Hostile) -> None:
    """Bytes that are no frames."""
    client.upgrade()
    client.say(client.chance.randbytes(500))
    client.say(b"\xff" * 500)
    client.hear_all()


def unmasked_frames(client: Hostile) -> None:
    """A client that speaks as servers do."""
    client.upgrade()
    client.frame(b'{"type":"ping"}', masked=False)
    client.hear_all()


def huge_frame(client: Hostile) -> None:
    """A message far beyond what is taken."""
    client.upgrade()
    client.frame(b"x" * 2_000_000)
    client.hear_all()


def huge_length(client: Hostile) -> None:
    """A frame that announces more than there is memory."""
    client.upgrade()
    client.say(b"\x81\xff" + struct.pack(">Q", 2**62) + bytes(4) + b"x" * 1000)
    client.hear_all()


def text_that_is_none(client: Hostile) -> None:
    """A text frame that is not UTF-8."""
    client.upgrade()
    client.frame(b"\xff\xfe\xfd")
    client.hear_all()


def messages_that_are_none(client: Hostile) -> None:
    """Text, binary and JSON that mean nothing, until it is closed over them."""
    client.upgrade()
    for text in ("", "null", "[]", '{"type":"hello"}', '{"type":7}', "{" * 5000, '{"type":"subscribe","payload":{}}'):
        client.frame(text.encode(), opcode=1 + client.chance.randrange(2))
        client.frame(json.dumps({"type": "subscribe", "payload": {"job_id": text[:9], "since": "x"}}).encode())
    client.hear_all()


def many_subscriptions(client: Hostile) -> None:
    """A thousand, of jobs that are not there: ten thousand with those of its like."""
    client.upgrade("?batch_id=none")
    for number in range(1_000):
        client.frame(json.dumps({"type": "subscribe", "payload": {"job_id": f"job-{number}"}}).encode())
        if number % 100 == 0:
            client.hear()


def pings_without_end(client: Hostile) -> None:
    """Control frames by the thousand, of which no answer is read."""
    client.upgrade()
    for _ in range(100):
        client.say((b"\x89\xfd" + bytes(4) + b"p" * 125) * 100)


def application_pings(client: Hostile) -> None:
    """The protocol's own pings by the thousand, of which no answer is read."""
    client.upgrade()
    for _ in range(3_000):
        client.frame(b'{"type":"ping","payload":{"interval_seconds":1,"cursor":"a-1","tail":0}}')


def endless_pieces(client: Hostile) -> None:
    """One message in empty pieces."""
    client.upgrade()
    client.frame(b"", first=0)
    client.say((b"\x00\x80" + bytes(4)) * 5_000)
    client.hear_all()


def oversized_control(client: Hostile) -> None:
    """A ping that is larger than a ping may be."""
    client.upgrade()
    client.frame(b"p" * 4000, opcode=9)
    client.hear_all()


def never_reading(client: Hostile) -> None:
    """The whole log over a WebSocket, of which nothing is read."""
    client.ask(
        "/v1/realtime?since=start",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {KEY}",
    )
    client.say(b"\x8a\x80" + bytes(4))


def never_reading_events(client: Hostile) -> None:
    """The same over Server-Sent Events."""
    client.ask("/v1/realtime?since=start&transport=sse")


def slowly_reading(client: Hostile) -> None:
    """A few bytes at a time, then gone."""
    client.ask("/v1/realtime?since=start&transport=sse")
    for _ in range(50):
        client.hear()
    client.reset()


def bad_cursor(client: Hostile) -> None:
    """A cursor that is none, is of another life, or lies ahead."""
    cursors = ("-1", "a-b", "x" * 3000, "00000000-99999999999999999999", "%00-1", "start%00", "e-" + "9" * 400)
    client.ask(f"/v1/realtime?since={client.chance.choice(cursors)}", "Last-Event-ID: \t", "Connection: close")
    assert client.hear_all().split(b" ", 2)[1] in {b"200", b"400"}


def wrong_session(client: Hostile) -> None:
    """The name of a session that is none."""
    name = client.chance.choice(("%0d%0aX:1", "%f0%9f%98%80", "a" * 65, "../../etc", "%00"))
    answer = client.upgrade(f"?session_id={name}") + client.hear_all()
    assert b"INVALID_QUERY" in answer


def one_session_for_all(client: Hostile) -> None:
    """A session that opens more than it may: the oldest give way."""
    client.upgrade("?session_id=everybody")


def smuggled_request(client: Hostile) -> None:
    """Two lengths for one body: there is no second request in it."""
    client.say(
        b"POST /v1/jobs/cancel HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 4\r\n"
        b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
    )
    answer = client.hear_all()
    assert answer.count(b"HTTP/1.1 ") <= 1
    assert b"smuggled" not in answer


def doubled_length(client: Hostile) -> None:
    """Lengths that contradict each other, and lines folded as they once were."""
    client.say(
        b"POST /v1/jobs/cancel HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 50\r\n\r\nhello"
    )
    assert b" 400 " in client.hear_all()


def headers_without_end(client: Hostile) -> None:
    """A head that never ends, in pieces that are each well."""
    client.say(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n")
    for number in range(3_000):
        client.say(b"X-%d: %s\r\n" % (number, b"y" * 100))
    assert b" 200 " not in client.hear_all()


def long_query(client: Hostile) -> None:
    """An address of 60 KB, and one with ten thousand jobs in it."""
    client.ask("/v1/realtime?since=" + "x" * 60_000)
    assert client.hear().split(b" ", 2)[1] in {b"400", b"414", b"431"}
    client.hear()


def many_jobs_in_the_query(client: Hostile) -> None:
    """More jobs than one connection may name."""
    client.ask("/v1/realtime?" + "&".join(f"job_id=j{number}" for number in range(4_000)))
    assert client.hear().split(b" ", 2)[1] in {b"400", b"414", b"431"}


def upload_that_stops(client: Hostile) -> None:
    """A body that is announced and never comes."""
    client.ask("/v1/jobs", "Content-Type: multipart/form-data; boundary=b", "Content-Length: 1000000000", method="POST")
    client.say(b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + b"x" * 100_000)
    client.reset()


def pipelined(client: Hostile) -> None:
    """Hundreds of requests at once, of which some are wrong, and gone before the answers."""
    client.say(b"GET /v1/jobs HTTP/1.1\r\nHost: localhost\r\n\r\nGET /none HTTP/1.1\r\nHost: localhost\r\n\r\n" * 100)
    client.reset()


def foreign_page(client: Hostile) -> None:
    """A page of elsewhere that listens."""
    answer = client.upgrade("?since=start", "Origin: https://elsewhere.example") + client.hear_all()
    assert b"NOT_ALLOWED" in answer
    assert b'"frame"' not in answer


DEEDS: Final[list[Callable[[Hostile], None]]] = [
    garbage_instead_of_http,
    half_a_handshake,
    handshake_and_gone,
    wrong_handshake,
    garbage_frames,
    unmasked_frames,
    huge_frame,
    huge_length,
    text_that_is_none,
    messages_that_are_none,
    many_subscriptions,
    pings_without_end,
    application_pings,
    endless_pieces,
    oversized_control,
    never_reading,
    never_reading_events,
    slowly_reading,
    bad_cursor,
    wrong_session,
    one_session_for_all,
    smuggled_request,
    doubled_length,
    headers_without_end,
    long_query,
    many_jobs_in_the_query,
    upload_that_stops,
    pipelined,
    foreign_page,
]


class GoodClient:
    """A client that wants all of the log and answers as it should."""

    def __init__(self, web: WebProcess) -> None:
        self.messages: list[dict[str, Any]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen, args=(f"{web.websocket_url}?since=start",))
        self._thread.start()

    def await_end_of(self, job_id: str) -> None:
        """Wait until the end of this job was seen."""

        def ended() -> bool:
            return any(m["job_id"] == job_id and m["payload"].get("status") == "done" for m in self.messages[-5:])

        wait_until(ended, what="the good client seeing the end")

    def close(self) -> None:
        """Hang up."""
        self._over.set()
        self._thread.join(PATIENCE_SECONDS)

    def _listen(self, address: str) -> None:
        # The server's own heartbeat is enough: this process has three hundred others to be.
        with connect(address, open_timeout=PATIENCE_SECONDS, ping_interval=None, proxy=None) as stream:
            while not self._over.is_set():
                try:
                    message = json.loads(stream.recv(timeout=0.5))
                except TimeoutError:
                    continue
                if message["type"] == "ping":
                    stream.send('{"type":"pong","payload":{"timestamp":"2026-01-01T00:00:00.000Z"}}')
                elif "job_id" in message:
                    self.messages.append(message)


@contextmanager
def _at_work(web: WebProcess) -> Iterator[list[str]]:
    """Jobs that run while the clients are there; gives the ids of those that were begun."""
    begun: list[str] = []
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            run = web.worker.begin(web.submit())
            begun.append(run.job.id)
            for index in range(20):
                run.frame(index, boxes=3)
            run.done()
            over.wait(0.5)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield begun
    finally:
        over.set()
        worker.join()


def _misbehave(web: WebProcess, number: int) -> str | None:
    """One client; the name of its deed where the server did not answer as it should."""
    deed = DEEDS[number % len(DEEDS)]
    client = Hostile(web, random.Random(number))  # noqa: S311 - the same at each run
    try:
        deed(client)
    except AssertionError as error:
        return f"{deed.__name__}: {error}"
    finally:
        client.close()
    return None


@pytest.mark.timeout(900)
def test_hostile_clients_leave_no_trace(tmp_path: Path) -> None:
    """No crash, no 500, no hang; nothing of theirs stays, and the client beside them has everything once."""
    with web_process(tmp_path / "data") as web:
        # Given a server that has seen each deed once, for what is loaded on first use is no leak
        with _at_work(web), ThreadPoolExecutor(4) as pool:
            first = [failed for failed in pool.map(lambda n: _misbehave(web, n), range(len(DEEDS))) if failed]
        wait_until(lambda: web.connections() == 0, what="the first clients being forgotten")
        before = (web.process.num_fds(), web.process.num_threads(), web.process.memory_info().rss)
        sockets = len(web.process.net_connections("tcp"))

        # When three hundred of them come, beside one that only listens
        good = GoodClient(web)
        try:
            with _at_work(web) as begun, ThreadPoolExecutor(AT_ONCE) as pool:
                failed = [told for told in pool.map(lambda n: _misbehave(web, n), range(CLIENTS)) if told]
                wait_until(lambda: len(begun) > 1, what="two jobs being done beside them")
            good.await_end_of(begun[-1])
        finally:
            good.close()

        # Then each was answered as it should be, and nothing of any stays
        assert first == failed == []
        assert web.crashes() == []
        wait_until(lambda: web.connections() == 0, what="every client being forgotten")
        wait_until(lambda: len(web.process.net_connections("tcp")) <= sockets, what="their sockets being closed")
        assert web.process.num_fds() <= before[0] + POOLS, Counter(file.path for file in web.process.open_files())
        assert web.process.num_threads() <= before[1] + POOLS
        assert web.process.memory_info().rss < before[2] + MEMORY_BYTES
        # and the good one has the whole log, each message once and in order
        seqs = [int(message["id"].rpartition("-")[2]) for message in good.messages]
        assert seqs == list(range(1, seqs[-1] + 1))
        assert set(begun) <= {message["job_id"] for message in good.messages}
        assert web.client.get("/readyz").status_code == 200
