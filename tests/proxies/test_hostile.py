"""The hostile proxy does what each of its modes says."""

from __future__ import annotations

import json
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidProxyStatus, InvalidStatus
from websockets.sync.client import connect

from tests.proxies.hostile import HostileProxy
from tests.proxies.modes import Mode
from tests.proxies.tiny_server import tiny_server
from tests.stack import PATIENCE_SECONDS, ROOT, wait_until


@pytest.fixture(name="server")
def _server() -> Iterator[str]:
    with tiny_server() as url:
        yield url


def _client(proxy: HostileProxy, **arguments: object) -> httpx.Client:
    return httpx.Client(base_url=proxy.url, timeout=PATIENCE_SECONDS, trust_env=False, **arguments)  # type: ignore[arg-type]


def _websocket_url(url: str) -> str:
    return url.replace("http", "ws", 1) + "/asked"


def _talk(url: str, proxy: str | None = None) -> str:
    """Say something over a WebSocket, and what is answered."""
    with connect(_websocket_url(url), proxy=proxy, open_timeout=PATIENCE_SECONDS, compression=None) as websocket:
        websocket.send("hello")
        return str(websocket.recv(timeout=PATIENCE_SECONDS))


class _Reading:
    """A stream that is read beside the test: what has come of it so far."""

    def __init__(
        self, proxy: HostileProxy, *, say: str, count: int = 1, method: str = "GET", accept: str = "gzip"
    ) -> None:
        self.pieces: queue.Queue[bytes] = queue.Queue()
        self.head = threading.Event()
        self.received = b""
        self._proxy = proxy
        self._method = method
        self._address = f"/stream?say={quote(say)}&count={count}"
        self._accept = {"Accept-Encoding": accept}
        self._pool = ThreadPoolExecutor(1)
        self._done = self._pool.submit(self._run)

    def _run(self) -> None:
        with (
            _client(self._proxy) as client,
            client.stream(self._method, self._address, headers=self._accept) as answer,
        ):
            self.head.set()
            for piece in answer.iter_bytes():
                self.pieces.put(piece)

    def take(self, length: int) -> bytes:
        """Wait until so much has come; all that has."""
        while len(self.received) < length:
            self.received += self.pieces.get(timeout=PATIENCE_SECONDS)
        return self.received

    def end(self) -> bytes:
        """Let the server end it; all of it."""
        httpx.get(f"{self._proxy.url}/end", timeout=PATIENCE_SECONDS, trust_env=False)
        self._done.result(PATIENCE_SECONDS)
        self._pool.shutdown()
        while not self.pieces.empty():
            self.received += self.pieces.get()
        return self.received


def test_what_is_told_nothing_passes_everything_on(server: str) -> None:
    """Requests, bodies of each framing, a stream and a WebSocket go through as they are, and are logged."""
    with HostileProxy(server) as proxy:
        with _client(proxy) as client:
            assert client.post("/asked", content=b"x" * 3_000_000).json()["body"] == 3_000_000
            assert client.post("/asked", content=iter([b"xyz", b"ab"])).json()["body"] == 5
            assert client.patch("/asked").json()["method"] == "PATCH"
            assert client.get("/nowhere").status_code == 404
        reading = _Reading(proxy, say="data: 1\n\n")
        assert reading.take(9) == b"data: 1\n\n"
        reading.end()
        assert _talk(proxy.url) == "first: hello"

        wait_until(lambda: all(entry.finished for entry in proxy.log), what="the end of all requests")
        seen = [(entry.method, entry.path.partition("?")[0], entry.upgrade, entry.status) for entry in proxy.log]
        assert seen == [
            ("POST", "/asked", False, 200),
            ("POST", "/asked", False, 200),
            ("PATCH", "/asked", False, 200),
            ("GET", "/nowhere", False, 404),
            ("GET", "/stream", False, 200),
            ("GET", "/end", False, 200),
            ("GET", "/asked", True, 101),
        ]
        assert proxy.log[0].bytes_in > 3_000_000
        assert proxy.log[0].bytes_out > 0


