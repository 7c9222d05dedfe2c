"""From what Pillow decoded to 8-bit BGR as a person sees it.

An image is turned as its EXIF data say, transparent parts lie over white, deep values are brought down to 8 bits.
Embedded colour profiles are not applied.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from plugins.frames import Pixels

#: The greatest value of a 16-bit gray.
SIXTEEN_BITS = 0xFFFF


def bgr_of(image: Image.Image) -> Pixels:
    """The pixels of the image's current frame; raises what Pillow raises where they can't be decoded."""
    image.load()
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I") or upright.mode == "F":
        return np.repeat(_eight_bits(np.asarray(upright))[:, :, np.newaxis], 3, axis=2)
    if upright.has_transparency_data:
        opaque = Image.new("RGBA", upright.size, "white")
        opaque.alpha_composite(upright.convert("RGBA"))
        upright = opaque
    rgb = np.asarray(upright.convert("RGB"), dtype=np.uint8)
    return np.ascontiguousarray(rgb[:, :, ::-1])


def _eight_bits(values: npt.NDArray[Any]) -> Pixels:
    """Deep grays: 16 bits by their upper half; wider and float ones, which have no known white, by their range."""
    finite = np.nan_to_num(values, posinf=0, neginf=0)
    low, high = float(finite.min()), float(finite.max())
    if finite.dtype.kind in "iu" and low >= 0 and high <= SIXTEEN_BITS:
        return np.asarray(finite >> 8, dtype=np.uint8)
    if high == low:
        return np.zeros(finite.shape, dtype=np.uint8)
    return np.asarray((finite - low) * (255.0 / (high - low)), dtype=np.uint8)
