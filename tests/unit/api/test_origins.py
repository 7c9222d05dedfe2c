"""Pages of other origins: a browser that visits one must not become its hand on this server."""

from __future__ import annotations

import json

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.unit.api.web import PNG, Web

FOREIGN = ["https://elsewhere.example", "null", "http://127.0.0.1:1"]


@pytest.mark.parametrize("origin", FOREIGN)
def test_foreign_page_reads_no_stream(web: Web, origin: str) -> None:
    """A WebSocket that a page of another origin opens is closed with 4003, and hears nothing but why."""
    address = web.url.replace("http", "ws", 1) + "/v1/realtime?since=start"
    with connect(address, origin=Origin(origin), proxy=None) as socket:
        said = json.loads(socket.recv(timeout=30))
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=30)

    assert said["type"] == "error"
    assert said["payload"]["details"]["error_code"] == "NOT_ALLOWED"
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4003


@pytest.mark.parametrize("origin", FOREIGN)
def test_foreign_page_changes_nothing(web: Web, origin: str) -> None:
    """What a page of another origin posts is refused by a stable code, and no answer is opened to it."""
    job_id = web.submit()
    headers = {"Origin": origin}
    files = {"file": ("dot.png", PNG)}

    answers = [
        web.client.post("/v1/jobs", data={"plugin": "counting"}, files=files, headers=headers),
        web.client.post(f"/v1/jobs/{job_id}/cancel", headers=headers),
        web.client.delete(f"/v1/jobs/{job_id}", headers=headers),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "NOT_ALLOWED")] * 3
    assert "access-control-allow-origin" not in web.client.get("/v1/jobs", headers=headers).headers
    assert web.client.get(f"/v1/jobs/{job_id}").json()["status"] == "queued"


def test_own_page_may_do_everything(web: Web) -> None:
    """A page that this server served submits and watches."""
    headers = {"Origin": web.url}
    files = {"file": ("dot.png", PNG)}
    answer = web.client.post("/v1/jobs", data={"plugin": "counting"}, files=files, headers=headers)
    address = web.url.replace("http", "ws", 1) + "/v1/realtime"
    with connect(address, origin=Origin(web.url), proxy=None) as socket:
        hello = json.loads(socket.recv(timeout=30))

    assert answer.status_code == 202
    assert hello["type"] == "hello"
