"""Values that JSON can carry: it has no infinity, no "not a number", and no text outside of Unicode.

What lies within each other more than `DEEPEST` times is none either: readers of JSON give up somewhere beyond.
"""

from __future__ import annotations

import math
from typing import Final

from pydantic import JsonValue

DEEPEST: Final = 50


def plain_json(value: JsonValue, *, depth: int = 0) -> JsonValue:
    """The same value, its very self where nothing is wrong.

    Else a copy with null for what is no finite number or lies too deep, a replacement for half a character or NUL.
    """
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth > DEEPEST and isinstance(value, list | dict):
        return None
    if isinstance(value, list):
        items = [plain_json(item, depth=depth + 1) for item in value]
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    if isinstance(value, dict):
        members = [(plain_text(name), plain_json(item, depth=depth + 1)) for name, item in value.items()]
        pairs = zip(members, value.items(), strict=True)
        return dict(members) if any(new[0] is not old[0] or new[1] is not old[1] for new, old in pairs) else value
    return value


def plain_text(text: str) -> str:
    """The same text, with a replacement for what UTF-8 or PostgreSQL can't carry: halves of characters, and NUL."""
    text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
