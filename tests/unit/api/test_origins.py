"""Pages of other origins: a browser that visits one must not become its hand on this server."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.stack import PATIENCE_SECONDS
from tests.unit.api.web import PNG, Web, problem_of

#: On a busy machine a connection takes its time, and answers pings late.
PATIENT: dict[str, Any] = {"proxy": None, "open_timeout": PATIENCE_SECONDS, "ping_timeout": None}
FOREIGN = ["https://elsewhere.example", "null", "http://127.0.0.1:1"]


@pytest.mark.parametrize("origin", FOREIGN)
def test_foreign_page_reads_no_stream(web: Web, origin: str) -> None:
    """A WebSocket that a page of another origin opens is closed with 4003, and hears nothing but why."""
    address = web.url.replace("http", "ws", 1) + "/v1/realtime?since=start"
    with connect(address, origin=Origin(origin), **PATIENT) as stream:
        said = json.loads(stream.recv(timeout=PATIENCE_SECONDS))
        with pytest.raises(ConnectionClosed) as closed:
            stream.recv(timeout=PATIENCE_SECONDS)

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
    with connect(address, origin=Origin(web.url), **PATIENT) as stream:
        hello = json.loads(stream.recv(timeout=PATIENCE_SECONDS))

    assert answer.status_code == 202
    assert hello["type"] == "hello"


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//", "http://a@b@c"])
def test_an_origin_that_is_no_address_is_refused(web: Web, origin: str) -> None:
    """By the same code as any other that is not this server's."""
    answer = web.client.post("/v1/demo", headers={"Origin": origin})

    assert (answer.status_code, answer.json()["code"]) == (403, "NOT_ALLOWED")


REBOUND = ["rebound.example", "rebound.example:8000", "127.0.0.1.rebound.example", "a@127.0.0.1", "[::1", "", "1"]


@pytest.mark.parametrize("host", REBOUND)
def test_a_name_that_was_led_here_reads_nothing(web: Web, host: str) -> None:
    """A page whose own name leads to this machine is of one origin with it: its name is refused, in words that help."""
    own = {"Host": host, "Origin": f"http://{host}"}

    answers = [
        web.client.get("/v1/jobs", headers=own),
        web.client.get("/", headers=own),
        web.client.post("/v1/demo", headers=own),
    ]

    assert [(answer.status_code, problem_of(answer)["code"]) for answer in answers] == [(421, "HOST_NOT_ALLOWED")] * 3
    assert "TRANSOM_ALLOWED_HOSTS" in answers[0].json()["detail"]


def test_a_name_that_was_led_here_hears_no_stream(web: Web) -> None:
    """Its WebSocket is closed with 4003, and hears nothing but why."""
    port = web.url.rpartition(":")[2]
    with connect(
        f"ws://rebound.example:{port}/v1/realtime?since=start",
        sock=socket.create_connection(("127.0.0.1", int(port))),
        origin=Origin(f"http://rebound.example:{port}"),
        **PATIENT,
    ) as stream:
        said = json.loads(stream.recv(timeout=PATIENCE_SECONDS))
        with pytest.raises(ConnectionClosed) as closed:
            stream.recv(timeout=PATIENCE_SECONDS)

    assert said["payload"]["details"]["error_code"] == "HOST_NOT_ALLOWED"
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4003


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "localhost.", "a.localhost", "127.0.0.1:80", "[::1]:80"])
def test_this_machines_own_names_are_answered(web: Web, host: str) -> None:
    """Also through a proxy on this machine, at another port."""
    assert web.client.get("/livez", headers={"Host": host}).status_code == 200


def test_further_names_are_those_of_the_setting(own_web: Callable[..., Web]) -> None:
    """Listed names and the public one are answered, loopback's too, and no others."""
    web = own_web(allowed_hosts="transom.lan, build-7", public_url="https://vision.example")
    hosts = ["transom.lan", "Build-7:8000", "vision.example", "localhost", "rebound.example"]

    statuses = [web.client.get("/livez", headers={"Host": host}).status_code for host in hosts]

    assert statuses == [200, 200, 200, 200, 421]


@pytest.mark.parametrize(
    "settings", [{"public_url": "https://vision.example"}, {"host": "0.0.0.0", "allow_open": True}], ids=str
)
def test_behind_a_proxy_any_name_is_answered(own_web: Callable[..., Web], settings: dict[str, Any]) -> None:
    """A proxy may ask by a name of its own making; only a list can say which."""
    assert own_web(**settings).client.get("/livez", headers={"Host": "upstream_7"}).status_code == 200
