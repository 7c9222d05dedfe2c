"""`Idempotency-Key`: the same key and body within a day get the same answer, and one job."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa

from app.database.schema import idempotency_keys
from app.jobs.ids import now_ms
from tests.stack import wait_until
from tests.unit.api.forms import BOUNDARY, END, part
from tests.unit.api.web import PNG, Web, problem_of

DAY_MS = 24 * 3600 * 1000


def post(web: Web, key: str, content: bytes = PNG, **fields: Any) -> httpx.Response:
    """Submit under a key."""
    data = {"plugin": "counting", **fields}
    return web.client.post(
        "/v1/jobs", data=data, files={"file": ("dot.png", content)}, headers={"Idempotency-Key": key}
    )


def age(web: Web, key: str, milliseconds: int, **values: Any) -> None:
    """Make what is stored under a key older."""
    with web.database.write() as connection:
        connection.execute(
            sa.update(idempotency_keys)
            .where(idempotency_keys.c.key == key)
            .values(created_at_ms=now_ms() - milliseconds, **values)
        )


def is_held(web: Web, key: str) -> bool:
    """Whether a request is under way with this key."""
    with web.database.read() as connection:
        rows = connection.execute(sa.select(idempotency_keys.c.status).where(idempotency_keys.c.key == key)).all()
    return [row.status for row in rows] == [None]


def form_body() -> bytes:
    """The body of a good request."""
    return part("plugin", b"counting") + part("file", PNG, "dot.png") + END


@contextmanager
def upload_under_way(web: Web, key: str) -> Iterator[socket.socket]:
    """A good request whose last byte was not sent yet."""
    address = urlsplit(web.url)
    body = form_body()
    head = (
        f"POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
        f"Idempotency-Key: {key}\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
    )
    with socket.create_connection((address.hostname or "", address.port or 0)) as client:
        client.sendall(head.encode() + body[:-1])
        wait_until(lambda: is_held(web, key), what="the key being held")
        yield client


@pytest.fixture
def key() -> str:
    """A key that was not used before."""
    return uuid4().hex


def test_the_same_request_has_the_same_answer(web: Web, key: str) -> None:
    """One job, one `Location`; the second answer says that it is a replay, and its upload is not kept."""
    first = post(web, key)
    inputs = web.inputs()

    second = post(web, key)

    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    assert first.headers["location"] == second.headers["location"]
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert web.inputs() == inputs


def test_how_the_body_is_wrapped_does_not_matter(web: Web, key: str) -> None:
    """A client that tries again makes a new boundary."""
    first = post(web, key)
    second = web.client.post(
        "/v1/jobs",
        files=[("file", ("renamed.png", PNG)), ("plugin", (None, "counting"))],
        headers={"Idempotency-Key": key},
    )

    assert first.json() == second.json()


@pytest.mark.parametrize("change", [{"content": PNG + b"\0"}, {"priority": "high"}])
def test_another_body_is_refused(web: Web, key: str, change: dict[str, Any]) -> None:
    """Another file, or another field."""
    post(web, key)
    inputs = web.inputs()

    problem = problem_of(post(web, key, **change))

    assert (problem["status"], problem["code"]) == (422, "IDEMPOTENCY_MISMATCH")
    assert web.inputs() == inputs


def test_two_at_once_are_one(web: Web, key: str) -> None:
    """While the first is under way the second is told to come again; then it has the key."""
    with upload_under_way(web, key):
        problem = problem_of(post(web, key))
    wait_until(lambda: not is_held(web, key), what="the first giving up")
    answer = post(web, key)

    assert (problem["status"], problem["code"], problem["retryable"]) == (409, "REQUEST_IN_PROGRESS", True)
    assert answer.status_code == 202


def test_a_refused_request_frees_its_key(web: Web, key: str) -> None:
    """The mistake is mended, and the key still good."""
    assert post(web, key, priority="urgent").status_code == 422

    assert post(web, key).status_code == 202


def test_a_key_of_yesterday_is_new_again(web: Web, key: str) -> None:
    """An answer is remembered for a day."""
    first = post(web, key)
    age(web, key, DAY_MS + 1)

    second = post(web, key, PNG + b"\0")

    assert first.json()["job_id"] != second.json()["job_id"]


def test_a_key_whose_process_died_is_taken_over(web: Web, key: str) -> None:
    """It was held, and nobody has renewed it for a minute."""
    first = post(web, key)
    age(web, key, 61_000, status=None, fingerprint="of-a-dead-process")

    second = post(web, key)

    assert second.status_code == 202
    assert first.json()["job_id"] != second.json()["job_id"]


def test_who_lost_its_key_makes_no_job(web: Web, key: str) -> None:
    """A request that was thought dead ends after its successor: it changes nothing, and its upload goes."""
    with upload_under_way(web, key) as slow:
        age(web, key, 61_000)
        winner = post(web, key)
        inputs = {name for name in web.inputs() if not name.endswith(".part")}
        slow.sendall(form_body()[-1:])
        answer = slow.recv(65536)

    assert b" 409 " in answer.splitlines()[0]
    assert post(web, key).json() == winner.json()
    assert web.inputs() == inputs


@pytest.mark.parametrize("bad", ["", "x" * 256])
def test_a_key_has_a_sane_length(web: Web, bad: str) -> None:
    """One to 255 characters."""
    problem = problem_of(post(web, bad))

    assert (problem["status"], problem["errors"][0]["field"]) == (400, "Idempotency-Key")


def test_a_key_belongs_to_one_call(web: Web, key: str) -> None:
    """The same body sent elsewhere is another request."""
    post(web, key)

    answer = web.client.post(
        "/v1/plugins/counting/tools/count/run", files={"file": PNG}, headers={"Idempotency-Key": key}
    )

    assert problem_of(answer)["code"] == "IDEMPOTENCY_MISMATCH"