def test_as_a_proxy_that_clients_know_of_it_passes_on_what_they_name(server: str) -> None:
    """Whole addresses and `CONNECT`, and HTTP within one is seen."""
    with HostileProxy("http://127.0.0.1:9") as proxy:
        with httpx.Client(proxy=proxy.url, timeout=PATIENCE_SECONDS, trust_env=False) as client:
            assert client.get(f"{server}/asked").json()["method"] == "GET"
        assert _talk(server, proxy.url) == "first: hello"

        wait_until(lambda: all(entry.finished for entry in proxy.log), what="the end of all requests")
        seen = [(entry.method, entry.forward, entry.tunnelled, entry.upgrade, entry.status) for entry in proxy.log]
        assert seen == [
            ("GET", True, False, False, 200),
            ("CONNECT", True, False, False, 200),
            ("GET", False, True, True, 101),
        ]


def test_what_is_encrypted_is_passed_on_unseen() -> None:
    """A tunnel whose first byte begins a TLS handshake is nobody's business."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        with HostileProxy(f"http://{address}", Mode.REFUSE_UPGRADES) as proxy:
            port = int(proxy.url.rpartition(":")[2])
            with closing(socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)) as client:
                client.sendall(f"CONNECT {address} HTTP/1.1\r\n\r\n".encode())
                assert client.recv(1000).startswith(b"HTTP/1.1 200")
                client.sendall(b"\x16\x03\x01 not HTTP")
                with closing(listener.accept()[0]) as there:
                    assert there.recv(1000) == b"\x16\x03\x01 not HTTP"
                    there.sendall(b"\x16 nor this")
                    assert client.recv(1000) == b"\x16 nor this"


def test_upgrades_are_refused(server: str) -> None:
    """A WebSocket gets 403; everything else passes."""
    with HostileProxy(server, Mode.REFUSE_UPGRADES) as proxy:
        with pytest.raises(InvalidStatus, match="403"):
            _talk(proxy.url)
        with pytest.raises(InvalidStatus, match="403"):
            _talk(server, proxy.url)
        with _client(proxy) as client:
            assert client.get("/asked").status_code == 200
        assert proxy.log[0].done == ["refuse_upgrades"]


def test_connect_is_refused(server: str) -> None:
    """A WebSocket by way of a known proxy gets 403; plain requests pass."""
    with HostileProxy(server, Mode.REFUSE_CONNECT) as proxy:
        with pytest.raises(InvalidProxyStatus, match="403"):
            _talk(server, proxy.url)
        assert _talk(proxy.url) == "first: hello"


@pytest.mark.parametrize("mode", [Mode.STRIP_UPGRADES, Mode.HTTP_1_0])
def test_upgrades_are_stripped(server: str, mode: Mode) -> None:
    """The server sees a plain `GET` of the same address, and answers it."""
    with HostileProxy(server, mode) as proxy:
        with pytest.raises(InvalidStatus, match="200"):
            _talk(proxy.url)
        assert proxy.log[0].done == [mode.replace("-", "_").replace(".", "_")]


def test_upgrades_are_answered_and_stay_mute(server: str) -> None:
    """The handshake is sound, and then nothing comes: the server has never heard of it."""
    with HostileProxy(server, Mode.MUTE_UPGRADES) as proxy:
        with connect(_websocket_url(proxy.url), proxy=None, compression=None, close_timeout=0.1) as websocket:
            websocket.send("hello")
            with pytest.raises(TimeoutError):
                websocket.recv(timeout=0.3)
        assert proxy.log[0].status == 101


def test_heads_wait_for_a_byte(server: str) -> None:
    """A response's head comes with the first of its body, not before."""
    with HostileProxy(server, Mode.HOLD_HEADERS) as proxy:
        silent = _Reading(proxy, say="-", count=0)
        speaking = _Reading(proxy, say="data: 1\n\n")
        assert speaking.take(9) == b"data: 1\n\n"
        assert not silent.head.is_set()
        silent.end()
        speaking.end()
        assert silent.head.is_set()


@pytest.mark.parametrize(
    ("mode", "method", "holds"),
    [
        (Mode.HOLD_BODIES, "GET", True),
        (Mode.HOLD_BODIES, "POST", True),
        (Mode.HOLD_GETS, "GET", True),
        (Mode.HOLD_GETS, "POST", False),
    ],
)
def test_bodies_are_held_until_they_end(server: str, mode: Mode, method: str, holds: bool) -> None:
    """The head comes, the body with its end; what has ended already passes at once."""
    with HostileProxy(server, mode) as proxy:
        reading = _Reading(proxy, say="data: 1\n\n", method=method)
        assert reading.head.wait(PATIENCE_SECONDS)
        with _client(proxy) as client:
            assert client.get("/asked").status_code == 200
        if holds:
            assert reading.pieces.empty()
        else:
            assert reading.take(9) == b"data: 1\n\n"
        assert reading.end() == b"data: 1\n\n"


