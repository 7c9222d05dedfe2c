"""Text as small pictures: drawn once, then only put where it belongs."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from plugins.frames import Pixels
from plugins.rendering.palette import DARK, Colour

#: Letters of many scripts, where the machine has them; Pillow brings its own, which know Latin ones only.
FONT: Final = "DejaVuSans-Bold.ttf"
#: Of a label, and around it.
CHARACTERS_AT_MOST: Final = 60
ROOM_PIXELS: Final = 5
#: Pictures that are kept: a label with a score changes with every frame.
MAX_KEPT: Final = 512


@lru_cache(maxsize=MAX_KEPT)
def written(text: str, pixels: int, ground: Colour) -> Pixels:
    """The text, dark on a colour, in letters of that height; not to be written to."""
    text = _in_one_line(text)
    font = _font(pixels)
    left, _, right, _ = font.getbbox(text)
    size = (max(1, round(right - left)) + 2 * ROOM_PIXELS, pixels + ROOM_PIXELS)
    # The channels are OpenCV's: Pillow need not know.
    image = Image.new("RGB", size, ground)
    ImageDraw.Draw(image).text((ROOM_PIXELS - left, size[1] / 2), text, fill=DARK, font=font, anchor="lm")
    return np.asarray(image, dtype=np.uint8)


def _in_one_line(text: str) -> str:
    shown = "".join(character if character.isprintable() else " " for character in text)
    return shown if len(shown) <= CHARACTERS_AT_MOST else f"{shown[: CHARACTERS_AT_MOST - 1]}…"


@lru_cache(maxsize=8)
def _font(pixels: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.truetype(FONT, pixels)
    except OSError:
        return ImageFont.load_default(pixels)
