"""A job whose input is named by its address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from app.outbound.client import MAX_WAITED_FOR_A_HOST
from tests.back_ends import postgres_database
from tests.outside import Outside, serve_outside
from tests.stack import wait_until
from tests.unit.api.web import PNG, Web, serve_web


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[Outside]:
    with serve_outside() as outside:
        yield outside


@pytest.fixture(name="outside")
def _outside(server: Outside) -> Outside:
    """That server, which nobody has asked yet."""
    server.asked.clear()
    server.files = {"dot.png": PNG, "notes.txt": b"no picture", "empty.png": b""}
    return server


@contextmanager
def serve_fetching(server: Outside, database_kind: str, data: Path, *, url_seconds: float = 30) -> Iterator[Web]:
    """A web process that may ask that server by its first address, and by no other."""
    hosts = ",".join(f"{host}:{server.port}" for host in ("127.0.0.1", "127.0.0.2", "localhost", "[::1]"))
    with (
        postgres_database() if database_kind == "postgres" else nullcontext("") as url,
        serve_web(
            data,
            database_url=url,
            input_url_hosts=hosts,
            private_networks="127.0.0.1/32",
            url_seconds=url_seconds,
            max_upload_bytes=200_000,
        ) as web,
    ):
        yield web


@pytest.fixture(name="fetching", scope="module")
def _fetching(server: Outside, database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """One that has time for what a busy machine is slow to bring."""
    with serve_fetching(server, database_kind, tmp_path_factory.mktemp("web")) as web:
        yield web


def submit(web: Web, url: str, **more: Any) -> httpx.Response:
    """Submit what is at an address, as JSON."""
    return web.client.post("/v1/jobs", json={"plugin": "counting", "input_url": url, **more})


def input_of(web: Web, answer: httpx.Response) -> tuple[str, str, bytes]:
    """The name, type and content of the input of a job that was accepted."""
    assert answer.status_code == 202, answer.text
    job_id = answer.json()["job_id"]
    seen = web.get(f"/v1/jobs/{job_id}/extended")
    return seen["input_name"], seen["input_type"], web.client.get(f"/v1/jobs/{job_id}/input").content


def test_what_is_at_an_address_is_the_input(fetching: Web, outside: Outside) -> None:
    """By JSON, in a form and as Phase 9's call has it: type by content, name by the address."""
    expected = ("dot.png", "image/png", PNG)

    assert input_of(fetching, submit(fetching, f"{outside.url}/dot.png?size=1#top")) == expected
    form = {"plugin": (None, "counting"), "input_url": (None, f"{outside.url}/dot.png")}
    assert input_of(fetching, fetching.client.post("/v1/jobs", files=form)) == expected
    assert outside.asked == [(f"127.0.0.1:{outside.port}", path) for path in ("/dot.png?size=1", "/dot.png")]