@pytest.mark.parametrize(
    ("mode", "lump"), [(Mode.LUMPS_1_KB, 1024), (Mode.LUMPS_4_KB, 4096), (Mode.LUMPS_16_KB, 16384)]
)
def test_bodies_come_in_lumps(server: str, mode: Mode, lump: int) -> None:
    """What does not fill a lump waits for the end."""
    with HostileProxy(server, mode) as proxy:
        small = _Reading(proxy, say="x" * (lump - 1))
        large = _Reading(proxy, say="y" * 1000, count=20)
        full = 20_000 - 20_000 % lump
        assert large.take(full) == b"y" * full
        assert small.pieces.empty()
        assert len(large.end()) == 20_000
        assert len(small.end()) == lump - 1


def test_bodies_are_compressed_and_not_flushed(server: str) -> None:
    """A few bytes stay in the compressor; to those who can't read gzip it does nothing."""
    with HostileProxy(server, Mode.COMPRESS) as proxy:
        small = _Reading(proxy, say="data: 1\n\n")
        plain = _Reading(proxy, say="data: 1\n\n", accept="identity")
        assert plain.take(9) == b"data: 1\n\n"
        assert small.head.wait(PATIENCE_SECONDS)
        assert small.pieces.empty()
        assert small.end() == b"data: 1\n\n"
        plain.end()
        with _client(proxy) as client:
            answer = client.get("/asked")
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.json()["name"] == "first"


def test_what_takes_long_is_cut(server: str) -> None:
    """However much it says."""
    with HostileProxy(server, Mode.CUT_AFTER, cut_after_seconds=2.0) as proxy:
        with pytest.raises(httpx.RemoteProtocolError), _client(proxy) as client:
            client.get("/stream", params={"say": "x", "count": 1})
        with connect(_websocket_url(proxy.url), proxy=None) as websocket:

            def talk() -> None:
                while True:
                    websocket.send("hello")
                    websocket.recv(timeout=PATIENCE_SECONDS)

            with pytest.raises(ConnectionClosed):
                talk()
        wait_until(lambda: all(entry.finished for entry in proxy.log), what="the end of all requests")
        assert [entry.done for entry in proxy.log] == [["cut_after_seconds"]] * 2


def test_what_is_silent_is_cut(server: str) -> None:
    """A stream that says nothing breaks off; a request without an answer gets a 504."""
    with HostileProxy(server, Mode.CUT_IDLE, cut_idle_seconds=2.0) as proxy:
        with _client(proxy) as client, pytest.raises(httpx.RemoteProtocolError):
            client.get("/stream", params={"say": "x", "count": 1})
        with socket.create_server(("127.0.0.1", 0)) as silent:
            proxy.switch(f"http://127.0.0.1:{silent.getsockname()[1]}")
            with _client(proxy) as client:
                assert client.get("/asked").status_code == 504


def test_the_server_is_spoken_to_as_of_old(server: str) -> None:
    """In HTTP/1.0; the client notices nothing."""
    with HostileProxy(server, Mode.HTTP_1_0) as proxy, _client(proxy) as client:
        assert client.get("/asked").json()["http"] == "1.0"
        assert client.post("/asked", content=iter([b"xyz", b"ab"])).json()["body"] == 5


def test_who_says_no_password_is_asked_for_it(server: str) -> None:
    """407, until the name and the password come; only where it is known to be a proxy."""
    with HostileProxy(server, Mode.AUTHENTICATE) as proxy:
        with httpx.Client(proxy=proxy.url, timeout=PATIENCE_SECONDS, trust_env=False) as client:
            assert client.get(f"{server}/asked").status_code == 407
        with pytest.raises(InvalidProxyStatus, match="407"):
            _talk(server, proxy.url)
        with httpx.Client(proxy=proxy.forward_url, timeout=PATIENCE_SECONDS, trust_env=False) as client:
            answer = client.get(f"{server}/asked")
        assert answer.status_code == 200
        assert "proxy-authorization" not in answer.json()["headers"]
        assert _talk(server, proxy.forward_url) == "first: hello"
        with _client(proxy) as client:
            assert client.get("/asked").status_code == 200


