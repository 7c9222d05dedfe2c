"""What an upload is, by its first bytes alone."""

from __future__ import annotations

import io
from collections.abc import Callable
from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.stream import VideoStream
from PIL import Image

from app.errors import UnsupportedInput
from app.storage.media_types import HEAD_BYTES, media_type_of


def picture(form: str) -> bytes:
    """A small picture in this format."""
    file = io.BytesIO()
    Image.new("RGB", (32, 24), (200, 30, 30)).save(file, form)
    return file.getvalue()


def video(container: str, codec: str) -> bytes:
    """A few frames in this container."""
    file = io.BytesIO()
    with av.open(file, "w", container) as output:
        stream = output.add_stream(codec, rate=Fraction(25))
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = 64, 48
        stream.pix_fmt = "yuv420p"
        for value in range(5):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), value * 40, np.uint8), format="rgb24")
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return file.getvalue()


@pytest.mark.parametrize(
    ("expected", "make"),
    [
        ("image/avif", lambda: picture("AVIF")),
        ("image/bmp", lambda: picture("BMP")),
        ("image/gif", lambda: picture("GIF")),
        ("image/jp2", lambda: picture("JPEG2000")),
        ("image/jpeg", lambda: picture("JPEG")),
        ("image/png", lambda: picture("PNG")),
        ("image/tiff", lambda: picture("TIFF")),
        ("image/webp", lambda: picture("WEBP")),
        ("image/x-portable-anymap", lambda: picture("PPM")),
        ("video/h264", lambda: bytes.fromhex("000000016742c00a")),
        ("video/h265", lambda: bytes.fromhex("0000000140010c01")),
        ("video/mp4v-es", lambda: video("m4v", "mpeg4")),
        ("video/mp2t", lambda: video("mpegts", "mpeg2video")),
        ("video/mp4", lambda: video("mp4", "mpeg4")),
        ("video/mpeg", lambda: video("mpeg", "mpeg1video")),
        ("video/mpeg", lambda: video("vob", "mpeg2video")),
        ("video/quicktime", lambda: video("mov", "mpeg4")),
        ("video/mp4", lambda: video("3gp", "mpeg4")),
        ("video/mxf", lambda: video("mxf", "mpeg2video")),
        ("video/ogg", lambda: video("ogg", "libvpx")),
        ("video/webm", lambda: video("webm", "libvpx")),
        ("video/x-flv", lambda: video("flv", "flv1")),
        ("video/x-matroska", lambda: video("matroska", "mpeg4")),
        ("video/x-ms-wmv", lambda: video("asf", "wmv2")),
        ("video/x-msvideo", lambda: video("avi", "mpeg4")),
    ],
)
def test_what_decoders_take_is_known(expected: str, make: Callable[[], bytes]) -> None:
    """Every format that the plugins' decoder opens is taken, by its registered name."""
    assert expected == media_type_of(make()[:HEAD_BYTES])


@pytest.mark.parametrize(
    "brand", ["isom", "iso2", "iso5", "iso6", "mp41", "mp42", "avc1", "dash", "M4V ", "MSNV", "f4v ", "hvc1"]
)
def test_an_mp4_of_any_brand_is_one(brand: str) -> None:
    """Cameras and packagers name many brands; the container is the same."""
    head = b"\x00\x00\x00\x18ftyp" + brand.encode() + b"\x00\x00\x02\x00isomiso2" + b"\x00\x00\x00\x08free"

    assert media_type_of(head) == "video/mp4"


@pytest.mark.parametrize("box", [b"moov", b"mdat", b"wide", b"free", b"skip"])
def test_a_movie_without_a_brand_is_one(box: bytes) -> None:
    """QuickTime's older files begin with any box."""
    assert media_type_of(b"\x00\x00\x10\x00" + box + bytes(64)) == "video/quicktime"


def test_an_avif_of_an_undecided_brand_is_one() -> None:
    """Its list of compatible brands tells it from HEIC, which no decoder here takes."""
    assert media_type_of(b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf" + bytes(40)) == "image/avif"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"hello, world\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<!doctype html><script>alert(1)</script>",
        b"#EXTM3U\n#EXT-X-VERSION:3\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n",
        b"%PDF-1.7\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"PK\x03\x04" + bytes(60),
        b"\x7fELF\x02\x01\x01" + bytes(60),
        b"ID3\x04" + bytes(60),
        b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(60),
        b"\x00\x00\x00\x18ftypM4A \x00\x00\x02\x00isomiso2" + bytes(40),
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(40),
        b"GIF",
        b"\xff\xd8",
        b"\x00\x00\x00\x18ftyp",
        b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1heicmiaf" + bytes(40),
        b"OggS\x00\x02" + bytes(20) + b"\x01\x1e\x01vorbis" + bytes(40),
        b"BM is how this letter begins, and it goes on",
        bytes(4096),
    ],
)
def test_anything_else_is_refused(head: bytes) -> None:
    """Above all what names other files: vector images, playlists, session descriptions."""
    with pytest.raises(UnsupportedInput):
        media_type_of(head)
