"""`POST /v1/jobs`: what is taken, and that nothing of what is refused stays."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.jobs import store
from tests.stack import wait_until
from tests.unit.api.web import PNG, Web, as_json, problem_of, serve_web
from tests.unit.api.wire import exchange

BOUNDARY = "gap"


def part(name: str, value: bytes, filename: str | None = None) -> bytes:
    """One part of a multipart body."""
    shown = f'; filename="{filename}"' if filename else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{shown}\r\n\r\n'
    return head.encode() + value + b"\r\n"


def post_parts(web: Web, *parts: bytes, end: bytes = f"--{BOUNDARY}--\r\n".encode()) -> Any:
    """Send a multipart body as it is."""
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return web.client.post("/v1/jobs", content=b"".join(parts) + end, headers=headers)


def test_a_job_is_accepted_with_its_address(web: Web) -> None:
    """202, `Location`, and Phase 9's job without frames."""
    answer = web.post()

    job_id = answer.json()["job_id"]
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/jobs/{job_id}"
    assert answer.json() == {
        "job_id": job_id,
        "status": "queued",
        "device_requested": "cpu",
        "device_used": "cpu",
        "fallback": False,
        "frames": [],
    }


def test_the_stored_input_is_what_was_sent(web: Web) -> None:
    """Not a byte more or less, also of what looks like a boundary."""
    content = PNG + b"\r\n--other\r\n" + bytes(range(256)) * 12_000 + b"\r\n--"

    job_id = web.submit(content)

    assert web.client.get(f"/v1/jobs/{job_id}/input").content == content


def test_a_jobs_log_begins_with_its_being_queued(web: Web) -> None:
    """The first message is in the log when the call answers."""
    job_id = web.submit()

    messages = web.get(f"/v1/jobs/{job_id}/events")["messages"]
    assert [(message["type"], message["payload"]["status"]) for message in messages] == [("job_status", "queued")]


@pytest.mark.parametrize("file_at", [0, 1, 2])
def test_fields_may_come_in_any_order(web: Web, file_at: int) -> None:
    """The file may come before the fields that say what to do with it."""
    parts = [part("plugin", b"drawing"), part("tool", b"count")]
    parts.insert(file_at, part("file", PNG, "dot.png"))

    answer = post_parts(web, *parts)

    assert answer.status_code == 202


def test_a_file_part_needs_no_filename(web: Web) -> None:
    """Some clients send none."""
    answer = post_parts(web, part("plugin", b"counting"), part("file", PNG))

    assert answer.status_code == 202


def test_several_tools_run_over_one_input(web: Web) -> None:
    """`tool` repeats, and each has its options."""
    job_id = web.submit(plugin="drawing", tool=["outline", "count"], options=as_json({"outline": {"colour": "red"}}))

    with web.database.read() as connection:
        job = store.get(connection, "default", job_id)
    assert job.tools == ["outline", "count"]
    assert job.options == {"outline": {"colour": "red"}}


def test_everything_said_of_a_job_is_kept(web: Web) -> None:
    """Priority, the name of the file without its folders, its type by content, its size."""
    answer = post_parts(
        web,
        part("plugin", b"counting"),
        part("priority", b"high"),
        part("file", PNG, "/etc/media/dot\x07.jpg"),
    )

    job_id = answer.json()["job_id"]
    (job,) = [job for job in web.get("/v1/jobs")["jobs"] if job["job_id"] == job_id]
    assert job["priority"] == "high"
    assert job["input_name"] == "dot.jpg"
    assert job["input_type"] == "image/png"
    assert job["input_bytes"] == len(PNG)


