"""`/openapi.json` and `/docs`: the API as it describes itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.routing import Route

from app.main import routes
from tests.stack import ROOT
from tests.unit.api.web import Web


@pytest.fixture(scope="module")
def description(web: Web) -> dict[str, Any]:
    """The document."""
    return dict(web.get("/openapi.json"))


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each call: its method, its path, what is said of it."""
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def references(value: Any) -> Iterator[str]:
    """Every `$ref` in a document."""
    if isinstance(value, dict):
        for name, below in value.items():
            if name == "$ref":
                yield below
            else:
                yield from references(below)
    elif isinstance(value, list):
        for below in value:
            yield from references(below)


def test_every_route_is_described(description: dict[str, Any]) -> None:
    """And nothing else."""
    there = {
        (method.lower(), re.sub(r":\w+\}", "}", route.path))
        for route in routes()
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }

    assert {(method, path) for method, path, _ in operations(description)} == there


def test_it_is_whole(description: dict[str, Any]) -> None:
    """OpenAPI 3.1; every reference leads somewhere, every call has its own name, every path its parameters."""
    assert description["openapi"].startswith("3.1")
    for reference in set(references(description)):
        found: Any = description
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
    names = [operation["operationId"] for _, _, operation in operations(description)]
    assert len(names) == len(set(names))
    for _, path, operation in operations(description):
        in_path = {item["name"] for item in operation["parameters"] if item["in"] == "path"}
        assert in_path == set(re.findall(r"\{(\w+)\}", path))
        assert operation["summary"]
        assert "500" in operation["responses"]


def test_it_is_printed_without_a_server(description: dict[str, Any]) -> None:
    """Whoever makes types of it needs nothing running, and gets the same."""
    done = subprocess.run([sys.executable, "-m", "app.openapi"], check=True, capture_output=True, text=True, cwd=ROOT)

    assert json.loads(done.stdout) == description


def test_every_schema_is_one(description: dict[str, Any]) -> None:
    """By the meta-schema of the dialect that OpenAPI 3.1 uses."""
    for schema in description["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/jobs",
        "/v1/jobs/{job_id}",
        "/v1/jobs/{job_id}/result",
        "/v1/jobs/{job_id}/extended",
        "/v1/jobs/{job_id}/frames",
        "/v1/jobs/{job_id}/events",
        "/v1/jobs/{job_id}/previews",
        "/v1/plugins",
        "/v1/plugins/drawing",
        "/v1/plugins/drawing/manifest",
        "/v1/plugins/drawing/health",
        "/v1/devices",
        "/v1/realtime?since=start",
        "/v1/health",
        "/livez",
        "/readyz",
        "/v1/jobs?limit=0",
        "/v1/jobs/none",
    ],
)
def test_answers_are_as_described(web: Web, description: dict[str, Any], path: str) -> None:
    """What is sent fits the schema that the document has for it, problems too."""
    run = web.worker.begin(web.submit())
    run.progress(10)
    run.frame(0, boxes=2, track_ids=[1, None], data={"angle": 1})
    run.done()
    template = (
        path.partition("?")[0].replace("plugins/drawing", "plugins/{plugin}").replace("jobs/none", "jobs/{job_id}")
    )

    answer = web.client.get(path.replace("{job_id}", run.job.id))

    media_type = answer.headers["content-type"].partition(";")[0]
    described = description["paths"][template]["get"]["responses"][str(answer.status_code)]
    schema = {**described["content"][media_type]["schema"], "components": description["components"]}
    Draft202012Validator(schema).validate(answer.json())


@pytest.mark.parametrize("call", ["cancel", "purge", "retry"])
def test_outcomes_are_as_described(web: Web, description: dict[str, Any], call: str) -> None:
    """Those that went well, and those that did not."""
    run = web.worker.begin(web.submit())
    run.done()

    answer = web.client.post(f"/v1/jobs/{call}", json={"job_ids": [run.job.id, web.submit(), "none"]})

    described = description["paths"][f"/v1/jobs/{call}"]["post"]["responses"]["200"]["content"]["application/json"]
    Draft202012Validator({**described["schema"], "components": description["components"]}).validate(answer.json())


def test_submitting_is_as_described(web: Web, description: dict[str, Any]) -> None:
    """Each field that is documented is known, and the answer fits."""
    call = description["paths"]["/v1/jobs"]["post"]
    fields = call["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]
    values: dict[str, Any] = {"plugin": "drawing", "tool": "outline", "options": '{"colour": "red"}', "device": "auto"}
    values |= {"fallback": "true", "priority": "low"}

    answer = web.post(**values)

    # Webhooks are not enabled here.
    assert set(fields) == {*values, "webhook_url", "file"}
    schema = {
        **call["responses"]["202"]["content"]["application/json"]["schema"],
        "components": description["components"],
    }
    Draft202012Validator(schema).validate(answer.json())


class _Page(HTMLParser):
    """What a page loads, and what of it would need `unsafe-inline`."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.inline: list[str] = []
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note addresses, handlers and styles."""
        named = dict(attrs)
        self._script = tag == "script"
        self.loaded += [value for name, value in attrs if name in {"src", "href"} and value]
        self.inline += [name for name in named if name.startswith("on") or name == "style"]
        if tag == "style":
            self.inline.append(tag)

    def handle_data(self, data: str) -> None:
        """Note scripts in the page."""
        if self._script and data.strip():
            self.inline.append(data)


def test_the_page_loads_everything_from_here(web: Web) -> None:
    """Its users have no way to a CDN; nothing in it is inline."""
    answer = web.client.get("/docs")
    page = _Page()
    page.feed(answer.text)

    assert page.inline == []
    assert len(page.loaded) == 4
    for address in page.loaded:
        assert not re.match(r"(https?:)?//", address)
        assert web.client.get(f"/{address}").status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "http" not in policy


def test_assets_have_their_types(web: Web) -> None:
    """A browser that is told `nosniff` runs no script of another type."""
    types = {
        "start.js": "text/javascript",
        "swagger-ui-bundle.js": "text/javascript",
        "swagger-ui.css": "text/css",
        "favicon-32x32.png": "image/png",
    }
    for name, expected in types.items():
        assert web.client.get(f"/docs/assets/{name}").headers["content-type"].startswith(expected)


@pytest.mark.parametrize("name", ["index.html", "..%2fcore.py", "swagger-ui.js", "core.py"])
def test_no_other_file_is_served(web: Web, name: str) -> None:
    """Not even those beside them."""
    assert web.client.get(f"/docs/assets/{name}").status_code == 404
