"""The words between a child and its scribe."""

from __future__ import annotations

import pytest

from tasks.link import MAX_MESSAGE_BYTES, encode


def test_message_that_no_reader_takes_is_not_sent() -> None:
    """A result that is too large fails its job where it was made; sent, it would kill child after child."""
    with pytest.raises(ValueError, match="too long"):
        encode(["end", 1, "done", {"result": "x" * MAX_MESSAGE_BYTES}, []])
