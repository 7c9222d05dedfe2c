"""Errors as problem documents, request ids, and the headers of every answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from app.errors import TransomError
from app.models_phase10 import Problem
from tests.unit.api.web import Web, problem_of


def kinds(kind: type[TransomError] = TransomError) -> Iterator[type[TransomError]]:
    """Every error of ours."""
    yield kind
    for below in kind.__subclasses__():
        yield from kinds(below)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "NOT_FOUND"),
        ("GET", "/v1/jobs/", 404, "NOT_FOUND"),
        ("GET", "/v1/nothing?with=query", 404, "NOT_FOUND"),
        ("PUT", "/v1/jobs", 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "/livez", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/v1/analyze", 405, "METHOD_NOT_ALLOWED"),
    ],
)
def test_the_routers_errors_are_problems(web: Web, method: str, path: str, status: int, code: str) -> None:
    """As those of the calls are."""
    answer = web.client.request(method, path)

    problem = problem_of(answer)
    assert (problem["status"], problem["code"]) == (status, code)
    assert Problem.model_validate(problem)


@pytest.mark.parametrize(
    ("path", "allowed"), [("/v1/jobs", "GET, HEAD, POST"), ("/v1/jobs/x", "DELETE, GET, HEAD"), ("/v1/analyze", "POST")]
)
def test_a_refused_method_is_told_those_that_are_taken(web: Web, path: str, allowed: str) -> None:
    """All of them, from however many routes."""
    assert web.client.patch(path).headers["allow"] == allowed


def test_a_crash_is_told_in_one_sentence(own_web: Callable[..., Web]) -> None:
    """500 with the id under which the log has the rest: no stack, no statement, no path."""
    web = own_web()
    with web.database.write() as connection:
        connection.execute(sa.text("DROP TABLE tool_runs"))

    answer = web.client.get("/v1/plugins/drawing/health", headers={"X-Request-Id": "crash-1"})

    problem = problem_of(answer)
    assert (problem["status"], problem["code"], problem["request_id"]) == (500, "INTERNAL_ERROR", "crash-1")
    assert not re.search(r"tool_runs|sqlite|Traceback|\.py|SELECT", answer.text, re.IGNORECASE)
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/livez", "/nothing", "/v1/jobs?limit=x", "/docs"])
def test_every_answer_is_named_and_disarmed(web: Web, path: str) -> None:
    """Good or bad."""
    headers = web.client.get(path).headers

    assert re.fullmatch("[0-9a-f]{32}", headers["x-request-id"])
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert "'unsafe-eval'" not in headers["content-security-policy"]
    assert "server" not in headers


@pytest.mark.parametrize("given", ["abc", "0b5c9d3e-1_x.Y", "x" * 64])
def test_a_sane_request_id_is_the_callers(web: Web, given: str) -> None:
    """So that one id names the request in all logs on its way."""
    assert web.client.get("/livez", headers={"X-Request-Id": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a;b", '"', "a/b"])
def test_any_other_request_id_is_replaced(web: Web, given: str) -> None:
    """It would be written to logs."""
    assert web.client.get("/livez", headers={"X-Request-Id": given}).headers["x-request-id"] != given


@pytest.mark.parametrize("path", ["/v1/jobs", "/v1/plugins", "/v1/health"])
def test_answers_are_not_kept_by_proxies(web: Web, path: str) -> None:
    """A job's answer changes while it runs."""
    assert web.client.get(path).headers["cache-control"] == "no-store"


def test_the_type_of_a_problem_leads_to_its_description(web: Web) -> None:
    """The page that it names has every code, each once."""
    problem = problem_of(web.client.get("/v1/jobs/none"))
    address, _, anchor = problem["type"].partition("#")

    page = web.client.get(address).text

    assert f'id="{anchor}"' in page
    ids = re.findall(r'id="([A-Z_]+)"', page)
    assert sorted(ids) == sorted({kind.code for kind in kinds()})


def test_the_tree_of_errors_is_drawn_whole() -> None:
    """The docstring names every class with its status, and none that is not there."""
    import app.errors

    drawn = set(re.findall(r"`(\w+)`", app.errors.__doc__ or ""))
    there = {kind.__name__ for kind in kinds() if kind.__module__ == "app.errors"}

    assert there <= drawn
    assert {name for name in drawn if name[0].isupper()} <= there
    for line in (app.errors.__doc__ or "").splitlines():
        match = re.search(r"\* `(\w+)` (\d{3})", line)
        if match:
            assert getattr(app.errors, match[1]).status == int(match[2])
