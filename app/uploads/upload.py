"""A file that arrives piece by piece."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.errors import Invalid

#: What a client may say of a file, in characters.
MAX_ABOUT_CHARACTERS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An upload as its row has it."""

    id: str
    tenant: str
    #: Bytes that it will have.
    length: int
    #: Bytes from the start that are stored.
    received: int
    #: tus' `Upload-Metadata`, as it came.
    about: str
    expires_at_ms: int
    #: The job that took it.
    job_id: str | None = None

    @property
    def complete(self) -> bool:
        """Whether every byte is there."""
        return self.received == self.length

    @property
    def name(self) -> str | None:
        """The file's name, where the client told one."""
        values = parse_about(self.about)
        return values.get("filename") or values.get("name") or None


def upload_from_row(row: sa.Row[Any]) -> Upload:
    """The upload of a row."""
    return Upload(
        id=row.id,
        tenant=row.tenant,
        length=row.length,
        received=row.received,
        about=row.about,
        expires_at_ms=row.expires_at_ms,
        job_id=row.job_id,
    )


def parse_about(text: str) -> dict[str, str]:
    """The pairs of an `Upload-Metadata`: keys, and values in Base64; raises `Invalid`."""
    message = "has keys and values in Base64, separated by commas"
    problem = Invalid(f"Upload-Metadata {message}", errors=[{"field": "Upload-Metadata", "message": message}])
    if len(text) > MAX_ABOUT_CHARACTERS:
        raise problem
    pairs: dict[str, str] = {}
    for item in text.split(",") if text.strip() else ():
        key, _, value = item.strip().partition(" ")
        try:
            content = base64.b64decode(value.strip(), validate=True)
        except binascii.Error:
            raise problem from None
        if not key or not key.isascii():
            raise problem
        pairs[key] = content.decode("utf-8", "replace")
    return pairs
