"""The web UI at `/` and below: its page, its files, what they may load, and what is said where it is not built."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.unit.api.web import Web, problem_of, serve_web

AS_PAGE: Final = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SCRIPT: Final = "console.log('built');\n"
INDEX: Final = """<!doctype html>
<html lang="en"><head><meta name="transom-root" content="">
<link rel="icon" href="./icon.svg"><link rel="stylesheet" href="./assets/index-1a2b.css">
<script type="module" crossorigin src="./assets/index-1a2b.js"></script></head><body><div id="root"></div></body></html>
"""


def build(folder: Path) -> Path:
    """A web UI as a build leaves it."""
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / "assets" / "index-1a2b.js").write_text(SCRIPT)
    (folder / "assets" / "index-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (folder / "assets" / "index-1a2b.css").write_text("body { margin: 0 }\n")
    (folder.parent / "secret.txt").write_text("not of the build")
    return folder


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A web process with a built web UI."""
    folder = tmp_path_factory.mktemp("ui")
    with serve_web(folder / "data", built_ui=build(folder / "built")) as web:
        yield web


@pytest.fixture(scope="module", params=["root_path", "public_url"])
def below(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """The same below a sub-path, however that was told."""
    folder = tmp_path_factory.mktemp("below")
    told = {"root_path": "/vision/transom", "public_url": "https://vision.example/vision/transom"}
    with serve_web(folder / "data", built_ui=build(folder / "built"), **{request.param: told[request.param]}) as web:
        yield web


@pytest.mark.parametrize("path", ["/", "/jobs", "/jobs/01a206df-3489-7381-b4b5-6b148e1a5f47", "/demo", "/nothing/yet"])
def test_every_address_of_a_page_is_the_page(ui: Web, path: str) -> None:
    """A link that was copied from the address bar leads back to where it was copied."""
    answer = ui.client.get(path, headers=AS_PAGE)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert '<div id="root">' in answer.text
    # At any depth, so that they do not depend on the address of the page.
    assert 'src="/assets/index-1a2b.js"' in answer.text
    assert 'href="/icon.svg"' in answer.text


def test_the_front_is_a_page_for_everybody(ui: Web) -> None:
    """Also for who does not say what it accepts."""
    assert '<div id="root">' in ui.client.get("/").text


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1", "/docs/nothing", "/livez/deep", "/assets/gone-3c4d.js"])
def test_below_the_api_there_is_no_page(ui: Web, path: str) -> None:
    """A mistyped call is told so, even to a browser."""
    assert problem_of(ui.client.get(path, headers=AS_PAGE))["code"] == "NOT_FOUND"


@pytest.mark.parametrize(("method", "accept"), [("GET", "*/*"), ("GET", "application/json"), ("POST", "text/html")])
def test_who_asks_for_no_page_gets_none(ui: Web, method: str, accept: str) -> None:
    """A program that has the wrong address learns it."""
    answer = ui.client.request(method, "/jobs", headers={"Accept": accept})

    assert problem_of(answer)["status"] == 404


def test_the_page_is_looked_at_again_and_its_files_are_not(ui: Web) -> None:
    """After an update the next load is the new one; what has a hash in its name never changes."""
    page = ui.client.get("/", headers=AS_PAGE)
    script = ui.client.get("/assets/index-1a2b.js")

    assert page.headers["cache-control"] == "no-cache"
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert ui.client.get("/icon.svg").headers["cache-control"] == "no-cache"
    for path, answer in (("/", page), ("/assets/index-1a2b.js", script)):
        again = ui.client.get(path, headers={**AS_PAGE, "If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_files_have_their_types(ui: Web) -> None:
    """A browser that is told `nosniff` takes no other."""
    types = {"/assets/index-1a2b.js": "javascript", "/assets/index-1a2b.css": "text/css", "/icon.svg": "image/svg+xml"}
    for path, expected in types.items():
        assert expected in ui.client.get(path).headers["content-type"]


def test_what_lies_packed_is_sent_packed(ui: Web) -> None:
    """Only to who unpacks it; the content and its type are the same."""
    packed = ui.client.get("/assets/index-1a2b.js", headers={"Accept-Encoding": "gzip, br"})
    plain = ui.client.get("/assets/index-1a2b.js", headers={"Accept-Encoding": "gzip;q=0"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text == SCRIPT
    assert packed.headers["content-type"] == plain.headers["content-type"]
    assert packed.headers["etag"] != plain.headers["etag"]
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/%00"])
def test_no_other_file_is_served(ui: Web, path: str) -> None:
    """Whatever the address says."""
    answer = ui.client.get(path)

    assert answer.status_code == 404
    assert "not of the build" not in answer.text


def test_the_page_runs_nothing_inline_and_loads_from_here_only(ui: Web) -> None:
    """Pictures may be made in the page, and the stream comes from the same host."""
    page = ui.client.get("/", headers=AS_PAGE)
    policy = {part.split()[0]: part.split()[1:] for part in page.headers["content-security-policy"].split(";")}

    assert policy["script-src"] == policy["style-src"] == policy["default-src"] == policy["worker-src"] == ["'self'"]
    assert policy["img-src"] == ["'self'", "data:", "blob:"]
    assert policy["media-src"] == ["'self'", "blob:"]
    host = ui.url.removeprefix("http://")
    assert policy["connect-src"] == ["'self'", f"ws://{host}", f"wss://{host}"]
    assert "unsafe" not in page.headers["content-security-policy"]


def test_a_made_up_host_says_nothing_in_the_policy(tmp_path: Path) -> None:
    """Whoever sends the header does not write the policy."""
    with serve_web(tmp_path / "data", built_ui=build(tmp_path / "built"), public_url="http://vision.example") as web:
        page = web.client.get("/", headers={**AS_PAGE, "Host": "x; script-src *"})

    assert page.status_code == 200
    assert "script-src *" not in page.headers["content-security-policy"]


@pytest.mark.parametrize("prefix", ["", "/vision/transom"])
def test_below_a_sub_path_every_address_has_it(below: Web, prefix: str) -> None:
    """Whether the proxy strips it or not, and the page is told what it is."""
    page = below.client.get(f"{prefix}/jobs/1", headers=AS_PAGE)

    assert '<meta name="transom-root" content="/vision/transom">' in page.text
    assert 'src="/vision/transom/assets/index-1a2b.js"' in page.text
    assert below.client.get(f"{prefix}/assets/index-1a2b.js").text == SCRIPT
    assert problem_of(below.client.get(f"{prefix}/v1/nothing", headers=AS_PAGE))["code"] == "NOT_FOUND"


def test_the_sub_path_itself_is_the_page(below: Web) -> None:
    """With and without its last slash."""
    for path in ("/vision/transom", "/vision/transom/"):
        assert '<div id="root">' in below.client.get(path, headers=AS_PAGE).text


@pytest.mark.parametrize("path", ["/", "/jobs"])
def test_where_it_is_not_built_it_says_how(web: Web, path: str) -> None:
    """In words, with the commands; the API works, and the page leads to it."""
    page = web.client.get(path, headers=AS_PAGE)

    assert page.status_code == 200
    assert "npm --prefix web-ui run build" in page.text
    assert "make run" in page.text
    assert 'href="/docs"' in page.text
    assert web.client.get("/v1/jobs").status_code == 200


def test_a_build_is_served_without_a_restart(tmp_path: Path) -> None:
    """Who builds as the page says reloads it, and has the web UI."""
    with serve_web(tmp_path / "data", built_ui=tmp_path / "built") as web:
        assert "is not built" in web.client.get("/").text
        build(tmp_path / "built")
        assert '<div id="root">' in web.client.get("/").text
