"""Certificates that sign themselves, for servers of tests."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest


class Certificate(NamedTuple):
    """Where it lies, and where its key does."""

    path: Path
    key: Path


def make_certificate(folder: Path, subject: str = "/CN=127.0.0.1") -> Certificate:
    """One for 127.0.0.1, in this folder; skips the test where there is no openssl."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    about = ["-subj", subject, "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", "-out", str(made.path)]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(made.key)]
    subprocess.run([openssl, "req", "-x509", *key, *about], check=True, capture_output=True)
    return made


def server_side(listener: socket.socket, certificate: Certificate) -> ssl.SSLSocket:
    """The same socket, whose connections are encrypted once something is read of them."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.path, certificate.key)
    # On the thread that has the connection, not on the one that takes them.
    return context.wrap_socket(listener, server_side=True, do_handshake_on_connect=False)
