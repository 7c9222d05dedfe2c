"""Values and texts without what JSON has not."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import cast

import pydantic_core
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import JsonValue

from plugins.runtime.plain_json import DEEPEST, plain_json, plain_text

#: Any text, also what Python holds and UTF-8 does not: halves of pairs.
texts = st.text(st.characters(exclude_categories=()))
values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


def fits(value: JsonValue) -> bool:
    """Whether strict JSON in UTF-8 can carry the value, and PostgreSQL can store it: a text there has no NUL."""
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except ValueError:
        return False
    return not any("\0" in text for text in every_text(value))


def every_text(value: JsonValue) -> Iterator[str]:
    """Names of members too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from every_text(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from every_text(item)


@given(values)
@example({"\0": None})
def test_what_comes_out_is_json(value: JsonValue) -> None:
    """Whatever goes in, every client can read what comes out, and a second pass changes nothing."""
    cleaned = plain_json(value)

    assert fits(cleaned)
    assert pydantic_core.from_json(pydantic_core.to_json(cleaned)) == cleaned
    assert plain_json(cleaned) is cleaned


@given(values)
@example({"\0": None})
@example(["\\u0000"])
def test_what_was_fit_is_the_very_same(value: JsonValue) -> None:
    """Nothing is copied where nothing is wrong, and only then."""
    assert (plain_json(value) is value) == fits(value)


def test_only_what_is_wrong_becomes_null() -> None:
    """The neighbours of a bad number stay as they are."""
    odd: JsonValue = {"a": [1.5, math.nan], "b": {"c": -math.inf}, "d": "x"}

    assert plain_json(odd) == {"a": [1.5, None], "b": {"c": None}, "d": "x"}


def test_half_a_character_is_replaced_and_whole_ones_stay() -> None:
    """A text that was read with the wrong encoding can still be shown."""
    assert plain_text("caf\udce9 \U0001f6b2") == "caf\ufffd \U0001f6b2"
    assert plain_text("no GPU:\0 driver") == "no GPU:\ufffd driver"


def test_what_lies_too_deep_is_replaced() -> None:
    """Readers of JSON give up somewhere: nobody has to find out where, and what lies less deep stays as it is."""
    value: JsonValue = "found"
    for _ in range(DEEPEST):
        value = [value]
    deeper: JsonValue = {"deep": [[value]], "shallow": [1, {"two": 2}]}

    assert plain_json(value) is value
    assert json.dumps(plain_json(deeper)).count("[") == DEEPEST + 1
    assert "found" not in json.dumps(plain_json(deeper))
    assert cast("dict[str, JsonValue]", plain_json(deeper))["shallow"] == [1, {"two": 2}]
