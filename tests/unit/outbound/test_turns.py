"""One host does not take all the places."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from app.errors import TooBusy
from app.outbound.turns import Turns


def test_a_host_leaves_room_for_others_and_all_have_a_bound() -> None:
    """A turn too many is refused, and one that has ended, however it did, is free again."""
    turns = Turns(most=3, most_a_host=2)
    with ExitStack() as held:
        held.enter_context(turns.held("a:80"))
        with pytest.raises(LookupError), turns.held("a:80"):
            raise LookupError
        held.enter_context(turns.held("a:80"))
        with pytest.raises(TooBusy), turns.held("a:80"):
            pass
        with turns.held("b:80"), pytest.raises(TooBusy), turns.held("c:80"):
            pass
        with turns.held("c:80"):
            pass

    with turns.held("a:80"):
        pass
    assert not turns._held
