"""Colours of what was found: a label has the same one in every video, and the same as in the web UI.

They can be told apart with every kind of colour-blindness, stand out on dark and on bright pictures with the dark line
around them, and carry dark text.
"""

from __future__ import annotations

from typing import Final

Colour = tuple[int, int, int]


def _bgr(code: str) -> Colour:
    red, green, blue = bytes.fromhex(code)
    return blue, green, red


COLOURS: Final = tuple(_bgr(code) for code in ("56b4e9", "f0e442", "2cc295", "e69f00", "d98cc0", "7d9bff", "d8d4c8"))
#: Text on any of them, and the line around what is drawn.
DARK: Final = _bgr("0b0e13")

_FNV_BASIS: Final = 0x811C9DC5
_FNV_PRIME: Final = 0x01000193
_LOW: Final = 0xFFFFFFFF


def colour_of(label: str) -> Colour:
    """The colour of a label, in OpenCV's order."""
    # FNV-1a over what JavaScript takes for characters, as `palette.ts` does it.
    code = label.encode("utf-16-le", "surrogatepass")
    value = _FNV_BASIS
    for at in range(0, len(code), 2):
        value = ((value ^ int.from_bytes(code[at : at + 2], "little")) * _FNV_PRIME) & _LOW
    return COLOURS[(value >> 8) % len(COLOURS)]
