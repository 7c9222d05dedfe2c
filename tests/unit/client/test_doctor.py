"""Examining what is no Transom, or can't be reached."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from app.client.doctor import Verdict, examine
from app.client.errors import ProxyUnusable
from tests.certificates import make_certificate
from tests.running import running


async def _page(request: Request) -> Response:
    del request
    return HTMLResponse("<h1>Welcome</h1>", headers={"Server": "Apache/2.4.1"})


async def _unknown(request: Request) -> Response:
    del request
    return JSONResponse({"code": "NOT_FOUND", "detail": "Not found"}, 404, media_type="application/problem+json")


def test_another_server_is_not_taken_for_transom() -> None:
    """Its own name is noted."""
    with running(Starlette(routes=[Route("/v1/doctor", _page)])) as url:
        report = asyncio.run(examine(url, proxies=False))

    assert (report.verdict, report.codes) == (Verdict.UNREACHABLE, {"NOT_TRANSOM"})
    assert any("Apache/2.4.1" in machine.evidence for machine in report.observations.machines)


def test_an_older_transom_is_said_to_be_one() -> None:
    """It answers, in its own manner, that there is no such address."""
    with running(Starlette(routes=[Route("/v1/doctor", _unknown)])) as url:
        report = asyncio.run(examine(url, proxies=False))

    assert (report.verdict, report.codes) == (Verdict.REFUSED, {"SERVER_TOO_OLD"})


def test_nobody_there_is_a_finding() -> None:
    """Which step failed is said."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        report = asyncio.run(examine(f"http://127.0.0.1:{unused.getsockname()[1]}", proxies=False))
    assert (report.verdict, report.codes) == (Verdict.UNREACHABLE, {"NO_CONNECTION"})

    report = asyncio.run(examine("http://no-such-name.invalid", proxies=False))
    assert (report.verdict, report.codes) == (Verdict.UNREACHABLE, {"NAME_UNKNOWN"})


def test_a_proxy_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the password that is in its address."""
    monkeypatch.setenv("HTTP_PROXY", "http://me:secret@no-such-name.invalid:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("http_proxy", raising=False)

    report = asyncio.run(examine("http://transom.example"))

    assert "the proxy no-such-name.invalid" in report.sentence
    assert report.proxy == "http://no-such-name.invalid:3128"
    assert "secret" not in str(report.document())


def test_a_proxy_of_another_kind_is_said_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no matter of the way, but of the environment."""
    monkeypatch.setenv("HTTP_PROXY", "socks5://127.0.0.1:1080")
    monkeypatch.delenv("http_proxy", raising=False)

    with pytest.raises(ProxyUnusable):
        asyncio.run(examine("http://transom.example"))


def test_a_certificate_is_read_before_it_is_trusted(tmp_path: Path) -> None:
    """Who made it is what an administrator has to know; with the bundle it is trusted."""
    path, key = make_certificate(tmp_path, "/O=Example Ltd/CN=Example CA")

    with running(Starlette(routes=[Route("/v1/doctor", _page)]), certificate=path, key=key) as url:
        stranger = asyncio.run(examine(url, proxies=False))
        known = asyncio.run(examine(url, proxies=False, ca_bundle=path))

    assert "CERTIFICATE_NOT_TRUSTED" in stranger.codes
    assert "Example CA (Example Ltd)" in stranger.findings[0].seen
    assert known.observations.reach.trusted_by == "bundle"
    assert known.codes == {"NOT_TRANSOM", "PRIVATE_AUTHORITY"}
