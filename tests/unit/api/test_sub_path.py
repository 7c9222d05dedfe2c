"""Transom below a path of somebody else's server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from websockets.sync.client import connect

from tests.stack import PATIENCE_SECONDS
from tests.unit.api.web import Web, problem_of, serve_web


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A web process at /vision/transom."""
    with serve_web(tmp_path_factory.mktemp("below"), root_path="/vision/transom/") as web:
        yield web


@pytest.mark.parametrize("prefix", ["", "/vision/transom"])
def test_the_proxy_may_strip_the_path_or_not(below: Web, prefix: str) -> None:
    """Both kinds are common."""
    assert below.client.get(f"{prefix}/livez").json() == {"status": "alive"}
    assert below.client.get(f"{prefix}/v1/jobs").json()["count"] >= 0
    address = f"{below.url.replace('http', 'ws')}{prefix}/v1/realtime"
    with connect(address, proxy=None, open_timeout=PATIENCE_SECONDS, ping_timeout=None) as stream:
        assert '"hello"' in str(stream.recv(timeout=PATIENCE_SECONDS))


def test_addresses_in_answers_lead_through_the_proxy(below: Web) -> None:
    """`Location`, links, the server in the description, the type of a problem."""
    answer = below.post()
    job_id = answer.json()["job_id"]

    assert answer.headers["location"] == f"/vision/transom/v1/jobs/{job_id}"
    extended = below.get(answer.headers["location"] + "/extended")
    assert extended["links"]["self"] == f"/vision/transom/v1/jobs/{job_id}"
    assert 'href="/vision/transom/docs"' in below.client.get("/").text
    assert below.get("/openapi.json")["servers"] == [{"url": "/vision/transom"}]
    assert problem_of(below.client.get("/v1/jobs/none"))["type"].startswith("/vision/transom/docs/errors#")


@pytest.mark.parametrize("path", ["/vision/transomed/livez", "/vision/livez", "/vision/transom"])
def test_nothing_else_is_below_it(below: Web, path: str) -> None:
    """A path that only begins alike is another."""
    assert below.client.get(path).status_code == 404


def test_the_public_address_is_used_where_it_is_known(tmp_path_factory: pytest.TempPathFactory) -> None:
    """It names host and path as users see them."""
    with serve_web(tmp_path_factory.mktemp("public"), public_url="https://vision.example/transom/") as web:
        answer = web.post()
        job_id = answer.json()["job_id"]
        links = web.get(f"/v1/jobs/{job_id}/extended")["links"]

    assert answer.headers["location"] == f"https://vision.example/transom/v1/jobs/{job_id}"
    assert links["input"] == f"https://vision.example/transom/v1/jobs/{job_id}/input"
