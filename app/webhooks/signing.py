"""Signatures by the Standard Webhooks specification: a receiver can tell who sent it, what, and when."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from typing import Final

PREFIX: Final = "whsec_"
#: Of a secret, in bytes: what the specification allows.
LEAST_BYTES: Final = 24
MOST_BYTES: Final = 64
_BETWEEN: Final = re.compile(r"[,\s]+")


def keys_of(secrets: str) -> tuple[bytes, ...]:
    """The keys of secrets that are separated by commas or blanks; raises `ValueError`, which quotes none of them."""
    return tuple(_key(text) for text in _BETWEEN.split(secrets) if text)


def headers(keys: tuple[bytes, ...], message_id: str, seconds: int, body: bytes) -> dict[str, str]:
    """What a message is sent with: its id, the time of this try, and a signature by each key."""
    signed = b".".join([message_id.encode(), str(seconds).encode(), body])
    signatures = (base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def _key(text: str) -> bytes:
    if not text.startswith(PREFIX):
        raise ValueError(f"a secret begins with {PREFIX}")
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"what follows {PREFIX} is not Base64") from None
    if not LEAST_BYTES <= len(key) <= MOST_BYTES:
        raise ValueError(f"a secret has {LEAST_BYTES} to {MOST_BYTES} bytes, and one of these has {len(key)}")
    return key