@pytest.mark.parametrize(
    ("fields", "status", "code", "field"),
    [
        ({"plugin": ""}, 400, "MISSING_FIELD", "plugin"),
        ({"plugin": "nobody"}, 404, "PLUGIN_NOT_FOUND", None),
        ({"plugin": "broken"}, 404, "PLUGIN_NOT_FOUND", None),
        ({"plugin": "drawing"}, 400, "MISSING_FIELD", "tool"),
        ({"plugin": "drawing", "tool": "nothing"}, 404, "TOOL_NOT_FOUND", None),
        ({"plugin": "drawing", "tool": ["count", "count"]}, 422, "TOO_MANY_TOOLS", "tool"),
        ({"options": "{"}, 422, "INVALID_OPTIONS", "options"),
        ({"options": "[]"}, 422, "INVALID_OPTIONS", "options"),
        ({"options": "[" * 100_000}, 422, "INVALID_OPTIONS", "options"),
        ({"options": '{"x": NaN}'}, 422, "INVALID_OPTIONS", "options"),
        ({"device": "tpu"}, 400, "INVALID_DEVICE", "device"),
        ({"priority": "urgent"}, 422, "VALIDATION_FAILED", "priority"),
        ({"fallback": "perhaps"}, 422, "VALIDATION_FAILED", "fallback"),
        ({"colour": "red"}, 422, "VALIDATION_FAILED", "colour"),
        ({"input_url": "http://127.0.0.1/secret"}, 400, "URL_INPUT_DISABLED", None),
        ({"upload_id": "1"}, 400, "UPLOADS_DISABLED", None),
        ({"webhook_url": "http://127.0.0.1/hook"}, 400, "WEBHOOKS_DISABLED", None),
    ],
)
def test_what_is_wrong_is_named(web: Web, fields: dict[str, Any], status: int, code: str, field: str | None) -> None:
    """Each mistake has its stable code and names its field, and nothing of the upload stays."""
    before = web.inputs()

    problem = problem_of(web.post(**fields))

    assert (status, code) == (problem["status"], problem["code"])
    assert [field] if field else [error["field"] for error in problem.get("errors", [])] == []
    assert web.inputs() == before


def test_every_bad_option_is_named(web: Web) -> None:
    """Missing, unknown, out of range: all in one answer."""
    answer = web.post(plugin="drawing", tool="outline", options=as_json({"width": 99, "shade": 1}))

    problem = problem_of(answer)
    assert problem["code"] == "INVALID_OPTIONS"
    assert {error["field"] for error in problem["errors"]} == {"options.colour", "options.width", "options.shade"}


def test_options_of_several_tools_are_named_with_their_tool(web: Web) -> None:
    """A tool that was not asked for has no options."""
    options = as_json({"outline": {"colour": "green"}, "read": {}})
    answer = web.post(plugin="drawing", tool=["outline", "count"], options=options)

    fields = {error["field"] for error in problem_of(answer)["errors"]}
    assert fields == {"options.outline.colour", "options.read"}


def test_neither_name_nor_declared_type_is_believed(web: Web) -> None:
    """The content decides, both ways."""
    text = web.client.post(
        "/v1/jobs", data={"plugin": "counting"}, files={"file": ("dot.png", b"#!/bin/sh\nexit 1\n", "image/png")}
    )
    picture = web.client.post("/v1/jobs", data={"plugin": "counting"}, files={"file": ("notes.txt", PNG, "text/plain")})

    assert (problem_of(text)["status"], problem_of(text)["code"]) == (415, "UNSUPPORTED_INPUT")
    assert picture.status_code == 202


def test_a_tool_gets_no_input_of_a_kind_that_it_does_not_take(web: Web) -> None:
    """A video for a tool of images is refused at once."""
    webm = bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878102428581021853806701")

    problem = problem_of(web.post(webm, plugin="drawing", tool="read"))

    assert (problem["status"], problem["code"]) == (415, "UNSUPPORTED_INPUT")


@pytest.mark.parametrize(("content", "code"), [(b"", "MISSING_FIELD"), (b"\0" * 100, "UNSUPPORTED_INPUT")])
def test_nothing_is_no_input(web: Web, content: bytes, code: str) -> None:
    """An empty file, or one of zeros."""
    assert problem_of(web.post(content))["code"] == code


def test_a_job_needs_a_file(web: Web) -> None:
    """A form without one says so."""
    problem = problem_of(post_parts(web, part("plugin", b"counting")))

    assert (problem["code"], problem["errors"][0]["field"]) == ("MISSING_FIELD", "file")


