"""Whom a client trusts: the system's own store of certificates, and a bundle beside it."""

from __future__ import annotations

import ssl
from pathlib import Path

import truststore


def trusting(ca_bundle: Path | None) -> ssl.SSLContext:
    """What the system trusts (a proxy that inspects TLS is found there), and the certificates of the bundle.

    Raises `OSError` where the bundle can't be read or holds no certificate.
    """
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_bundle is not None:
        context.load_verify_locations(cafile=str(ca_bundle))
    return context
