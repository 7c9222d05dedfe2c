"""A server that Transom fetches inputs from, with everything that one may do wrong."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from tests.certificates import Certificate, server_side


class Outside:
    """Where it is, what it has, and what it was asked for."""

    def __init__(self, server: ThreadingHTTPServer, scheme: str = "http") -> None:
        self.port = int(server.server_address[1])
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        #: Content by path.
        self.files: dict[str, bytes] = {}
        #: Each request: the host that was named, and the path.
        self.asked: list[tuple[str, str]] = []
        #: What is below `/held/` comes once this is set.
        self.held = threading.Event()
        self.over = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    outside: ClassVar[Outside]

    def do_GET(self) -> None:
        """Answer as the path says."""
        self.outside.asked.append((self.headers["Host"], self.path))
        # What a proxy is told is the whole address.
        parts = urlsplit(self.path)
        what, _, rest = parts.path.removeprefix("/").partition("/")
        match what:
            case "to":
                self._begin(302, Location=unquote(parts.query))
            case "round":
                self._begin(301, Location="/round")
            case "status":
                self._begin(int(rest))
            case "said-to-be-huge":
                self._begin(200, **{"Content-Length": str(10**15)})
            case "endless":
                self._begin(200)
                while not self.outside.over.is_set():
                    self.wfile.write(bytes(65536))
            case "half":
                self._begin(200, **{"Content-Length": "1000"})
                self.wfile.write(bytes(500))
            case "silent":
                self._begin(200, **{"Content-Length": "1000"})
                self.wfile.flush()
                self.outside.over.wait()
            case "held":
                self.outside.held.wait()
                self._file(parts.path.removeprefix("/"))
            case "squeezed":
                self._begin(200, **{"Content-Encoding": "gzip"})
            case "named":
                self._file(rest, **{"Content-Disposition": f"attachment; filename*=UTF-8''{parts.query}"})
            case _:
                self._file(parts.path.removeprefix("/"))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's interface
        """It is all in `asked`."""

    def _file(self, name: str, **headers: str) -> None:
        content = self.outside.files.get(name)
        if content is None:
            self._begin(404)
            return
        self._begin(200, **{"Content-Length": str(len(content)), "Content-Type": "text/plain", **headers})
        self.wfile.write(content)

    def _begin(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever asked has heard enough."""


@contextmanager
def serve_outside(certificate: Certificate | None = None) -> Iterator[Outside]:
    """Run one, on a thread and a port of its own; with a certificate it speaks TLS."""

    class Handler(_Handler):
        pass

    # Every address of this machine that begins with 127, so that some can be forbidden.
    with _Server(("0.0.0.0", 0), Handler) as server:
        if certificate is not None:
            server.socket = server_side(server.socket, certificate)
        outside = Handler.outside = Outside(server, "http" if certificate is None else "https")
        thread = threading.Thread(target=server.serve_forever, name="outside")
        thread.start()
        try:
            yield outside
        finally:
            outside.over.set()
            outside.held.set()
            server.shutdown()
            thread.join()
