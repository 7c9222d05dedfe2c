"""Messages as they are on the wire: the golden files, read and written by the real models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.realtime.events import LogEvent
from app.realtime.message_types import LOGGED, MessageType, RealtimeMessage, parse_message, payload_json

WIRE = Path(__file__).resolve().parent.parent / "wire"
SEQUENCE = "second_attempt"


def golden(name: str) -> Any:
    """One golden file."""
    return json.loads((WIRE / f"{name}.json").read_text())


def test_there_is_one_golden_message_a_type() -> None:
    """No type without its example, and no example without its type."""
    assert {path.stem for path in WIRE.glob("*.json")} == {*MessageType, SEQUENCE}


@pytest.mark.parametrize("kind", sorted(MessageType))
def test_a_golden_message_survives_reading_and_writing(kind: MessageType) -> None:
    """What is read is written again to the letter, in the same order of fields."""
    expected = golden(kind)
    message = parse_message(json.dumps(expected))
    assert message.type == kind
    assert list(json.loads(message.to_json()).items()) == list(expected.items())


@pytest.mark.parametrize("kind", sorted(LOGGED))
def test_an_event_of_the_log_is_the_same_message(kind: MessageType) -> None:
    """The fast way from a row of the log to the wire writes what the model would write."""
    expected = golden(kind)
    message = parse_message(json.dumps(expected))
    epoch, seq = expected["id"].split("-")
    event = LogEvent(
        "default",
        int(seq),
        kind,
        payload_json(message.payload),
        message.timestamp,
        message.job_id,
        message.attempt,
    )
    text = event.wire(epoch)
    assert json.loads(text) == expected
    assert RealtimeMessage.model_validate_json(text) == message


@pytest.mark.parametrize("kind", sorted(MessageType))
def test_what_has_a_place_in_the_log_is_known_to_have_one(kind: MessageType) -> None:
    """An `id` is a place in the log: whoever filters by type, or lags, relies on `LOGGED` for which types have one."""
    assert ("id" in golden(kind)) == (kind in LOGGED)


def test_what_is_not_there_is_left_out() -> None:
    """Optional fields without a value are absent, not null."""
    text = parse_message('{"type":"ping"}').to_json()
    assert set(json.loads(text)) == {"type", "payload", "timestamp"}
    assert json.loads(text)["payload"] == {}


def test_a_second_attempt_begins_with_queued() -> None:
    """The golden sequence: ids rise by one, attempt 2 begins with `job_status` queued, and `done` is the last word."""
    messages = [parse_message(json.dumps(message)) for message in golden(SEQUENCE)]
    seqs = [int(str(message.id).split("-")[1]) for message in messages]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
    assert len({message.job_id for message in messages}) == 1
    for attempt in (1, 2):
        first = next(message for message in messages if message.attempt == attempt)
        assert first.type is MessageType.JOB_STATUS
        assert json.loads(payload_json(first.payload))["status"] == "queued"
    assert [message.attempt for message in messages] == sorted(message.attempt or 0 for message in messages)
    last = json.loads(messages[-1].to_json())
    assert (last["type"], last["payload"]["status"], last["attempt"]) == ("job_status", "done", 2)
