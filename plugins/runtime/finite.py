"""Values that JSON can carry: it has no infinity and no "not a number", and browsers refuse both."""

from __future__ import annotations

import math

from pydantic import JsonValue


def finite(value: JsonValue) -> JsonValue:
    """The same value, its very self where nothing is wrong; else a copy with null for what is no finite number."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        items = [finite(item) for item in value]
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    if isinstance(value, dict):
        members = {name: finite(item) for name, item in value.items()}
        return members if any(members[name] is not item for name, item in value.items()) else value
    return value
