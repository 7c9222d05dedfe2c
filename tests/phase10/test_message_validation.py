"""What may be sent fits its model to the letter; what is received is judged, and never crashes anything."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.realtime.close_codes import CloseCode
from app.realtime.message_types import (
    MessageType,
    ProgressPayload,
    RealtimeMessage,
    WarningPayload,
    parse_message,
)
from app.realtime.session import MAX_INVALID, Close, Say, Session, Subscribe, Unsubscribe

FRAME_DATA = {"frame_index": 0, "timestamp_ms": 0, "boxes": [], "scores": [], "labels": []}
FRAME = {"frame_id": "a:0", "frame_index": 0, "plugin": "m", "tool": "t", "device_used": "cpu", "timing_ms": 1}
BOX = {"x1": 0, "y1": 0, "x2": 1, "y2": 1}
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
MESSAGE_LIKE = st.fixed_dictionaries({"type": JSON | st.sampled_from(sorted(MessageType)), "payload": JSON})


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("progress", {"job_id": "a", "progress": 101}),
        ("progress", {"job_id": "a", "progress": -1}),
        ("progress", {"progress": 5}),
        ("progress", {"job_id": "a", "progress": 5, "unheard_of": 1}),
        ("warning", {"plugin": "m", "message": "x", "severity": "terrible"}),
        ("partial_result", {"result": 1, "plugin": "m", "partial": False}),
        ("plugin_status", {"plugin": "m", "status": "asleep"}),
        ("job_status", {"status": "done", "device_requested": "cpu", "device_used": "cpu", "progress": 100}),
        ("frame", {**FRAME, "data": {**FRAME_DATA, "boxes": [BOX]}}),
        ("frame", {**FRAME, "data": {**FRAME_DATA, "boxes": [BOX], "labels": ["a"], "scores": [1.5]}}),
        ("frame", {**FRAME, "data": {**FRAME_DATA, "track_ids": [1]}}),
        ("no_such_type", {}),
    ],
)
def test_what_does_not_fit_its_type_is_not_a_message(kind: str, payload: dict[str, object]) -> None:
    """A payload with a wrong, missing or unknown field can't be made into a message."""
    with pytest.raises(ValidationError):
        RealtimeMessage.model_validate({"type": kind, "payload": payload})


def test_a_payload_of_another_type_is_refused() -> None:
    """The type and the class of the payload must agree."""
    with pytest.raises(ValidationError, match="ProgressPayload"):
        RealtimeMessage(type=MessageType.PROGRESS, payload=WarningPayload(plugin="m", message="x", severity="low"))


def test_a_message_can_not_be_changed() -> None:
    """Messages go to many connections: nobody changes one under the others."""
    message = RealtimeMessage(type=MessageType.PROGRESS, payload=ProgressPayload(job_id="a", progress=1))
    with pytest.raises(ValidationError):
        message.type = MessageType.FRAME  # type: ignore[misc]


def test_what_a_later_version_added_is_passed_over() -> None:
    """A reader takes a message with fields that it does not know."""
    text = '{"type":"pong","payload":{"timestamp":"x","mood":"fine"},"colour":"red"}'
    assert parse_message(text).type is MessageType.PONG


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "MSG_INVALID_JSON"),
        ("[1]", "MSG_INVALID_JSON"),
        ("", "MSG_INVALID_JSON"),
        ("{}", "MSG_MISSING_FIELD"),
        ('{"type":"subscribe","payload":{}}', "MSG_MISSING_FIELD"),
        ('{"type":"subscribe"}', "MSG_MISSING_FIELD"),
        ('{"type":"subscribe","payload":{"job_id":7}}', "MSG_INVALID_FIELD"),
        ('{"type":"subscribe","payload":{"job_id":"a","since":"yesterday"}}', "MSG_INVALID_FIELD"),
        ('{"type":"subscribe","payload":{"job_id":""}}', "MSG_INVALID_FIELD"),
        ('{"type":"subscribe","payload":{"job_id":"a\\u0000b"}}', "MSG_INVALID_FIELD"),
        (json.dumps({"type": "subscribe", "payload": {"job_id": "a" * 65}}), "MSG_INVALID_FIELD"),
        ('{"type":"frame","payload":{}}', "MSG_UNKNOWN_TYPE"),
        ('{"type":["ping"]}', "MSG_UNKNOWN_TYPE"),
    ],
)
def test_a_client_is_told_what_was_wrong(text: str, code: str) -> None:
    """Each kind of mistake has its code, and one mistake ends nothing."""
    actions = Session().receive(text)
    assert len(actions) == 1
    assert isinstance(actions[0], Say)
    assert json.loads(actions[0].message.to_json())["payload"]["details"]["error_code"] == code


def test_what_a_client_says_is_followed() -> None:
    """Ping is answered, pong is heard, subscribe and unsubscribe name their job."""
    session = Session()
    (answer,) = session.receive('{"type":"ping","payload":{}}')
    assert isinstance(answer, Say)
    assert answer.message.type is MessageType.PONG
    assert session.receive('{"type":"pong","payload":{"timestamp":"x"}}') == []
    assert session.receive('{"type":"subscribe","payload":{"job_id":"a"}}') == [Subscribe("a", "now")]
    assert session.receive('{"type":"subscribe","payload":{"job_id":"a","since":"start"}}') == [Subscribe("a", "start")]
    assert session.receive('{"type":"unsubscribe","payload":{"job_id":"a"}}') == [Unsubscribe("a")]


def test_nonsense_without_end_ends_the_conversation() -> None:
    """Many messages in a row that make no sense close the connection; one that does begins the count anew."""
    session = Session()
    for _ in range(3):
        for _ in range(MAX_INVALID - 1):
            assert len(session.receive("nonsense")) == 1
        session.receive('{"type":"pong"}')
    for _ in range(MAX_INVALID - 1):
        session.receive("nonsense")
    assert session.receive("nonsense")[1:] == [Close(CloseCode.BAD_QUERY, "too many messages that are not understood")]


@given(st.one_of(st.text(), st.binary(), JSON.map(json.dumps), MESSAGE_LIKE.map(json.dumps)))
def test_nothing_that_a_client_says_crashes(text: str | bytes) -> None:
    """Whatever comes is answered, followed or passed over."""
    assert isinstance(Session().receive(text), list)
