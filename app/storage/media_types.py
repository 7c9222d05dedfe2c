"""What an upload is, by its first bytes. Names and declared types are never believed."""

from __future__ import annotations

from typing import Final

import puremagic

from app.errors import UnsupportedInput

#: Bytes that decide.
HEAD_BYTES: Final = 4096
#: What a decoder is handed. Playlists and vector images are not among them: they name other files.
ACCEPTED: Final = frozenset(
    {
        "image/avif",
        "image/bmp",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/tiff",
        "image/webp",
        "video/mp2t",
        "video/mp4",
        "video/mpeg",
        "video/ogg",
        "video/quicktime",
        "video/webm",
        "video/x-flv",
        "video/x-matroska",
        "video/x-ms-wmv",
        "video/x-msvideo",
    }
)
#: The registered names of what puremagic calls otherwise.
_NAMES: Final = {
    "application/ogg": "video/ogg",
    "audio/ogg": "video/ogg",
    "image/x-ms-bmp": "image/bmp",
    "video/avi": "video/x-msvideo",
    "video/dvd": "video/mpeg",
    "video/x-m4v": "video/mp4",
    "video/3gpp": "video/mp4",
    "video/x-ms-asf": "video/x-ms-wmv",
}
_TS_PACKET: Final = 188


def media_type_of(head: bytes) -> str:
    """The type of a file that begins so; raises `UnsupportedInput`."""
    found = _identify(head)
    if found not in ACCEPTED:
        what = f"The content is {found}" if found else "The content is of no type that is known here"
        raise UnsupportedInput(
            f"{what}. Send an image (JPEG, PNG, WebP, GIF, TIFF, BMP, AVIF) or a video "
            "(MP4, MOV, WebM, Matroska, AVI, MPEG, FLV, WMV, Ogg)."
        )
    return found


def _identify(head: bytes) -> str:
    if not head:
        return ""
    # An MPEG transport stream has no header, only its packets' first byte.
    if len(head) > 2 * _TS_PACKET and all(head[at] == 0x47 for at in (0, _TS_PACKET, 2 * _TS_PACKET)):
        return "video/mp2t"
    try:
        name = puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        return ""
    return _NAMES.get(name, name)
