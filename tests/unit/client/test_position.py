"""What is new to a watch and what is not."""

from __future__ import annotations

import pytest

from app.client.message import MalformedMessage, read_message
from app.client.position import Position
from app.realtime.cursor import Cursor, InvalidCursor
from tests.unit.client.scripted_server import HELLO, wire


def test_each_message_is_taken_once_and_in_order() -> None:
    """What was there already, or lies before it, is not new."""
    position = Position()

    taken = [position.take(read_message(wire(seq))) for seq in (1, 2, 2, 1, 5, 4, 6)]

    assert taken == [True, True, False, False, True, False, True]
    assert position.since == "a-6"


def test_what_an_earlier_attempt_says_after_a_later_one_is_not_new() -> None:
    """Once a higher attempt has begun, a lower one is not heard any more."""
    position = Position()

    taken = [position.take(read_message(wire(seq, attempt=attempt))) for seq, attempt in ((1, 1), (2, 2), (3, 1))]

    assert taken == [True, True, False]
    assert position.since == "a-3"


def test_only_a_terminal_status_ends_the_job() -> None:
    """Running is not the end, and neither is a message that merely mentions it."""
    for status, expected in (
        ("queued", False),
        ("running", False),
        ("done", True),
        ("error", True),
        ("cancelled", True),
    ):
        position = Position()
        position.take(read_message(wire(1, "job_status", status=status)))
        assert position.ended is expected
    position = Position()
    position.take(read_message(wire(1, "plugin_status", status="done")))
    assert not position.ended


def test_a_ping_moves_the_cursor_forward_only() -> None:
    """A ping's cursor is safe to go on from, unless it is behind or of another life of the log."""
    position = Position()
    position.take(read_message(wire(5)))

    for cursor, expected in (("a-3", "a-5"), ("b-9", "a-5"), ("a-8", "a-8")):
        position.advance(Cursor.parse(cursor))
        assert position.since == expected


def test_an_end_is_gone_on_from_where_it_was() -> None:
    """What came behind it with the same answer is not handed over, so it is not behind the cursor either."""
    position = Position()
    position.take(read_message(wire(4, "job_status", status="done")))

    position.advance(Cursor.parse("a-9"))

    assert position.since == "a-4"
    position.ended = False
    position.advance(Cursor.parse("a-9"))
    assert position.since == "a-9"


def test_after_a_reset_everything_is_new() -> None:
    """The numbers of another epoch have nothing to do with those before."""
    position = Position("a-7")
    assert position.since == "a-7"

    position.forget()

    assert position.since == "start"
    assert position.take(read_message(wire(1, epoch="b")))


def test_a_cursor_that_is_none_is_refused() -> None:
    """`since` is `start` or a cursor."""
    with pytest.raises(InvalidCursor):
        Position("yesterday")


def test_what_the_connection_says_has_no_place_in_the_log() -> None:
    """A hello is never a message of the job."""
    assert not Position().take(read_message(HELLO))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"type":"x"}', '{"type":"x","payload":1}', '{"type":"x","payload":{},"id":"?"}']
)
def test_what_is_not_a_message_is_refused(text: str) -> None:
    """Whatever else comes along the wire is named as malformed."""
    with pytest.raises(MalformedMessage):
        read_message(text)


def test_a_type_of_a_later_version_is_a_message() -> None:
    """A client reads on when the server has learnt something new; the text stays exactly as it was."""
    text = '{"type" : "novelty", "payload":{"x":1.50},"timestamp":"t","id":"a-1","extra":null}'

    message = read_message(text)

    assert (message.type, message.text, message.cursor) == ("novelty", text, Cursor("a", 1))
