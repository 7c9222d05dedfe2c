"""Whose certificate it is: the names in it, read without trusting it, and whether they are those of who inspects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_SEQUENCE: Final = 0x30
_SET: Final = 0x31
_VERSION: Final = 0xA0
_OID: Final = 0x06
_UTF16: Final = 0x1E
_COMMON_NAME: Final = bytes.fromhex("550403")
_ORGANIZATION: Final = bytes.fromhex("55040a")
_UNIT: Final = bytes.fromhex("55040b")

#: Makers of machines that open encrypted connections, read them and encrypt them anew.
_INSPECTORS: Final = re.compile(
    r"mitmproxy|zscaler|netskope|goskope|blue ?coat|symantec web|broadcom|forti(?:net|gate)|palo alto|sophos|"
    r"cisco umbrella|umbrella|mcafee|skyhigh|trellix|barracuda|check ?point|forcepoint|websense|iboss|menlo|"
    r"untangle|smoothwall|lightspeed|watchguard|sonicwall|squid|charles proxy|fiddler|burp|kaspersky|eset|avast|"
    r"bitdefender|securly|contentkeeper|cato networks",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """The names in a certificate: who made it, and for whom."""

    issuer: str
    subject: str

    @property
    def self_signed(self) -> bool:
        """Nobody but itself vouches for it."""
        return self.issuer == self.subject

    @property
    def inspector(self) -> str | None:
        """The name of a maker of inspecting proxies that is in the issuer's."""
        found = _INSPECTORS.search(self.issuer)
        return found[0] if found else None


def read_certificate(der: bytes) -> Certificate | None:
    """The names in a certificate as TLS sends it; None for one that can't be read."""
    try:
        (_, certificate), *_ = _items(der)
        (_, signed), *_ = _items(certificate)
        fields = [item for item in _items(signed) if item[0] != _VERSION]
        # serial number, algorithm, issuer, validity, subject, …
        return Certificate(issuer=_name(fields[2][1]), subject=_name(fields[4][1]))
    except (IndexError, ValueError):
        return None


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The tag and the content of each element, one after the other; raises `ValueError` where it is none."""
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            octets = length & 0x7F
            length, at = int.from_bytes(data[at : at + octets]), at + octets
        if at + length > len(data):
            raise ValueError("cut off")
        yield tag, data[at : at + length]
        at += length


def _name(content: bytes) -> str:
    """`Common name (organization, unit)`."""
    found: dict[bytes, str] = {}
    for tag, attributes in _items(content):
        if tag != _SET:
            raise ValueError("not a name")
        for _, attribute in _items(attributes):
            (kind, oid), (encoding, value), *_ = _items(attribute)
            if kind == _OID:
                found.setdefault(oid, value.decode("utf-16-be" if encoding == _UTF16 else "utf-8", errors="replace"))
    common, *more = [found[oid] for oid in (_COMMON_NAME, _ORGANIZATION, _UNIT) if oid in found] or ["no name"]
    more = [each for each in more if each != common]
    return f"{common} ({', '.join(more)})" if more else common
