"""What an upload is, by its first bytes. Names and declared types are never believed.

Known is what the plugins' decoders take, and nothing else: no vector image, playlist or session description, for those
name other files.
"""

from __future__ import annotations

import re
from typing import Final

from app.errors import UnsupportedInput

#: Bytes that decide.
HEAD_BYTES: Final = 4096

#: A file that begins so is of that type.
_SIGNATURES: Final[tuple[tuple[re.Pattern[bytes], str], ...]] = tuple(
    (re.compile(pattern, re.DOTALL), name)
    for pattern, name in (
        (rb"\xff\xd8\xff", "image/jpeg"),
        (rb"\x89PNG\r\n\x1a\n", "image/png"),
        (rb"GIF8[79]a", "image/gif"),
        (rb"RIFF....WEBP", "image/webp"),
        (rb"II[*+]\0|MM\0[*+]", "image/tiff"),
        # The header's length, after the file's length and four zeros, is one of a few.
        (rb"BM....\0{4}....[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", "image/bmp"),
        (rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51", "image/jp2"),
        (rb"P[1-6]\s", "image/x-portable-anymap"),
        (rb"RIFF....AVI[ X]", "video/x-msvideo"),
        (rb"FLV\x01", "video/x-flv"),
        (rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c", "video/x-ms-wmv"),
        # Ogg says in its first pages which codecs it holds; sound alone is no input.
        (rb"OggS.*?(?:\x80theora|OVP80|BBCD\0|\x01video)", "video/ogg"),
        (rb"\x1a\x45\xdf\xa3.{0,64}?\x42\x82.{1,8}?webm", "video/webm"),
        (rb"\x1a\x45\xdf\xa3.{0,64}?\x42\x82.{1,8}?matroska", "video/x-matroska"),
        (rb"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02", "video/mxf"),
        # A transport stream has no header, only the first byte of its packets, of 188 bytes or 192.
        (rb"\x47.{187}\x47.{187}\x47", "video/mp2t"),
        (rb".{4}\x47.{191}\x47.{191}\x47", "video/mp2t"),
        (rb"\0\0\x01[\xba\xb3]", "video/mpeg"),
        # Streams without a container, as cameras write them, begin with a parameter set or a delimiter.
        (rb"\0{2,3}\x01[\x67\x47\x27\x09]", "video/h264"),
        (rb"\0{2,3}\x01[\x40\x46]\x01", "video/h265"),
        (rb"\0\0\x01\xb0", "video/mp4v-es"),
        # Films from before there were brands.
        (rb"....(?:moov|mdat|wide|free|skip|pnot)", "video/quicktime"),
    )
)
_BRANDED: Final = b"ftyp"
_BRANDS: Final = {b"qt  ": "video/quicktime", b"avif": "image/avif", b"avis": "image/avif"}
#: Sound, and pictures that no decoder here takes, in the same kind of container.
_REFUSED_BRANDS: Final = frozenset(
    {b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"jxl ", b"crx "}
)
_UNDECIDED_BRANDS: Final = frozenset({b"mif1", b"msf1", b"miaf"})


def media_type_of(head: bytes) -> str:
    """The type of a file that begins so, `image/…` or `video/…`; raises `UnsupportedInput`."""
    found = _branded(head) if head[4:8] == _BRANDED else _signed(head)
    if found is None:
        raise UnsupportedInput(
            "The content is of no type that is taken here. Send an image (JPEG, PNG, WebP, GIF, TIFF, BMP, AVIF) or a "
            "video (MP4, MOV, WebM, Matroska, AVI, MPEG, FLV, WMV, Ogg)."
        )
    return found


def _signed(head: bytes) -> str | None:
    return next((name for pattern, name in _SIGNATURES if pattern.match(head)), None)


def _branded(head: bytes) -> str | None:
    """A file of boxes (ISO 14496-12) says what it is by a brand, and lists those that it is compatible with."""
    length = int.from_bytes(head[:4])
    brand = head[8:12]
    compatible = [head[at : at + 4] for at in range(16, min(length, len(head)) - 3, 4)]
    if brand in _UNDECIDED_BRANDS:
        brand = next((item for item in compatible if item in _BRANDS or item in _REFUSED_BRANDS), b"heic")
    if brand in _REFUSED_BRANDS or len(brand) < 4:
        return None
    return _BRANDS.get(brand, "video/mp4")
