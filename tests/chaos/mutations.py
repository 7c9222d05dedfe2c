"""Ways to break a file: bits flipped, ends cut off, parts taken out, doubled, put from elsewhere, numbers blown up."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from typing import Final

#: Headers lie mostly here; numbers blown up elsewhere hit mostly pixels.
HEADER_BYTES: Final = 256
PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"

#: What a count or a length is never meant to be.
EXTREMES: Final = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 100_000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 2**63 - 1)


def _place(size: int, rng: random.Random) -> int:
    """A byte of the file, half of the time among its first or last."""
    where = rng.random()
    if where < 0.4:
        return rng.randrange(min(size, HEADER_BYTES))
    if where < 0.5:
        return size - 1 - rng.randrange(min(size, HEADER_BYTES))
    return rng.randrange(size)


def _flip_bits(content: bytes, _other: bytes, rng: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.choice((1, 2, 8, 64))):
        changed[_place(len(changed), rng)] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _cut(content: bytes, _other: bytes, rng: random.Random) -> bytes:
    return content[: _place(len(content), rng)]


def _take_out(content: bytes, _other: bytes, rng: random.Random) -> bytes:
    start = _place(len(content), rng)
    return content[:start] + content[start + rng.randrange(1, 2 + len(content) // 4) :]


def _double(content: bytes, _other: bytes, rng: random.Random) -> bytes:
    start = _place(len(content), rng)
    end = start + rng.randrange(1, 2 + len(content) // 4)
    return content[:end] + content[start:end] * rng.choice((1, 2, 20)) + content[end:]


def _splice(content: bytes, other: bytes, rng: random.Random) -> bytes:
    return content[: _place(len(content), rng)] + other[_place(len(other), rng) :]


def _overwrite(content: bytes, _other: bytes, rng: random.Random) -> bytes:
    start = _place(len(content), rng)
    noise = rng.randbytes(rng.choice((4, 40, 400)))
    return content[:start] + noise + content[start + len(noise) :]


def _blow_up(content: bytes, _other: bytes, rng: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 3))):
        length = rng.choice((1, 2, 4, 8))
        number = (rng.choice(EXTREMES) & (256**length - 1)).to_bytes(length, rng.choice(("big", "little")))
        start = _place(len(changed), rng)
        changed[start : start + length] = number
    return bytes(changed)


#: The last one twice: numbers are what decoders trust.
MUTATIONS: Final[tuple[Callable[[bytes, bytes, random.Random], bytes], ...]] = (
    _flip_bits, _cut, _take_out, _double, _splice, _overwrite, _blow_up, _blow_up,
)  # fmt: skip


def mutated(content: bytes, other: bytes, rng: random.Random) -> bytes:
    """The file, broken in one to three ways; `other` is another good file, to take parts from."""
    for _ in range(rng.choice((1, 1, 2, 3))):
        content = rng.choice(MUTATIONS)(content, other, rng) or content
    # A checksum would stop a decoder before it meets what was changed: half of them are made right again.
    return _with_checksums(content) if content.startswith(PNG_SIGNATURE) and rng.random() < 0.5 else content


def _with_checksums(png: bytes) -> bytes:
    """The PNG with the right checksum after each chunk, as far as its lengths lead."""
    made = bytearray(png)
    start = len(PNG_SIGNATURE)
    while start + 12 <= len(made):
        (length,) = struct.unpack_from(">I", made, start)
        end = start + 8 + length
        if end + 4 > len(made):
            break
        struct.pack_into(">I", made, end, zlib.crc32(made[start + 4 : end]))
        start = end + 4
    return bytes(made)
