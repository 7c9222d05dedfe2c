"""Whom the client trusts: a server of a company's own authority, with its certificate in the bundle and without."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.client import ServerUnreachable, TransomClient
from app.client.tls import trusting
from tests.unit.client.running import running


@pytest.fixture(name="certificate")
def _certificate(tmp_path: Path) -> Path:
    """One that signs itself, for 127.0.0.1; its key lies beside it."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    path = tmp_path / "certificate.pem"
    about = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(tmp_path / "key.pem")]
    subprocess.run([openssl, "req", "-x509", *key, *about, "-out", str(path)], check=True, capture_output=True)
    return path


async def _plugins(request: Request) -> Response:
    del request
    return JSONResponse({"plugins": []})


def test_the_bundle_of_the_settings_is_trusted_beside_the_system(certificate: Path) -> None:
    """With it the server is spoken to, without it the error says why not."""
    app = Starlette(routes=[Route("/v1/plugins", _plugins)])
    with running(app, certificate=certificate, key=certificate.with_name("key.pem")) as url:
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
