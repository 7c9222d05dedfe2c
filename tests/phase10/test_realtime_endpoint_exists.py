"""One address answers three transports, and says plainly what it can't do."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.phase10.stream_clients import ends, logged, poll_until, receive_until, sse_until, websocket
from tests.stack import Product

pytestmark = pytest.mark.every_back_end


def test_an_event_stream_says_hello_at_once_and_is_not_to_be_held(product: Product) -> None:
    """`text/event-stream` gets `hello` first, with headers that ask proxies to pass on what comes."""
    with product.client.stream("GET", "/v1/realtime", headers={"Accept": "text/event-stream"}) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store, no-transform"
        assert answer.headers["x-accel-buffering"] == "no"
        lines = answer.iter_lines()
        assert next(lines).startswith("id: ")
        assert next(lines) == "event: hello"
        assert next(lines).startswith('data: {"type":"hello"')


def test_a_poll_answers_at_once_and_ends(product: Product) -> None:
    """A plain GET answers with a cursor to ask on from, and nothing may keep it."""
    answer = product.client.get("/v1/realtime")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["messages"] == []
    again = product.client.get("/v1/realtime", params={"since": answer.json()["cursor"]})
    assert again.status_code == 200


def test_head_of_a_stream_ends(product: Product) -> None:
    """HEAD shows the stream's headers and opens none."""
    answer = product.client.head("/v1/realtime", params={"transport": "sse"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_all_transports_and_the_log_say_the_same(product: Product, sample: Path) -> None:
    """WebSocket, events, polls and the job's own log: the same messages, ids and order."""
    job_id = product.submit(sample)
    with websocket(product, job_id=job_id, since="start") as client:
        over_websocket = logged(receive_until(client, ends))
    over_sse = sse_until(product, ends, transport="sse", job_id=job_id, since="start")
    events = product.events(job_id)
    assert over_websocket == events
    assert logged([message for _, _, message in over_sse]) == events
    assert poll_until(product, ends, job_id=job_id, since="start") == events
    assert [(cursor, kind) for cursor, kind, message in over_sse if "id" in message] == [
        (message["id"], message["type"]) for message in events
    ]


def test_a_stream_goes_on_after_the_last_event_id(product: Product, sample: Path) -> None:
    """`Last-Event-ID` wins over `since`: what was had does not come again, and nothing is left out."""
    job_id = product.submit(sample)
    product.wait(job_id)
    events = product.events(job_id)
    half = len(events) // 2
    answer = product.client.get(
        "/v1/realtime",
        params={"job_id": job_id, "since": "start", "transport": "poll"},
        headers={"Last-Event-ID": events[half - 1]["id"]},
    )
    messages = answer.json()["messages"]
    assert messages == events[half : half + len(messages)]
    assert messages


def test_a_cursor_that_can_not_be_continued_gets_reset(product: Product) -> None:
    """A cursor of another life of the log is answered with `reset` and a cursor that can be continued."""
    answer = product.client.get("/v1/realtime", params={"since": "0000000000000000-7"}).json()
    assert [message["type"] for message in answer["messages"]] == ["reset"]
    assert answer["messages"][0]["payload"] == {"reason": "epoch_changed", "cursor": answer["cursor"]}


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"since": "yesterday"}, 400, "INVALID_QUERY"),
        ({"heartbeat": "4"}, 400, "INVALID_QUERY"),
        ({"types": "frame,unheard_of"}, 400, "INVALID_QUERY"),
        ({"wait": "56"}, 400, "INVALID_QUERY"),
        ({"transport": "pigeon"}, 400, "INVALID_QUERY"),
        ({"session_id": "a b"}, 400, "INVALID_QUERY"),
        ({"job_id": "no-such-job"}, 404, "JOB_NOT_FOUND"),
        ({"job_id": "no-such-job", "transport": "sse"}, 404, "JOB_NOT_FOUND"),
    ],
)
def test_a_wrong_query_is_answered_with_a_problem(
    product: Product, query: dict[str, str], status: int, code: str
) -> None:
    """What can't be served says why, as a problem document, on every HTTP transport."""
    answer: httpx.Response = product.client.get("/v1/realtime", params=query)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
