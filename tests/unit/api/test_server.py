"""The server: where it listens, what it speaks, how it stops."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from app.addresses import is_loopback
from app.errors import ConfigurationError
from app.lifespan import make_lifespan
from app.main import create_app
from app.server import warn_of_open_address
from app.settings import Settings
from tests.unit.api.web import Web
from tests.unit.api.wire import exchange


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_these_are_this_machines_own(host: str) -> None:
    """Nobody else reaches them."""
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "10.0.0.1", "192.168.1.1", "transom.example", "", "127.0.0.1.example"]
)
def test_an_open_address_is_refused(tmp_path: Path, host: str) -> None:
    """There is no authentication yet; the message says how to allow it."""
    with pytest.raises(ConfigurationError, match="TRANSOM_ALLOW_OPEN"):
        warn_of_open_address(Settings(data_dir=tmp_path, host=host))


def test_an_allowed_open_address_is_said_loudly(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A warning at every start."""
    with caplog.at_level(logging.WARNING):
        warn_of_open_address(Settings(data_dir=tmp_path, host="0.0.0.0", allow_open=True))

    assert "OPEN" in caplog.text
    assert "0.0.0.0" in caplog.text


async def _enter(settings: Settings) -> None:
    application = create_app(settings)
    async with make_lifespan(settings)(application):
        raise AssertionError("it started")


def test_a_web_process_needs_a_broker(tmp_path: Path) -> None:
    """Without one it could neither ring for a worker nor hear of anything."""
    with pytest.raises(ConfigurationError, match="TRANSOM_BROKER_URL"):
        asyncio.run(_enter(Settings(data_dir=tmp_path)))


def test_a_proxy_that_speaks_http_1_0_gets_no_chunks(web: Web) -> None:
    """A streamed answer ends with the connection there: 1.0 knows no chunks."""
    job_id = web.submit()

    answer = exchange(
        web.url, f"GET /v1/jobs/{job_id}/events HTTP/1.0\r\nAccept: application/x-ndjson\r\n\r\n".encode()
    )

    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head.lower()
    assert body.startswith(b'{"type":"job_status"')
    assert body.endswith(b"}\n")


def test_a_connection_is_kept(web: Web) -> None:
    """Two requests, one connection."""
    request = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"

    answers = exchange(web.url, request + request.replace(b"Host", b"Connection: close\r\nHost"))

    assert answers.count(b'{"status":"alive"}') == 2


def test_an_ended_server_has_ended_its_streams(own_web: Callable[..., Web]) -> None:
    """A stream that would last for ever does not hold up a stop: it ends as a whole answer does."""
    web = own_web()
    began, ended = threading.Event(), threading.Event()

    def listen() -> None:
        with httpx.stream("GET", f"{web.url}/v1/realtime?transport=sse", timeout=30, trust_env=False) as answer:
            for _ in answer.iter_raw():
                began.set()
        ended.set()

    listener = threading.Thread(target=listen)
    listener.start()
    assert began.wait(30)
    web.server.should_exit = True
    listener.join(30)

    assert ended.is_set()
