"""The largest input that is taken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.api.forms import part
from tests.unit.api.web import PNG, Web, problem_of, serve_web
from tests.unit.api.wire import exchange


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A web process that takes 2,048 bytes at most."""
    with serve_web(tmp_path_factory.mktemp("small"), max_upload_bytes=2048) as web:
        yield web


def test_an_input_of_the_limit_is_taken(small: Web) -> None:
    """The limit itself is allowed."""
    assert small.post(PNG.ljust(2048, b"\0")).status_code == 202


def test_a_byte_more_is_refused(small: Web) -> None:
    """With the limit in the answer, and no rest of it in storage."""
    before = small.inputs()

    problem = problem_of(small.post(PNG.ljust(2049, b"\0")))

    assert (problem["status"], problem["code"], problem["limit_bytes"]) == (413, "BODY_TOO_LARGE", 2048)
    assert small.inputs() == before


def test_a_body_that_announces_too_much_is_refused_unread(small: Web) -> None:
    """The answer comes before any of the body was sent."""
    head = (
        "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n"
        "Content-Type: multipart/form-data; boundary=gap\r\n\r\n"
    )

    assert b" 413 " in exchange(small.url, head.encode(), until=b"BODY_TOO_LARGE").splitlines()[0]


def test_a_body_without_a_length_is_refused_where_it_passes_the_limit(small: Web) -> None:
    """Also one that never says how long it is."""

    def endless() -> Iterator[bytes]:
        yield part("file", PNG, "dot.png")[:-2]
        for _ in range(100):
            yield bytes(1000)

    headers = {"Content-Type": "multipart/form-data; boundary=gap"}
    answer = small.client.post("/v1/jobs", content=endless(), headers=headers)

    assert problem_of(answer)["code"] == "BODY_TOO_LARGE"
    assert not [name for name in small.inputs() if name.endswith(".part")]