def test_the_name_is_what_the_server_says(fetching: Web, outside: Outside) -> None:
    """A Content-Disposition names the file, without folders; a redirect leaves it the name that was asked for."""
    name, _, _ = input_of(fetching, submit(fetching, f"{outside.url}/named/dot.png?..%2Fgr%C3%BCn.png"))
    assert name == "grün.png"

    name, _, content = input_of(fetching, submit(fetching, f"{outside.url}/to/asked.png?{quote('/dot.png')}"))
    assert (name, content) == ("asked.png", PNG)


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("ftp://127.0.0.1/x.png", 422, "URL_INVALID"),
        ("http://user:pw@127.0.0.1/x.png", 422, "URL_INVALID"),
        ("http://127.0.0.1/x.png", 403, "URL_NOT_ALLOWED"),
        ("http://elsewhere.example:{port}/x.png", 403, "URL_NOT_ALLOWED"),
        ("http://127.0.0.2:{port}/dot.png", 403, "URL_FORBIDDEN_ADDRESS"),
        ("http://2130706434:{port}/dot.png", 403, "URL_FORBIDDEN_ADDRESS"),
        ("http://[::1]:{port}/dot.png", 403, "URL_FORBIDDEN_ADDRESS"),
        ("{url}/to?http://127.0.0.2:{port}/dot.png", 403, "URL_FORBIDDEN_ADDRESS"),
        ("{url}/to?http://[::1]:{port}/dot.png", 403, "URL_FORBIDDEN_ADDRESS"),
        ("{url}/to?http://169.254.169.254/latest", 403, "URL_NOT_ALLOWED"),
        ("{url}/to?file:///etc/passwd", 422, "URL_INVALID"),
        ("{url}/round", 422, "URL_TOO_MANY_REDIRECTS"),
        ("{url}/missing.png", 422, "URL_BAD_STATUS"),
        ("{url}/status/500", 422, "URL_BAD_STATUS"),
        ("{url}/status/204", 422, "URL_BAD_STATUS"),
        ("{url}/squeezed", 422, "URL_BAD_STATUS"),
        ("{url}/said-to-be-huge", 413, "URL_TOO_LARGE"),
        ("{url}/endless", 413, "URL_TOO_LARGE"),
        ("{url}/half", 422, "URL_UNREACHABLE"),
        ("{url}/notes.txt", 415, "UNSUPPORTED_INPUT"),
        ("{url}/empty.png", 400, "INPUT_EMPTY"),
    ],
)
def test_what_is_wrong_with_an_address_is_told(
    fetching: Web, outside: Outside, address: str, status: int, code: str
) -> None:
    """Each mistake has its stable code, and nothing is left of what came before it."""
    before = fetching.inputs(), fetching.get("/v1/jobs")["jobs"]

    answer = submit(fetching, address.format(url=outside.url, port=outside.port))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (fetching.inputs(), fetching.get("/v1/jobs")["jobs"]) == before
    assert not any(host.startswith(("127.0.0.2", "[")) for host, _ in outside.asked)


@pytest.mark.only_over("sqlite")
def test_an_address_that_brings_nothing_is_left(database_kind: str, outside: Outside, tmp_path: Path) -> None:
    """Fetching has an end, and leaves nothing behind."""
    with serve_fetching(outside, database_kind, tmp_path, url_seconds=1) as web:
        answer = submit(web, f"{outside.url}/silent")

        assert (answer.status_code, answer.json()["code"]) == (422, "URL_TIMEOUT")
        assert (web.inputs(), web.get("/v1/jobs")["jobs"]) == (set(), [])


def test_one_host_has_so_many_places(own_web: Callable[..., Web], outside: Outside) -> None:
    """A host that is slow takes no more, however it is spelt; another is asked beside it, and it itself afterwards."""
    hosts = ("127.0.0.1", "localhost")
    web = own_web(
        input_url_hosts=",".join(f"{host}:{outside.port}" for host in hosts), private_networks="127.0.0.0/8, ::1/128"
    )
    outside.files["held/dot.png"] = PNG
    spellings = ("127.0.0.1", "127.1", "2130706433", "0x7f.1")
    with ThreadPoolExecutor(MAX_WAITED_FOR_A_HOST) as pool:
        held = [
            pool.submit(submit, web, f"http://{spellings[n % 4]}:{outside.port}/held/dot.png")
            for n in range(MAX_WAITED_FOR_A_HOST)
        ]
        try:
            wait_until(lambda: len(outside.asked) == MAX_WAITED_FOR_A_HOST)
            refused = submit(web, f"{outside.url}/dot.png")
            beside = submit(web, f"http://localhost:{outside.port}/dot.png")
        finally:
            outside.held.set()
    answers = [each.result() for each in held]
    outside.held.clear()

    assert (refused.status_code, refused.json()["code"]) == (503, "TOO_BUSY")
    assert [answer.status_code for answer in (beside, *answers)] == [202] * (1 + MAX_WAITED_FOR_A_HOST)
    assert submit(web, f"{outside.url}/dot.png").status_code == 202


def test_a_name_that_leads_inside_is_refused(own_web: Callable[..., Web], outside: Outside) -> None:
    """That a host is listed, or all are, does not let its name lead into a network that is not public."""
    for hosts in (f"localhost:{outside.port}", f"*:{outside.port}"):
        web = own_web(input_url_hosts=hosts)
        answer = submit(web, f"http://localhost:{outside.port}/dot.png")

        assert (answer.status_code, answer.json()["code"]) == (403, "URL_FORBIDDEN_ADDRESS")
        assert "127.0.0.1" not in answer.text
        assert "::1" not in answer.text
    assert outside.asked == []


