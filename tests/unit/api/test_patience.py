"""What one connection may ask of the server: requests not finished, and answers not read, have an end."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from app import patience
from tests.stack import wait_until
from tests.unit.api.web import PNG, Web

UPGRADE = (
    b"GET /v1/realtime HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
#: Frames of a client, masked with zeros.
PING = b"\x89\xfd" + bytes(4) + b"p" * 125
FIRST_PIECE = b"\x01\x80" + bytes(4)
FURTHER_PIECE = b"\x00\x80" + bytes(4)


@contextmanager
def connected(web: Web, *, receive_bytes: int | None = None) -> Iterator[socket.socket]:
    """A bare connection."""
    address = urlsplit(web.url)
    with socket.socket() as client:
        if receive_bytes is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        client.settimeout(30)
        client.connect((address.hostname, address.port))
        yield client


def upgrade(client: socket.socket) -> None:
    """Make a WebSocket of a connection."""
    client.sendall(UPGRADE)
    assert client.recv(65536).startswith(b"HTTP/1.1 101")


def until_closed(client: socket.socket) -> bytes:
    """What comes until the server closes."""
    received = b""
    try:
        while chunk := client.recv(65536):
            received += chunk
    except ConnectionError:
        return received
    return received


@pytest.mark.parametrize("said", [b"", b"G", b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX: "])
def test_a_request_that_is_not_finished_ends(web: Web, monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    """However far it came: a descriptor is not held for ever."""
    monkeypatch.setattr(patience, "HEAD_SECONDS", 0.2)
    with connected(web) as client:
        client.sendall(said)

        assert until_closed(client) == b""


def test_the_second_request_too(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was answered before buys no more time."""
    monkeypatch.setattr(patience, "HEAD_SECONDS", 1.0)
    with connected(web) as client:
        client.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
        client.sendall(b"GET /livez HT")

        assert b"HTTP/1.1" not in until_closed(client)


def test_an_upload_that_falls_silent_ends_and_leaves_nothing(
    own_web: Callable[..., Web], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the connection nor the file it was writing."""
    web = own_web()
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    with monkeypatch.context() as impatient, connected(web) as client:
        impatient.setattr(patience, "BODY_SILENCE_SECONDS", 0.5)
        client.sendall(
            b"POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n"
            b"Content-Length: 100000\r\n\r\n" + head + PNG
        )

        until_closed(client)

    wait_until(lambda: web.inputs() == set(), what="the file being deleted")
    assert web.submit()


def test_a_stream_outlasts_the_patience_for_requests(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has said all it has to say is not hurried: a long poll and a WebSocket are answered."""
    monkeypatch.setattr(patience, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(patience, "BODY_SILENCE_SECONDS", 0.5)
    with connected(web) as socket_client:
        upgrade(socket_client)
        # Only now: a connection that says nothing is hurried from its beginning.
        with connected(web) as client:
            client.sendall(b"GET /v1/realtime?wait=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")

            assert until_closed(client).startswith(b"HTTP/1.1 200")
        socket_client.sendall(PING)
        received = b""
        while b"\x8a\x7d" + b"p" * 125 not in received:
            received += socket_client.recv(65536)


def test_pings_are_not_answered_without_end(web: Web) -> None:
    """A client that only asks, and reads no answer, is let go: the answers would lie in memory."""
    sent = 0
    with connected(web, receive_bytes=4096) as client:
        upgrade(client)
        try:
            while sent < 200_000:
                client.sendall(PING * 100)
                sent += 100
        except ConnectionError:
            assert sent < 200_000
            return
    pytest.fail(f"{sent} pings were taken, and none of their answers")


def test_a_message_has_so_many_pieces(web: Web) -> None:
    """One in endless empty pieces is of no size, and would be kept for ever."""
    with connected(web) as client:
        upgrade(client)
        client.sendall(FIRST_PIECE + FURTHER_PIECE * 2_000)

        until_closed(client)
