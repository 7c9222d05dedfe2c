"""A WebSocket opens: hello, and plain words for what can't be served."""

from __future__ import annotations

import json

import pytest

from tests.phase10.stream_clients import receive, receive_until_closed, websocket
from tests.stack import Product


def test_hello_is_the_first_message(product: Product) -> None:
    """It names the session, the transport, the heartbeat and a cursor."""
    with websocket(product, session_id="ada", heartbeat="20") as client:
        hello = receive(client)
    assert hello["type"] == "hello"
    assert set(hello["payload"]) == {"session_id", "transport", "cursor", "heartbeat_seconds", "server_version"}
    assert hello["payload"]["session_id"] == "ada"
    assert hello["payload"]["transport"] == "websocket"
    assert hello["payload"]["heartbeat_seconds"] == 20


def test_a_probe_gets_a_second_message_by_itself(product: Product) -> None:
    """With `probe`, a ping follows the hello without anybody doing anything."""
    with websocket(product, probe="1", types="error") as client:
        assert receive(client)["type"] == "hello"
        assert receive(client)["type"] == "ping"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"since": "yesterday"}, "INVALID_QUERY"),
        ({"heartbeat": "300"}, "INVALID_QUERY"),
        ({"session_id": "not a name"}, "INVALID_QUERY"),
        ({"job_id": "no-such-job"}, "JOB_NOT_FOUND"),
    ],
)
def test_what_can_not_be_served_is_said_and_final(product: Product, query: dict[str, str], code: str) -> None:
    """A browser can't read a refused handshake: so it opens, says why, and closes with 4000, which is final."""
    with websocket(product, **query) as client:
        error = receive(client)
        assert error["type"] == "error"
        assert error["payload"]["details"]["error_code"] == code
        assert receive_until_closed(client) == []
        assert client.close_code == 4000
        assert client.close_reason


def test_what_is_not_understood_is_said_and_the_connection_stays(product: Product) -> None:
    """Nonsense and a missing field have each their code; after that a ping is still answered."""
    with websocket(product, types="error") as client:
        assert receive(client)["type"] == "hello"
        for text, code in (
            ("{nonsense", "MSG_INVALID_JSON"),
            (json.dumps({"type": "subscribe", "payload": {}}), "MSG_MISSING_FIELD"),
            (json.dumps({"type": "subscribe", "payload": {"job_id": "no-such-job"}}), "JOB_NOT_FOUND"),
        ):
            client.send(text)
            assert receive(client)["payload"]["details"]["error_code"] == code
        client.send(json.dumps({"type": "ping", "payload": {}}))
        assert receive(client)["type"] == "pong"
