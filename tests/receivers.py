"""A receiver of webhooks for tests: a real server on loopback, which verifies what comes as a stranger's would."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from standardwebhooks import Webhook

from tests.certificates import Certificate, server_side
from tests.stack import PATIENCE_SECONDS, wait_until

#: What receivers know; the second one takes the place of the first.
OLD_SECRET: Final = "whsec_b2xkLXNlY3JldC1vZi1hLXRlc3QtcmVjZWl2ZXI="  # noqa: S105 - no secret
NEW_SECRET: Final = "whsec_bmV3LXNlY3JldC1vZi1hLXRlc3QtcmVjZWl2ZXI="  # noqa: S105 - no secret
SECRETS: Final = f"{NEW_SECRET},{OLD_SECRET}"


@dataclass(frozen=True, slots=True)
class Received:
    """A message whose signature is right, by either secret."""

    path: str
    id: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver says to a message."""

    status: int = 204
    headers: tuple[tuple[str, str], ...] = ()


Answering = Callable[[Received], Answer]


class Receiver:
    """Keeps what comes, in order; `answering` may be changed at any time, and may take its time."""

    def __init__(self, port: int, scheme: str = "http") -> None:
        self.port = port
        self._scheme = scheme
        self.answering: Answering = lambda _: Answer()
        self._received: list[Received] = []

    def url(self, path: str = "/hook") -> str:
        """Where to send to."""
        return f"{self._scheme}://127.0.0.1:{self.port}{path}"

    def take(self, message: Received) -> Answer:
        """What is answered to a message."""
        self._received.append(message)
        return self.answering(message)

    def at(self, path: str) -> list[Received]:
        """What came to a path by now."""
        return [message for message in self._received if message.path == path]

    def wait(self, path: str, count: int = 1, *, seconds: float = PATIENCE_SECONDS) -> list[Received]:
        """So many messages at a path, once they are there."""
        wait_until(lambda: len(self.at(path)) >= count, what=f"message {count} at {path}", seconds=seconds)
        return self.at(path)


@contextmanager
def receiver(certificate: Certificate | None = None) -> Iterator[Receiver]:
    """One that runs as long as the block; with a certificate it speaks TLS."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            # Raises where one does not fit: then nothing is received, and whoever waits for it says so.
            bodies = [Webhook(secret).verify(content, headers) for secret in (OLD_SECRET, NEW_SECRET)]
            answer = here.take(Received(self.path, headers["webhook-id"], bodies[0]))
            self.send_response(answer.status)
            for name, value in (*answer.headers, ("Content-Length", "0")):
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name for it
            """Nothing is told of what goes well."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A sender that was killed takes no answer."""

    server = Server(("127.0.0.1", 0), Handler)
    if certificate is not None:
        server.socket = server_side(server.socket, certificate)
    here = Receiver(server.server_address[1], "http" if certificate is None else "https")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def settings_for(*receivers: Receiver) -> dict[str, str]:
    """The environment of a Transom that sends to these."""
    return {
        "TRANSOM_WEBHOOK_HOSTS": ",".join(f"127.0.0.1:{each.port}" for each in receivers),
        "TRANSOM_WEBHOOK_SECRET": SECRETS,
        "TRANSOM_PRIVATE_NETWORKS": "127.0.0.0/8",
    }
