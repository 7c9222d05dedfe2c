"""MP4 and Matroska files whose parts lie elsewhere, as far as the formats allow it."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

#: Boxes on the way from a file to the list of files that its data are in.
WAY_TO_REFERENCES: Final = frozenset({b"moov", b"trak", b"mdia", b"minf", b"dinf"})
SEGMENT, MATROSKA_INFO = b"\x18\x53\x80\x67", b"\x15\x49\xa9\x66"
NEXT_UID, NEXT_FILE = b"\x3e\xb9\x23", b"\x3e\x83\xbb"


def box(name: bytes, content: bytes) -> bytes:
    """One box of ISO 14496-12."""
    return struct.pack(">I", 8 + len(content)) + name + content


def boxes(content: bytes) -> list[tuple[bytes, bytes]]:
    """The names and contents of the boxes that lie one after the other."""
    found, start = [], 0
    while start + 8 <= len(content):
        (size,) = struct.unpack_from(">I", content, start)
        found.append((content[start + 4 : start + 8], content[start + 8 : start + size]))
        start += size
    return found


def with_data_elsewhere(mp4: bytes, reference: bytes) -> bytes:
    """The MP4, whose pictures are said to be in the file that `reference` names. Its index comes after its data."""
    rebuilt = b""
    for name, content in boxes(mp4):
        if name in WAY_TO_REFERENCES:
            rebuilt += box(name, with_data_elsewhere(content, reference))
        elif name == b"dref":
            rebuilt += box(name, content[:4] + struct.pack(">I", 1) + reference)
        else:
            rebuilt += box(name, content)
    return rebuilt


def url_reference(address: str) -> bytes:
    """Data at an address."""
    return box(b"url ", bytes(4) + address.encode() + b"\0")


def alias_reference(path: Path) -> bytes:
    """Data in a file, as old editing programs named it: with colons, in a block of fields that nobody needs."""
    name = str(path).replace("/", ":").encode()
    fields = bytes(4 + 10) + bytes(1 + 27) + bytes(12) + bytes(1 + 63) + bytes(16)
    levels = struct.pack(">HH", 1, 1) + bytes(16)
    absolute_path = struct.pack(">HH", 2, len(name)) + name + bytes(len(name) % 2)
    return box(b"alis", (fields + levels + absolute_path + b"\xff\xff\0\0").ljust(200, b"\0"))


def with_next_segment(matroska: bytes, path: Path) -> bytes:
    """The Matroska file, said to go on in another one."""
    name = str(path).encode()
    next_file = NEXT_FILE + struct.pack(">H", 0x4000 | len(name)) + name
    content = NEXT_UID + b"\x90" + bytes(range(16)) + next_file
    start = matroska.index(SEGMENT) + len(SEGMENT)
    info = MATROSKA_INFO + struct.pack(">H", 0x4000 | len(content)) + content
    # The segment is longer now: of unknown size.
    return matroska[:start] + b"\x01" + b"\xff" * 7 + info + matroska[start + 8 :]
