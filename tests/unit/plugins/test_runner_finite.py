"""Values without what JSON has not."""

from __future__ import annotations

import json
import math

from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from plugins.runtime.finite import finite

values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(values)
def test_what_comes_out_is_json(value: JsonValue) -> None:
    """Whatever goes in, strict JSON can carry what comes out, and a second pass changes nothing."""
    cleaned = finite(value)

    assert json.loads(json.dumps(cleaned, allow_nan=False)) == cleaned
    assert finite(cleaned) is cleaned


@given(values)
def test_what_was_fit_is_the_very_same(value: JsonValue) -> None:
    """Nothing is copied where nothing is wrong, and only then."""
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        assert finite(value) is not value
    else:
        assert finite(value) is value


def test_only_what_is_wrong_becomes_null() -> None:
    """The neighbours of a bad number stay as they are."""
    assert finite({"a": [1.5, math.nan], "b": {"c": -math.inf}, "d": "x"}) == {
        "a": [1.5, None],
        "b": {"c": None},
        "d": "x",
    }
