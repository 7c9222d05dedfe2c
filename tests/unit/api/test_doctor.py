"""What `transom doctor` asks a server: what arrived, and a stream of known pace."""

from __future__ import annotations

import json
from contextlib import ExitStack

import httpx
import pytest

from app.api import doctor
from tests.stack import wait_until
from tests.unit.api.web import Web, problem_of


@pytest.mark.parametrize("method", doctor.METHODS)
def test_it_says_what_arrived(web: Web, method: str) -> None:
    """Names of headers and lengths, whatever the method; of values only those that machines on the way write."""
    headers = {"Authorization": "Bearer secret", "Cookie": "a=secret", "Via": "1.1 squid", "X-Own": "secret"}
    answer = web.client.request(method, "/v1/doctor?fill=abc", headers=headers, content=b"12345")

    echo = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert (echo["method"], echo["http_version"]) == (method, "1.1")
    assert (echo["body_bytes"], echo["address_length"]) == (5, len("/v1/doctor?fill=abc"))
    assert {"authorization", "cookie", "via", "x-own"} <= set(echo["header_names"])
    assert echo["headers"]["via"] == "1.1 squid"
    assert echo["authorization"] is True
    assert "secret" not in answer.text


def test_a_body_is_counted_up_to_a_limit(web: Web) -> None:
    """Four megabytes are; what is far beyond them is refused."""
    size = 4 * 1024 * 1024
    assert web.client.post("/v1/doctor", content=bytes(size)).json()["body_bytes"] == size
    assert problem_of(web.client.post("/v1/doctor", content=bytes(3 * size)))["code"] == "BODY_TOO_LARGE"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_stream_keeps_its_pace_and_ends(web: Web, method: str) -> None:
    """Events with numbers and times; the headers are those of the real stream."""
    answer = web.client.request(method, "/v1/doctor/stream?seconds=0.5&every=0.1&pad=500")

    events = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]
    assert [event["number"] for event in events] == list(range(6))
    assert [event["last"] for event in events] == [False] * 5 + [True]
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store, no-transform"
    assert answer.headers["x-accel-buffering"] == "no"


def test_the_stream_is_silent_when_told(web: Web) -> None:
    """Then comes only the end."""
    text = web.client.get("/v1/doctor/stream?seconds=0.5&silent_after=0").text

    (event,) = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]
    assert event["last"]
    assert event["sent_ms"] >= 500


@pytest.mark.parametrize("query", ["seconds=131", "seconds=nan", "every=0", "pad=65537", "pad=x", "silent_after=-1"])
def test_what_would_be_too_much_is_refused(web: Web, query: str) -> None:
    """With the name of the parameter."""
    problem = problem_of(web.client.get(f"/v1/doctor/stream?{query}"))

    assert (problem["code"], query.partition("=")[0] in problem["detail"]) == ("INVALID_QUERY", True)


def test_only_so_many_are_open_at_once(web: Web) -> None:
    """One more is told to come later; those that have gone make room."""
    address = f"{web.url}/v1/doctor/stream?seconds=100&silent_after=0"
    with httpx.Client(trust_env=False, timeout=60, limits=httpx.Limits(max_connections=None)) as client:
        with ExitStack() as stack:
            for _ in range(doctor.MAX_OPEN):
                assert stack.enter_context(client.stream("GET", address)).status_code == 200
            problem = problem_of(web.client.get("/v1/doctor/stream"))
            assert (problem["status"], problem["code"]) == (503, "TOO_BUSY")
        wait_until(lambda: web.client.get("/v1/doctor/stream?seconds=0").status_code == 200, what="room for another")
