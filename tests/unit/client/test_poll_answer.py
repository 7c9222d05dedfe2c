"""What a long poll answers."""

from __future__ import annotations

import json

import pytest

from app.client.message import MalformedMessage
from app.client.poll_answer import read_answer
from app.realtime.cursor import Cursor
from tests.unit.client.scripted_server import wire


def test_messages_are_texts_of_the_wire_to_the_letter() -> None:
    """However they were written, and in whatever order the fields come."""
    odd = '{"type" : "novelty", "payload":{"x":1.50, "y":"]},{\\"\\u00e9"},"timestamp":"t","id":"a-2"}'
    for text in (
        f'{{"cursor":"a-2","messages":[{wire(1)},{odd}]}}',
        f' {{ "new": [1, {{}}], "messages" : [ {wire(1)} ,\n {odd} ] , "cursor" : "a-2" }}\n',
    ):
        answer = read_answer(text)

        assert answer.cursor == Cursor("a", 2)
        assert [message.text for message in answer.messages] == [wire(1), odd]
        assert answer.messages[1].payload == json.loads(odd)["payload"]


def test_nothing_is_an_answer_too() -> None:
    """A poll that waited in vain says where to go on."""
    assert read_answer('{"cursor":"a-7","messages":[]}').messages == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>please log in</html>",
        "[]",
        "{}",
        '{"cursor":"a-1"',
        '{"cursor":"?","messages":[]}',
        '{"cursor":"a-1","messages":{}}',
        '{"cursor":"a-1","messages":[1]}',
        '{"cursor":"a-1","messages":[{"type":"x"}]}',
        '{"cursor":"a-1","messages":[',
    ],
)
def test_what_is_no_answer_is_refused(text: str) -> None:
    """A login page, half an answer, or something else altogether."""
    with pytest.raises(MalformedMessage):
        read_answer(text)
