"""The heartbeat of a WebSocket: pings that say where one stands, and an end for who does not answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.phase10.small_inputs import clip
from tests.phase10.stream_clients import receive, receive_until, receive_until_closed, websocket
from tests.stack import Product

# The web process beats by itself: what is beneath it changes nothing.
pytestmark = pytest.mark.only_over("sqlite")


def test_a_ping_says_where_the_subscription_stands(product: Product, tmp_path: Path) -> None:
    """Its cursor is at or past all that came, so that resuming from it repeats nothing; its tail is the last id."""
    job_id = product.submit(clip(tmp_path, frames=3), plugin="numbered")
    product.wait(job_id)
    last = product.events(job_id)[-1]["id"]
    with websocket(product, job_id=job_id, since="start", heartbeat="5") as client:
        messages = receive_until(client, lambda message: message["type"] == "ping")
        ping = messages[-1]["payload"]
    epoch, seq = last.split("-")
    assert ping["interval_seconds"] == 5
    assert ping["tail"] == int(seq)
    assert ping["cursor"].split("-")[0] == epoch
    assert int(ping["cursor"].split("-")[1]) >= int(seq)
    answer = product.client.get("/v1/realtime", params={"job_id": job_id, "since": ping["cursor"]})
    assert answer.json()["messages"] == []


def test_who_answers_stays_and_who_is_silent_goes(product: Product) -> None:
    """Two pings without a sound end a connection with 4008; one that answers at the same time goes on."""
    with (
        websocket(product, heartbeat="5", types="error") as silent,
        websocket(product, heartbeat="5", types="error") as answering,
    ):
        for _ in range(3):
            receive_until(answering, lambda message: message["type"] == "ping")
            answering.send(json.dumps({"type": "pong", "payload": {}}))
        assert [message["type"] for message in receive_until_closed(silent)] == ["hello", "ping", "ping"]
        assert silent.close_code == 4008
        answering.send(json.dumps({"type": "ping", "payload": {}}))
        assert receive(answering)["type"] == "pong"
