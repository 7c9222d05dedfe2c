"""Who stands between, by what it says of itself; and whose certificate it is."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from app.client.doctor.certificates import Certificate, read_certificate
from app.client.doctor.machines import Machine, Program, distinct, machines_in


@pytest.mark.parametrize(
    ("headers", "page", "name", "program"),
    [
        ({"Via": "1.1 vm (squid/5.7)"}, "", "squid 5.7", Program.SQUID),
        ({"via": "1.1 vm (tinyproxy/1.11.1)"}, "", "tinyproxy 1.11.1", Program.TINYPROXY),
        ({"Server": "nginx/1.22.1"}, "", "nginx 1.22.1", Program.NGINX),
        ({"Server": "mitmproxy 12.1.2"}, "", "mitmproxy 12.1.2", Program.MITMPROXY),
        ({"Via": "1.1 google"}, "", "google", Program.OTHER),
        ({"CF-Ray": "8a"}, "", "Cloudflare", Program.OTHER),
        (
            {},
            "<html><body><h1>504 Gateway Time-out</h1>\nThe server didn't respond in time.\n</body></html>",
            "HAProxy",
            Program.HAPROXY,
        ),
        ({}, "<hr><center>nginx</center>", "nginx", Program.NGINX),
    ],
)
def test_machines_are_known_by_what_they_say(headers: dict[str, str], page: str, name: str, program: Program) -> None:
    """In headers that Transom does not send, and on error pages of their own."""
    (machine,) = machines_in(headers, page)

    assert (machine.name, machine.program) == (name, program)
    # Appliances have its error pages too.
    assert machine.sure == (program is not Program.HAPROXY)
    assert machine.evidence


def test_each_of_several_is_named_once() -> None:
    """A `Via` names all of them; who says more is kept."""
    found = list(machines_in({"Via": "1.0 fred, 1.1 vm (squid/5.7)", "Server": "squid"}))

    assert [machine.name for machine in distinct(found)] == ["fred", "squid 5.7"]


def test_nothing_is_made_of_an_answer_of_transom() -> None:
    """It sends none of these headers, and its pages are not looked at."""
    assert list(machines_in({"Content-Type": "application/json", "X-Request-Id": "1"})) == []


def test_what_a_machine_calls_itself_is_bounded() -> None:
    """It ends up on a page."""
    (machine,) = machines_in({"Server": "x" * 10_000})

    assert len(machine.name) < 200
    assert len(machine.evidence) < 300
    assert isinstance(machine, Machine)


def test_the_names_in_a_certificate_are_read(tmp_path: Path) -> None:
    """Who made it, of which organization."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    path = tmp_path / "certificate.pem"
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(tmp_path / "key.pem")]
    about = ["-subj", "/O=Zscaler Inc./OU=Cloud/CN=Zscaler Intermediate Root CA", "-days", "2"]
    subprocess.run([openssl, "req", "-x509", *key, *about, "-out", str(path)], check=True, capture_output=True)

    certificate = read_certificate(ssl.PEM_cert_to_DER_cert(path.read_text()))

    assert certificate is not None
    assert certificate.issuer == "Zscaler Intermediate Root CA (Zscaler Inc., Cloud)"
    assert certificate.self_signed
    assert certificate.inspector == "Zscaler"


@pytest.mark.parametrize("der", [b"", b"\x30", b"\x30\x03\x02\x01\x05", b"nonsense" * 10])
def test_what_is_no_certificate_is_none(der: bytes) -> None:
    """Whatever it is."""
    assert read_certificate(der) is None


@pytest.mark.parametrize("issuer", ["R11 (Let's Encrypt)", "DigiCert Global G2", "Example Ltd CA"])
def test_an_ordinary_authority_is_no_inspector(issuer: str) -> None:
    """Its name is nobody's who makes inspecting proxies."""
    assert Certificate(issuer, "transom.example").inspector is None
