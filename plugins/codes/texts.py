"""What a code says, safe to show: a code may hold any bytes, and whoever prints one decides which."""

from __future__ import annotations

import unicodedata
from typing import Final

#: Control characters that texts are made of: a business card has many lines.
_KEPT: Final = frozenset("\t\n\r")
#: Controls, half characters, and invisible marks, which include those that turn the direction of writing.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
#: Joins letters in several scripts, and the parts of an emoji.
_JOINERS: Final = frozenset("\u200c\u200d")


def readable(text: str) -> str:
    """The text, with `<U+001B>` for each character that would act on a screen instead of being seen."""
    if text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character in _KEPT or character in _JOINERS or unicodedata.category(character) not in _HIDDEN:
        return character
    return f"<U+{ord(character):04X}>"
