"""A small, good file of every kind that is taken: what mutations begin with."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, Final

import av
import numpy as np
from av.video.stream import VideoStream
from PIL import Image

from plugins.frames import Pixels

FRAMES: Final = 8
WIDTH, HEIGHT = 64, 48

Maker = Callable[[], bytes]


def picture(index: int) -> Pixels:
    """A picture with edges and noise, different with every index."""
    pixels = np.random.default_rng(index).integers(0, 60, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    pixels[8:24, 4 + 4 * index : 20 + 4 * index] += 120
    return pixels


def _image(kind: str, mode: str = "RGB", *, frames: int = 1, **options: Any) -> Maker:
    def make() -> bytes:
        first, *others = [Image.fromarray(picture(index)).convert(mode) for index in range(frames)]
        buffer = io.BytesIO()
        if others:
            options.update(save_all=True, append_images=others)
        first.save(buffer, kind, **options)
        return buffer.getvalue()

    return make


def _deep_image(kind: str) -> Maker:
    def make() -> bytes:
        deep = np.linspace(0, 65535, WIDTH * HEIGHT).astype(np.uint16).reshape(HEIGHT, WIDTH)
        buffer = io.BytesIO()
        Image.fromarray(deep).save(buffer, kind)
        return buffer.getvalue()

    return make


def _video(container: str, codec: str, pixel_format: str = "yuv420p", *, size: tuple[int, int] | None = None) -> Maker:
    def make() -> bytes:
        buffer = io.BytesIO()
        with av.open(buffer, mode="w", format=container) as output:
            stream = output.add_stream(codec, rate=Fraction(25))
            assert isinstance(stream, VideoStream)
            stream.width, stream.height = size or (WIDTH, HEIGHT)
            stream.pix_fmt = pixel_format
            stream.codec_context.gop_size = 4
            for index in range(FRAMES):
                frame = av.VideoFrame.from_ndarray(picture(index), format="rgb24")
                output.mux(stream.encode(frame.reformat(stream.width, stream.height)))
            output.mux(stream.encode(None))
        return buffer.getvalue()

    return make


MAKERS: Final[dict[str, Maker]] = {
    "jpeg": _image("JPEG", quality=90),
    "jpeg-progressive": _image("JPEG", progressive=True),
    "jpeg-cmyk": _image("JPEG", "CMYK"),
    "png": _image("PNG"),
    "png-palette": _image("PNG", "P"),
    "png-alpha": _image("PNG", "RGBA"),
    "png-deep": _deep_image("PNG"),
    "png-animated": _image("PNG", frames=FRAMES, duration=40),
    "gif": _image("GIF", "P"),
    "gif-animated": _image("GIF", "P", frames=FRAMES, duration=40),
    "webp": _image("WEBP"),
    "webp-lossless": _image("WEBP", "RGBA", lossless=True),
    "webp-animated": _image("WEBP", frames=FRAMES, duration=40),
    "tiff": _image("TIFF"),
    "tiff-lzw": _image("TIFF", compression="tiff_lzw"),
    "tiff-deflate-pages": _image("TIFF", frames=3, compression="tiff_adobe_deflate"),
    "tiff-jpeg": _image("TIFF", compression="jpeg"),
    "tiff-fax": _image("TIFF", "1", compression="group4"),
    "tiff-lab": _image("TIFF", "LAB"),
    "tiff-deep": _deep_image("TIFF"),
    "bmp": _image("BMP"),
    "bmp-palette": _image("BMP", "P"),
    "avif": _image("AVIF", speed=10),
    "avif-animated": _image("AVIF", frames=3, speed=10, duration=40),
    "jpeg2000": _image("JPEG2000"),
    "ppm": _image("PPM"),
    "pgm": _image("PPM", "L"),
    "mp4-h264": _video("mp4", "libx264"),
    "mp4-hevc": _video("mp4", "libx265"),
    "mp4-av1": _video("mp4", "libsvtav1", size=(128, 96)),
    "mp4-mpeg4": _video("mp4", "mpeg4"),
    "mov-prores": _video("mov", "prores_ks", "yuv422p10le"),
    "matroska-h264": _video("matroska", "libx264", "yuv444p"),
    "matroska-ffv1": _video("matroska", "ffv1"),
    "webm-vp8": _video("webm", "libvpx"),
    "webm-vp9": _video("webm", "libvpx-vp9"),
    "avi-mpeg4": _video("avi", "mpeg4"),
    "avi-mjpeg": _video("avi", "mjpeg", "yuvj420p"),
    "mpegts-h264": _video("mpegts", "libx264"),
    "mpegts-mpeg2": _video("mpegts", "mpeg2video"),
    "mpeg-mpeg1": _video("mpeg", "mpeg1video"),
    "flv": _video("flv", "flv"),
    "asf-wmv2": _video("asf", "wmv2"),
    "ogg-vp8": _video("ogg", "libvpx"),
    "mxf-mpeg2": _video("mxf", "mpeg2video"),
    "raw-h264": _video("h264", "libx264"),
    "raw-hevc": _video("hevc", "libx265"),
    "raw-mpeg2": _video("mpeg2video", "mpeg2video"),
    "raw-mpeg4": _video("m4v", "mpeg4"),
}


def good_files() -> Iterator[tuple[str, bytes]]:
    """Each kind's name and a good file of it."""
    for name, make in MAKERS.items():
        yield name, make()
