"""What the one address offers where proxies hold, gather, strip or cut: the same messages, asked for otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.phase10.stream_clients import Message, ends, logged, receive_until, websocket
from tests.stack import Product


def post_stream(product: Product, **body: Any) -> list[Message]:
    """The messages of an event stream asked for by `POST`, up to the job's end."""
    messages: list[Message] = []
    headers = {"Accept": "text/event-stream"}
    with product.client.stream("POST", "/v1/realtime", json=body, headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        for line in answer.iter_lines():
            if line.startswith("data: "):
                messages.append(json.loads(line.removeprefix("data: ")))
                if ends(messages[-1]):
                    return messages
    raise AssertionError("the stream ended before the job did")


@pytest.fixture(scope="module")
def ended(product: Product, sample: Path) -> str:
    """A job that has ended."""
    job_id = product.submit(sample)
    product.wait(job_id)
    return job_id


def test_a_stream_asked_for_by_post_says_the_same(product: Product, sample: Path) -> None:
    """The query as a JSON body, lists and all; types may be a list as well."""
    job_id = product.submit(sample)
    messages = post_stream(product, job_id=[job_id], since="start", heartbeat=20, probe=True)
    assert messages[0]["type"] == "hello"
    assert messages[0]["payload"]["heartbeat_seconds"] == 20
    assert logged(messages) == product.events(job_id)
    few = post_stream(product, job_id=job_id, types=["job_status", "warning"], since="start")
    assert logged(few) == [each for each in product.events(job_id) if each["type"] in {"job_status", "warning"}]


def test_a_poll_by_post_takes_a_filter_that_no_address_would(product: Product, ended: str) -> None:
    """Two hundred jobs are more than many proxies take in an address."""
    jobs = [ended] * 200
    answer = product.client.post("/v1/realtime", json={"job_id": jobs, "since": "start"})
    assert answer.status_code == 200
    messages = answer.json()["messages"]
    assert messages
    assert messages == product.events(ended)[: len(messages)]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"[]", "BAD_REQUEST"),
        (b"{", "BAD_REQUEST"),
        (b'{"job_id": {"a": 1}}', "INVALID_QUERY"),
        (b'{"pad": 1000000}', "INVALID_QUERY"),
        (b'{"pad": "-1"}', "INVALID_QUERY"),
        (b'{"transport": "carrier-pigeon"}', "INVALID_QUERY"),
    ],
)
def test_a_body_that_makes_no_sense_is_told_so(product: Product, body: bytes, code: str) -> None:
    """A problem with a stable code."""
    answer = product.client.post("/v1/realtime", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["code"] == code


def test_hello_fills_what_gathers_bytes(product: Product) -> None:
    """What waits for 2 KB before it passes anything on has them with the first message."""
    with product.client.stream("GET", "/v1/realtime", params={"transport": "sse"}) as answer:
        came = b""
        for piece in answer.iter_raw():
            came += piece
            if b"hello" in came and len(came) >= 2048:
                break
        assert came.startswith(b"id: ")


def test_every_write_is_padded_where_asked_for(product: Product, ended: str) -> None:
    """After what is written come as many bytes as were asked for, and no compressor makes much less of them."""
    size = 16_384
    came = b""
    with product.client.stream(
        "POST", "/v1/realtime", json={"job_id": ended, "since": "start", "pad": size, "transport": "sse"}
    ) as answer:
        for piece in answer.iter_raw():
            came += piece
            if b'"status":"done"' in came and came.endswith(b"\n") and not came.endswith(b"}\n\n"):
                break
    comments = [line for line in came.split(b"\n") if line.startswith(b": ")]
    assert len(comments) >= 2
    assert all(len(line) >= size for line in comments)
    messages = [json.loads(line[6:]) for line in came.split(b"\n") if line.startswith(b"data: ")]
    assert logged(messages) == product.events(ended)


def test_tail_says_how_far_the_log_is_for_a_query(product: Product, ended: str) -> None:
    """The seq of the last message that matches; what cannot stream may ask for it."""
    events = product.events(ended)
    answer = product.client.get("/v1/realtime/tail", params={"job_id": ended})
    assert answer.headers["cache-control"] == "no-store"
    assert int(answer.headers["content-length"]) == len(answer.content)
    epoch, last = events[-1]["id"].split("-")
    assert answer.json() == {"tail": int(last), "epoch": epoch}

    warnings = product.client.post("/v1/realtime/tail", json={"job_id": [ended], "types": "metadata"}).json()["tail"]
    assert warnings == int([each for each in events if each["type"] == "metadata"][-1]["id"].split("-")[1])
    above = product.client.get(
        "/v1/realtime/tail", params={"job_id": ended, "types": "metadata", "since": events[-1]["id"]}
    )
    assert above.json()["tail"] == int(last)
    assert product.client.get("/v1/realtime/tail", params={"job_id": "nobody"}).status_code == 404


@pytest.mark.parametrize("name", ["lastEventId", "last_event_id", "last-event-id", "Last-Event-ID"])
def test_the_last_event_id_may_stand_in_the_address(product: Product, ended: str, name: str) -> None:
    """As a header it does not get through everywhere; it wins over `since` there too."""
    events = product.events(ended)
    answer = product.client.get("/v1/realtime", params={"job_id": ended, "since": "start", name: events[-2]["id"]})
    assert answer.json()["messages"] == events[-1:]


def test_a_probe_brings_a_second_message(product: Product) -> None:
    """`hello`, and a ping that says where the connection stands, without waiting for the heartbeat."""
    with websocket(product, probe="1", heartbeat="60") as client:
        messages = receive_until(client, lambda message: message["type"] == "ping")
    assert [message["type"] for message in messages] == ["hello", "ping"]
    assert set(messages[1]["payload"]) == {"interval_seconds", "cursor", "tail"}


def test_a_long_stream_ends_as_planned(own_product: Callable[..., Product]) -> None:
    """A response that ends is passed on even by what passes on nothing else; it says that it wants to be taken up."""
    product = own_product(TRANSOM_STREAM_SECONDS="5")
    with product.client.stream("GET", "/v1/realtime", params={"transport": "sse"}) as answer:
        lines = list(answer.iter_lines())
    assert "event: hello" in lines
    assert [line for line in lines if line.startswith("retry: ")] == ["retry: 100"]
    assert lines.index("retry: 100") > lines.index("event: hello")
