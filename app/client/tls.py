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


def distrust(error: BaseException) -> ssl.SSLCertVerificationError | None:
    """The refusal of a certificate that an error came of; None where it came of something else."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    return cause
