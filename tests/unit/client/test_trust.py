"""Whom the client trusts: a server of a company's own authority, with its certificate in the bundle and without."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.client import ServerUnreachable, TransomClient
from app.client.tls import trusting
from tests.certificates import make_certificate
from tests.running import running


async def _plugins(request: Request) -> Response:
    del request
    return JSONResponse({"plugins": []})


def test_the_bundle_of_the_settings_is_trusted_beside_the_system(tmp_path: Path) -> None:
    """With it the server is spoken to, without it the error says why not."""
    certificate, key = make_certificate(tmp_path)
    app = Starlette(routes=[Route("/v1/plugins", _plugins)])
    with running(app, certificate=certificate, key=key) as url:
        with TransomClient(url, ca_bundle=certificate, proxies=False) as client:
            assert client.plugins() == {"plugins": []}
        with TransomClient(url, proxies=False) as client, pytest.raises(ServerUnreachable, match="certificate"):
            client.plugins()


def test_a_bundle_without_a_certificate_is_refused(tmp_path: Path) -> None:
    """It is noticed where it is given, not at the first request."""
    bundle = tmp_path / "empty.pem"
    bundle.write_text("nothing")

    with pytest.raises((OSError, ssl.SSLError)):
        trusting(bundle)
