"""What happens to a job is told to every WebSocket that wants it, as it happens."""

from __future__ import annotations

import json
from pathlib import Path

from tests.phase10.stream_clients import ends, logged, receive, receive_until, websocket
from tests.stack import Product


def test_every_watcher_of_a_job_gets_all_of_it_in_order(product: Product, sample: Path) -> None:
    """Two watchers that came during the job and one of everything get the same messages, ids rising by no accident."""
    with websocket(product) as everything:
        assert receive(everything)["type"] == "hello"
        job_id = product.submit(sample)
        with (
            websocket(product, job_id=job_id, since="start") as one,
            websocket(product, job_id=job_id, since="start") as two,
        ):
            of_one, of_two = logged(receive_until(one, ends)), logged(receive_until(two, ends))
        of_all = receive_until(everything, lambda message: ends(message) and message["job_id"] == job_id)
    assert of_one == of_two == product.events(job_id)
    assert [message for message in logged(of_all) if message["job_id"] == job_id] == of_one


def test_types_are_all_that_comes(product: Product, sample: Path) -> None:
    """A subscription to some types gets all of those and no other."""
    job_id = product.submit(sample)
    with websocket(product, job_id=job_id, since="start", types="job_status,plugin_status") as client:
        messages = logged(receive_until(client, ends))
    assert messages == [event for event in product.events(job_id) if event["type"] in {"job_status", "plugin_status"}]


def test_a_job_can_be_subscribed_to_later_with_its_past(product: Product, sample: Path) -> None:
    """A connection that began with one job takes another from its start: all of it, once, in order."""
    first = product.submit(sample)
    product.wait(first)
    second = product.submit(sample)
    product.wait(second)
    with websocket(product, job_id=first) as client:
        assert receive(client)["type"] == "hello"
        client.send(json.dumps({"type": "subscribe", "payload": {"job_id": second, "since": "start"}}))
        messages = logged(receive_until(client, ends))
        assert messages == product.events(second)


def test_a_job_that_is_unsubscribed_from_goes_silent(product: Product, sample: Path) -> None:
    """After `unsubscribe` nothing more of that job comes, and the others go on."""
    with websocket(product, job_id=product.submit(sample, plugin="sleepy", options={"ms": 20})) as client:
        hello = receive(client)
        assert hello["type"] == "hello"
        slow = receive_until(client, lambda message: message["type"] == "frame")[-1]["job_id"]
        client.send(json.dumps({"type": "unsubscribe", "payload": {"job_id": slow}}))
        client.send(json.dumps({"type": "ping", "payload": {}}))
        receive_until(client, lambda message: message["type"] == "pong")
        quick = product.submit(sample, plugin="numbered")
        client.send(json.dumps({"type": "subscribe", "payload": {"job_id": quick, "since": "start"}}))
        after = logged(receive_until(client, ends))
    product.wait(slow)
    assert {message["job_id"] for message in after} == {quick}
    assert after == product.events(quick)