@pytest.mark.parametrize(
    ("mode", "status", "ask"),
    [
        (Mode.REFUSE_METHODS, 405, lambda client: client.patch("/asked")),
        (Mode.REFUSE_METHODS, 405, lambda client: client.delete("/asked")),
        (Mode.LIMIT_BODIES, 413, lambda client: client.post("/asked", content=b"x" * 2_000_000)),
        (Mode.LIMIT_BODIES, 413, lambda client: client.post("/asked", content=(b"x" * 100_000 for _ in range(20)))),
        (Mode.LIMIT_ADDRESSES, 414, lambda client: client.get("/asked", params={"x": "y" * 4096})),
        (Mode.BAD_GATEWAY, 502, lambda client: client.get("/asked")),
    ],
)
def test_it_answers_itself_in_html(
    server: str, mode: Mode, status: int, ask: Callable[[httpx.Client], httpx.Response]
) -> None:
    """What it will not have is answered with a page of its own."""
    with HostileProxy(server, mode) as proxy, _client(proxy) as client:
        answer = ask(client)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html"
    assert f"<h1>{status} " in answer.text


def test_a_bad_gateway_is_one_now_and_then(server: str) -> None:
    """The first two, and each seventh."""
    with HostileProxy(server, Mode.BAD_GATEWAY) as proxy, _client(proxy) as client:
        assert [client.get("/asked").status_code for _ in range(8)] == [502, 502, 200, 200, 200, 200, 502, 200]


@pytest.mark.parametrize(
    ("mode", "header"),
    [(Mode.STRIP_AUTHORIZATION, "authorization"), (Mode.STRIP_LAST_EVENT_ID, "last-event-id")],
)
def test_headers_are_stripped(server: str, mode: Mode, header: str) -> None:
    """They don't reach the server; others do."""
    with HostileProxy(server, mode) as proxy, _client(proxy) as client:
        headers = client.get("/asked", headers={header: "x", "X-Other": "y"}).json()["headers"]

    assert header not in headers
    assert headers["x-other"] == "y"


def test_modes_are_joined_and_changed(server: str) -> None:
    """Several at once, and others from the next request on."""
    with HostileProxy(server, Mode.REFUSE_METHODS, Mode.REFUSE_UPGRADES) as proxy, _client(proxy) as client:
        assert client.delete("/asked").status_code == 405
        with pytest.raises(InvalidStatus):
            _talk(proxy.url)
        proxy.change(Mode.PASS)
        assert client.delete("/asked").status_code == 200
        assert _talk(proxy.url) == "first: hello"


def test_another_server_may_come_behind_it(server: str) -> None:
    """For those who stand before it, and for those who name the one that was there."""
    with tiny_server("second") as second, HostileProxy(server) as proxy, _client(proxy) as client:
        with connect(_websocket_url(proxy.url), proxy=None) as websocket:
            assert client.get("/asked").json()["name"] == "first"
            proxy.switch(second)
            proxy.cut()
            with pytest.raises(ConnectionClosed):
                websocket.recv(timeout=PATIENCE_SECONDS)
        with (
            _client(proxy) as again,
            httpx.Client(proxy=proxy.url, timeout=PATIENCE_SECONDS, trust_env=False) as forward,
        ):
            assert again.get("/asked").json()["name"] == "second"
            assert forward.get(f"{server}/asked").json()["name"] == "second"


def test_it_runs_as_a_process_too(server: str, tmp_path: Path) -> None:
    """It says where it is, obeys commands, and writes its log."""
    log = tmp_path / "proxy.log"
    command = [sys.executable, "-m", "tests.proxies.hostile", "--to", server, "--mode", "refuse-methods"]
    with subprocess.Popen(
        [*command, "--log", str(log)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        assert httpx.delete(f"{url}/asked", timeout=PATIENCE_SECONDS, trust_env=False).status_code == 405
        process.stdin.write('{"modes": ["pass"]}\n')
        process.stdin.flush()
        wait_until(
            lambda: httpx.delete(f"{url}/asked", timeout=PATIENCE_SECONDS, trust_env=False).status_code == 200,
            what="the command",
        )
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0

    first = json.loads(log.read_text().splitlines()[0])
    assert (first["method"], first["path"], first["status"], first["done"]) == (
        "DELETE",
        "/asked",
        405,
        ["refuse_methods"],
    )
