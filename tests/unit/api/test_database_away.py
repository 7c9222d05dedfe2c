"""A database that is away is told as such, by a code of its own, and everything goes on once it is back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
import sqlalchemy as sa
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.back_ends import POSTGRES
from tests.stack import PATIENCE_SECONDS, wait_until
from tests.unit.api.web import PNG, Web, problem_of

pytestmark = pytest.mark.only_over("postgres")


@contextmanager
def away(web: Web) -> Iterator[None]:
    """PostgreSQL ends every connection to this database, and lets nobody in."""
    name = sa.make_url(web.settings.resolved_database_url).database
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        yield
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def test_every_call_says_that_the_database_is_away(own_web: Callable[..., Web]) -> None:
    """503, worth another try, and not a word of where the database is or what it said."""
    web = own_web()
    job_id = web.submit()

    with away(web):
        answers = [
            web.post(),
            web.client.get("/v1/jobs"),
            web.client.get(f"/v1/jobs/{job_id}"),
            web.client.get("/v1/plugins"),
            web.client.get("/v1/realtime", params={"job_id": job_id}, headers={"Accept": "text/event-stream"}),
            web.client.get("/v1/realtime", params={"job_id": job_id, "mode": "poll"}),
        ]

    for answer in answers:
        problem = problem_of(answer)
        assert (answer.status_code, problem["code"], problem["retryable"]) == (503, "DATABASE_UNAVAILABLE", True)
        assert int(answer.headers["retry-after"]) > 0
        assert "postgres" not in answer.text.lower()
        assert "5432" not in answer.text


def test_a_websocket_is_told_to_come_back(own_web: Callable[..., Web]) -> None:
    """An `error` with the code, then 1013: the client tries again, as it does for a server that is full."""
    web = own_web()
    address = web.url.replace("http", "ws")

    with (
        away(web),
        connect(f"{address}/v1/realtime", proxy=None, open_timeout=PATIENCE_SECONDS, ping_timeout=None) as socket,
    ):
        told = json.loads(socket.recv(timeout=PATIENCE_SECONDS))
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=PATIENCE_SECONDS)

    assert (told["type"], told["payload"]["details"]["error_code"]) == ("error", "DATABASE_UNAVAILABLE")
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1013


def test_a_request_is_taken_once_the_database_is_back(own_web: Callable[..., Web]) -> None:
    """The same request with the same key: one job, and nothing of the first try is left among the inputs."""
    web = own_web()
    key = {"Idempotency-Key": "once"}

    def submit() -> int:
        files, form = {"file": ("dot.png", PNG)}, {"plugin": "counting"}
        return web.client.post("/v1/jobs", data=form, files=files, headers=key).status_code

    with away(web):
        assert submit() == 503
        assert web.inputs() == set()
    wait_until(lambda: submit() == 202, what="the request being taken")

    assert web.get("/v1/jobs")["count"] == 1
