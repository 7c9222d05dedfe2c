"""A WebSocket ends: what it held is free again, and a client that comes back misses nothing."""

from __future__ import annotations

from pathlib import Path

from tests.phase10.stream_clients import ends, logged, receive, receive_until, receive_until_closed, websocket
from tests.stack import Product


def test_coming_back_with_the_last_id_misses_and_repeats_nothing(product: Product, sample: Path) -> None:
    """A client that is cut off in mid-job and resumes from its last message has the job's whole log."""
    job_id = product.submit(sample, plugin="sleepy", options={"ms": 20})
    with websocket(product, job_id=job_id, since="start") as client:
        before = logged(receive_until(client, lambda message: message["type"] == "frame"))
    with websocket(product, job_id=job_id, since=before[-1]["id"]) as client:
        after = logged(receive_until(client, ends))
    assert before + after == product.events(job_id)


def test_the_sixth_connection_of_a_session_closes_the_oldest(product: Product) -> None:
    """A session holds five; one more ends the first with 4001, and the others go on."""
    with websocket(product, session_id="busy") as first:
        assert receive(first)["type"] == "hello"
        others = [websocket(product, session_id="busy") for _ in range(5)]
        clients = [other.__enter__() for other in others]
        try:
            for client in clients:
                assert receive(client)["type"] == "hello"
            receive_until_closed(first)
            assert first.close_code == 4001
            assert all(client.close_code is None for client in clients)
        finally:
            for other in others:
                other.__exit__(None, None, None)


def test_a_place_that_was_left_is_free(product: Product) -> None:
    """Connections that were closed by the client do not count: a session may come and go without end."""
    for _ in range(12):
        with websocket(product, session_id="coming-and-going") as client:
            assert receive(client)["type"] == "hello"
    with websocket(product, session_id="coming-and-going") as client:
        assert receive(client)["type"] == "hello"
        assert client.close_code is None
