"""From what Pillow decoded to 8-bit BGR as a person sees it.

An image is turned as its EXIF data say, transparent parts lie over white, deep values are brought down to 8 bits.
Embedded colour profiles are not applied.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageOps

from plugins.frames import Pixels

#: What Pillow raises on broken data, by format, and where data have a meaning that it did not expect.
DAMAGE: Final = (
    OSError, SyntaxError, ValueError, EOFError, LookupError, RuntimeError, TypeError, AttributeError, ArithmeticError,
    AssertionError, struct.error, zlib.error,
)  # fmt: skip
#: The greatest value of a 16-bit gray.
SIXTEEN_BITS: Final = 0xFFFF


def bgr_of(image: Image.Image) -> Pixels:
    """The pixels of the image's current frame; raises one of `DAMAGE` where they can't be decoded."""
    image.load()
    upright = _upright(image)
    if upright.mode.startswith("I") or upright.mode == "F":
        return np.repeat(_eight_bits(np.asarray(upright))[:, :, np.newaxis], 3, axis=2)
    if upright.has_transparency_data:
        opaque = Image.new("RGBA", upright.size, "white")
        opaque.alpha_composite(_converted(upright, "RGBA"))
        upright = opaque
    rgb = np.asarray(_converted(upright, "RGB"), dtype=np.uint8)
    return np.ascontiguousarray(rgb[:, :, ::-1])


def _upright(image: Image.Image) -> Image.Image:
    try:
        if image.getexif().get(ExifTags.Base.Orientation, 1) == 1:
            # Pillow would make a copy.
            return image
        return ImageOps.exif_transpose(image)
    except DAMAGE:
        # The pixels were decoded; that the data about them can't be read is no reason to refuse them.
        return image


def _converted(image: Image.Image, mode: str) -> Image.Image:
    return image if image.mode == mode else image.convert(mode)


def _eight_bits(values: npt.NDArray[Any]) -> Pixels:
    """Deep grays: 16 bits by their upper half; wider and float ones, which have no known white, by their range."""
    finite = np.nan_to_num(values, posinf=0, neginf=0)
    low, high = float(finite.min()), float(finite.max())
    if finite.dtype.kind in "iu" and low >= 0 and high <= SIXTEEN_BITS:
        return np.asarray(finite >> 8, dtype=np.uint8)
    if high == low:
        return np.zeros(finite.shape, dtype=np.uint8)
    return np.asarray((finite - low) * (255.0 / (high - low)), dtype=np.uint8)