def test_the_same_key_fetches_once(fetching: Web, outside: Outside) -> None:
    """A call that is sent again under its key has the same answer, and nobody is asked a second time."""
    key = {"Idempotency-Key": "once"}
    body = {"plugin": "counting", "input_url": f"{outside.url}/dot.png"}

    first, second = (fetching.client.post("/v1/jobs", json=body, headers=key) for _ in range(2))
    other = fetching.client.post("/v1/jobs", json={**body, "input_url": f"{outside.url}/other.png"}, headers=key)

    assert (first.status_code, second.status_code) == (202, 202)
    assert (second.json(), second.headers["Idempotency-Replayed"]) == (first.json(), "true")
    assert other.json()["code"] == "IDEMPOTENCY_MISMATCH"
    assert len(outside.asked) == 1


def test_a_key_is_free_again_where_fetching_failed(fetching: Web, outside: Outside) -> None:
    """What could not be fetched can be asked for again under the same key."""
    key = {"Idempotency-Key": "again"}
    body = {"plugin": "counting", "input_url": f"{outside.url}/late.png"}

    assert fetching.client.post("/v1/jobs", json=body, headers=key).json()["code"] == "URL_BAD_STATUS"
    outside.files["late.png"] = PNG

    assert fetching.client.post("/v1/jobs", json=body, headers=key).status_code == 202


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"image_url": "{url}/dot.png"}, "VALIDATION_FAILED"),
        ({"upload_id": "x"}, "VALIDATION_FAILED"),
        ({"plugin": "nobody"}, "PLUGIN_NOT_FOUND"),
        ({"options": "{"}, "INVALID_OPTIONS"),
        ({"webhook_url": "http://127.0.0.1/"}, "WEBHOOKS_DISABLED"),
    ],
)
def test_nobody_is_asked_for_a_form_that_is_wrong(
    fetching: Web, outside: Outside, fields: dict[str, str], code: str
) -> None:
    """Everything that is wrong with the rest of a form is told before anything is fetched."""
    filled = {name: value.format(url=outside.url) if "{url}" in value else value for name, value in fields.items()}

    assert submit(fetching, f"{outside.url}/dot.png", **filled).json()["code"] == code
    assert outside.asked == []


def test_a_file_beside_an_address_is_refused(fetching: Web, outside: Outside) -> None:
    """A job has one input."""
    before = fetching.inputs()

    answer = fetching.post(input_url=f"{outside.url}/dot.png")

    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_FAILED")
    assert fetching.inputs() == before


def test_through_a_proxy_the_rules_are_the_same(own_web: Callable[..., Web], outside: Outside) -> None:
    """The proxy is told whole addresses and its credentials' header; what may not be asked it never hears of."""
    with serve_outside() as proxy:
        proxy.files["dot.png"] = PNG
        web = own_web(
            input_url_hosts="images.invalid,localhost",
            private_networks="127.0.0.5/32",
            outbound_proxy=f"http://someone:secret@127.0.0.1:{proxy.port}",
        )
        # A name that can't be looked up from here: the proxy knows it.
        name, _, content = input_of(web, submit(web, "http://images.invalid/dot.png"))
        refused = submit(web, "http://localhost/dot.png").json()["code"]
        elsewhere = submit(web, "http://images.invalid/to?http://127.0.0.1/dot.png").json()["code"]

    assert (name, content) == ("dot.png", PNG)
    assert (refused, elsewhere) == ("URL_FORBIDDEN_ADDRESS", "URL_NOT_ALLOWED")
    assert proxy.asked == [
        ("images.invalid", "http://images.invalid:80/dot.png"),
        ("images.invalid", "http://images.invalid:80/to?http://127.0.0.1/dot.png"),
    ]


@pytest.mark.parametrize("port", [1, 9])
def test_a_proxy_that_is_away_is_told_without_its_password(own_web: Callable[..., Web], port: int) -> None:
    """Whoever can't get out hears that, and nothing of how the way out is."""
    web = own_web(input_url_hosts="images.invalid", outbound_proxy=f"http://someone:secret@127.0.0.1:{port}")

    answer = submit(web, "http://images.invalid/dot.png")

    assert answer.json()["code"] == "URL_UNREACHABLE"
    assert "secret" not in answer.text
