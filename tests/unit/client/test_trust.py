"""Whom the client trusts: a server of a company's own authority, with its certificate in the bundle and without."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path
from typing import Final

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.client import CertificateNotTrusted, TransomClient
from app.client.tls import trusting
from app.client.uploads import LARGE_BYTES
from tests.certificates import Certificate, make_certificate
from tests.running import running


async def _plugins(request: Request) -> Response:
    del request
    return JSONResponse({"plugins": []})


_APP: Final = Starlette(routes=[Route("/v1/plugins", _plugins)])


def test_the_bundle_of_the_settings_is_trusted_beside_the_system(tmp_path: Path) -> None:
    """With it the server is spoken to, without it the error says why not, and what to do."""
    certificate, key = make_certificate(tmp_path)
    with running(_APP, certificate=certificate, key=key) as url:
        with TransomClient(url, ca_bundle=certificate, proxies=False) as client:
            assert client.plugins() == {"plugins": []}
        with TransomClient(url, proxies=False) as client, pytest.raises(CertificateNotTrusted) as caught:
            client.plugins()

    assert caught.value.code == "CERTIFICATE_NOT_TRUSTED"
    assert str(caught.value).startswith(f"{url} can't be reached: the certificate that is shown there is not trusted")
    for advice in ("the system's store", "TRANSOM_CA_BUNDLE", f"transom doctor {url}"):
        assert advice in str(caught.value)
    assert "_ssl.c" not in str(caught.value)


def test_a_large_file_is_not_tried_again_where_nobody_is_trusted(tmp_path: Path) -> None:
    """What no further attempt would change is said at once, as it is of a small file."""
    certificate, key = make_certificate(tmp_path)
    file = tmp_path / "large.mp4"
    with file.open("wb") as content:
        content.truncate(LARGE_BYTES + 1)
    with (
        running(_APP, certificate=certificate, key=key) as url,
        TransomClient(url, proxies=False) as client,
        pytest.raises(CertificateNotTrusted, match="TRANSOM_CA_BUNDLE"),
    ):
        client.submit(file, plugin="motion")


def test_a_certificate_for_another_name_is_said_to_be_one(tmp_path: Path) -> None:
    """No bundle helps with that, and none is asked for."""
    certificate, key = make_certificate(tmp_path)
    with running(_APP, certificate=certificate, key=key) as url:
        server = url.replace("127.0.0.1", "localhost")
        with (
            TransomClient(server, ca_bundle=certificate, proxies=False) as client,
            pytest.raises(CertificateNotTrusted, match="is not for this name") as caught,
        ):
            client.plugins()

    assert "TRANSOM_CA_BUNDLE" not in str(caught.value)


def test_a_certificate_that_has_expired_is_said_to_be_one(tmp_path: Path) -> None:
    """It has to be renewed; no bundle helps, and none is asked for."""
    certificate, key = _expired(make_certificate(tmp_path))
    with (
        running(_APP, certificate=certificate, key=key) as url,
        TransomClient(url, ca_bundle=certificate, proxies=False) as client,
        pytest.raises(CertificateNotTrusted, match="has expired") as caught,
    ):
        client.plugins()

    assert "TRANSOM_CA_BUNDLE" not in str(caught.value)


def _expired(made: Certificate) -> Certificate:
    """The same, but of yesterday."""
    command = ["openssl", "x509", "-in", str(made.path), "-signkey", str(made.key), "-days", "-1", "-out"]
    path = made.path.with_name("expired.pem")
    subprocess.run([*command, str(path)], check=True, capture_output=True)
    return Certificate(path, made.key)


def test_a_bundle_without_a_certificate_is_refused(tmp_path: Path) -> None:
    """It is noticed where it is given, not at the first request."""
    bundle = tmp_path / "empty.pem"
    bundle.write_text("nothing")

    with pytest.raises((OSError, ssl.SSLError)):
        trusting(bundle)
