"""What a client may ask for, read the same way on every transport."""

from __future__ import annotations

import pytest
from starlette.datastructures import QueryParams

from app.errors import InvalidQuery
from app.realtime.cursor import Cursor
from app.realtime.message_types import MessageType
from app.realtime.query import MAX_NAMED, parse_query


def test_nothing_named_is_everything_from_now() -> None:
    """The defaults: all jobs, all types, from now, a session of its own."""
    first, second = parse_query(QueryParams("")), parse_query(QueryParams(""))
    assert (first.wanted.job_ids, first.wanted.batch_ids, first.wanted.types) == (None, None, None)
    assert (first.since, first.heartbeat, first.probe, first.wait) == ("now", 30, False, 0)
    assert first.session_id != second.session_id


def test_everything_named_is_read() -> None:
    """Repeated, comma-separated and plain parameters."""
    query = parse_query(
        QueryParams(
            "job_id=a&job_id=b&batch_id=c&types=frame,%20warning&since=start&session_id=me&heartbeat=12.5&probe=true&wait=55"
        )
    )
    assert query.wanted.job_ids == frozenset({"a", "b"})
    assert query.wanted.batch_ids == frozenset({"c"})
    assert query.wanted.types == frozenset({MessageType.FRAME, MessageType.WARNING})
    assert (query.since, query.session_id, query.heartbeat) == ("start", "me", 12.5)
    assert (query.probe, query.wait) == (True, 55)


def test_the_last_event_id_wins() -> None:
    """A browser's own reconnect knows better than the address that it was given."""
    query = parse_query(QueryParams("since=start"), last_event_id="abc-7")
    assert query.since == Cursor("abc", 7)


@pytest.mark.parametrize(
    "text",
    [
        "since=7",
        "since=abc-",
        "heartbeat=4.9",
        "heartbeat=61",
        "heartbeat=often",
        "heartbeat=nan",
        "wait=-1",
        "wait=55.1",
        "types=ping",
        "types=frames",
        "probe=perhaps",
        "session_id=",
        "session_id=" + "x" * 65,
        "job_id=a%20b",
        "&".join(f"job_id=j{number}" for number in range(MAX_NAMED + 1)),
    ],
)
def test_what_can_not_be_used_is_refused_by_name(text: str) -> None:
    """The error names the parameter."""
    with pytest.raises(InvalidQuery) as caught:
        parse_query(QueryParams(text))
    assert f"'field': '{text.split('=', maxsplit=1)[0]}'" in str(caught.value.extra)