@pytest.mark.parametrize(
    "body",
    [
        part("plugin", b"counting") + part("file", PNG, "a") + part("file", PNG, "b") + b"--gap--\r\n",
        part("plugin", b"counting") + part("file", PNG, "a"),
        b"no boundary in sight",
        b"",
    ],
    ids=["two files", "cut off", "no multipart", "empty"],
)
def test_a_damaged_form_is_refused(web: Web, body: bytes) -> None:
    """And what had arrived of its file is gone."""
    before = web.inputs()

    problem = problem_of(post_parts(web, body, end=b""))

    assert (problem["status"], problem["code"]) == (400, "MALFORMED_MULTIPART")
    assert web.inputs() == before


def test_a_form_of_too_many_fields_is_refused(web: Web) -> None:
    """Memory is bounded: fields in number."""
    problem = problem_of(post_parts(web, *(part("tool", b"x") for _ in range(101))))

    assert problem["code"] == "MALFORMED_MULTIPART"


def test_a_form_of_too_large_fields_is_refused(web: Web) -> None:
    """Memory is bounded: fields in size, all together."""
    problem = problem_of(post_parts(web, *(part("tool", b"x" * 400_000) for _ in range(3))))

    assert (problem["status"], problem["code"]) == (413, "BODY_TOO_LARGE")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A web process that takes 2,048 bytes at most."""
    with serve_web(tmp_path_factory.mktemp("small"), max_upload_bytes=2048) as web:
        yield web


class TestLimit:
    """The largest input that is taken."""

    def test_an_input_of_the_limit_is_taken(self, small: Web) -> None:
        """The limit itself is allowed."""
        assert small.post(PNG.ljust(2048, b"\0")).status_code == 202

    def test_a_byte_more_is_refused(self, small: Web) -> None:
        """With the limit in the answer, and no rest of it in storage."""
        before = small.inputs()

        problem = problem_of(small.post(PNG.ljust(2049, b"\0")))

        assert (problem["status"], problem["code"], problem["limit_bytes"]) == (413, "BODY_TOO_LARGE", 2048)
        assert small.inputs() == before

    def test_a_body_that_announces_too_much_is_refused_unread(self, small: Web) -> None:
        """The answer comes before any of the body was sent."""
        head = (
            "POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n"
            "Content-Type: multipart/form-data; boundary=gap\r\n\r\n"
        )

        assert b" 413 " in exchange(small.url, head.encode(), until=b"BODY_TOO_LARGE").splitlines()[0]

    def test_a_body_without_a_length_is_refused_where_it_passes_the_limit(self, small: Web) -> None:
        """Also one that never says how long it is."""

        def endless() -> Iterator[bytes]:
            yield part("file", PNG, "dot.png")[:-2]
            for _ in range(100):
                yield bytes(1000)

        headers = {"Content-Type": "multipart/form-data; boundary=gap"}
        answer = small.client.post("/v1/jobs", content=endless(), headers=headers)

        assert problem_of(answer)["code"] == "BODY_TOO_LARGE"
        assert not [name for name in small.inputs() if name.endswith(".part")]


def test_a_client_that_goes_away_leaves_nothing(web: Web) -> None:
    """Half an upload is deleted."""
    before = web.inputs()
    head = (
        "POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n"
        "Content-Type: multipart/form-data; boundary=gap\r\n\r\n"
    )
    address = urlsplit(web.url)
    with socket.create_connection((address.hostname or "", address.port or 0)) as client:
        client.sendall(head.encode() + part("file", PNG + bytes(2_000_000), "dot.png")[:-2])
        wait_until(lambda: web.inputs() != before, what="the upload beginning")

    wait_until(lambda: web.inputs() == before, what="the half upload being deleted")


class TestJson:
    """A JSON body names an input that is elsewhere already; none of these ways is enabled yet."""

    def test_it_names_what_is_not_enabled(self, web: Web) -> None:
        """`upload_id` and `input_url` have their own codes."""
        upload = web.client.post("/v1/jobs", json={"plugin": "counting", "upload_id": "u1"})
        url = web.client.post("/v1/jobs", json={"plugin": "counting", "input_url": "http://x/", "upload_id": None})

        assert problem_of(upload)["code"] == "UPLOADS_DISABLED"
        assert problem_of(url)["code"] == "URL_INPUT_DISABLED"

    def test_it_is_checked_as_a_form_is(self, web: Web) -> None:
        """Unknown fields are named; null is as good as absent."""
        answer = web.client.post("/v1/jobs", json={"plugin": "counting", "webhook_url": None, "shade": 1})

        assert [error["field"] for error in problem_of(answer)["errors"]] == ["shade"]

    @pytest.mark.parametrize("body", [b"{", b"[]", b"7", b"[" * 100_000, b"\xff"])
    def test_what_is_no_object_is_refused(self, web: Web, body: bytes) -> None:
        """As a bad request, whatever it is."""
        answer = web.client.post("/v1/jobs", content=body, headers={"Content-Type": "application/json"})

        assert problem_of(answer)["code"] == "BAD_REQUEST"

    def test_it_is_bounded(self, web: Web) -> None:
        """A megabyte is more than any wish needs."""
        answer = web.client.post("/v1/jobs", json={"plugin": "x" * 1_100_000})

        assert problem_of(answer)["code"] == "BODY_TOO_LARGE"


def test_any_other_body_is_refused(web: Web) -> None:
    """A raw file is for `POST /v1/analyze`."""
    answer = web.client.post("/v1/jobs", content=PNG, headers={"Content-Type": "image/png"})

    assert problem_of(answer)["code"] == "BAD_REQUEST"


class TestDevice:
    """Where a job is placed, by what was asked for and what the fleet has."""

    def ask(self, web: Web, **fields: Any) -> Any:
        """Submit for a tool that has a use for a GPU."""
        return web.post(plugin="drawing", tool="outline", options=json.dumps({"colour": "red"}), **fields)

    def test_a_gpu_that_nobody_has_becomes_the_cpu(self, web: Web) -> None:
        """It is said at once: `fallback`, and why."""
        answer = self.ask(web, device="gpu")

        job = answer.json()
        assert (job["device_requested"], job["device_used"], job["fallback"]) == ("gpu", "cpu", True)
        assert "No worker has a GPU" in web.get(f"/v1/jobs/{job['job_id']}/extended")["fallback_reason"]

    def test_without_fallback_it_is_refused(self, web: Web) -> None:
        """503, to be tried again: a worker with a GPU may come."""
        problem = problem_of(self.ask(web, device="gpu", fallback="false"))

        assert (problem["status"], problem["code"], problem["retryable"]) == (503, "DEVICE_UNAVAILABLE", True)

    def test_a_tool_without_use_for_a_gpu_is_refused_for_good(self, web: Web) -> None:
        """Trying again would not help."""
        problem = problem_of(web.post(device="gpu", fallback="false"))

        assert (problem["status"], problem["code"], problem["retryable"]) == (400, "INVALID_DEVICE", False)

    def test_auto_is_no_fallback(self, web: Web) -> None:
        """Who leaves the choice to the server gets what is there."""
        job = self.ask(web, device="auto").json()

        assert (job["device_requested"], job["device_used"], job["fallback"]) == ("auto", "cpu", False)

    def test_a_gpu_is_used_where_there_is_one(self, own_web: Callable[..., Web]) -> None:
        """The job waits in that device's queue."""
        web = own_web()
        web.announce(id="hand-2", queues=["gpu"], devices=[{"name": "gpu", "title": "A GPU"}])

        answers = [self.ask(web, device=device).json() for device in ("gpu", "auto")]

        assert [(job["device_used"], job["fallback"]) for job in answers] == [("gpu", False), ("gpu", False)]
        with web.database.read() as connection:
            assert store.get(connection, "default", answers[0]["job_id"]).queue == "gpu"
