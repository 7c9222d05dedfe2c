"""`POST /v1/jobs`: what is taken, and that nothing of what is refused stays."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.jobs import store
from tests.stack import wait_until
from tests.unit.api.forms import part, post_parts
from tests.unit.api.plugins import Drawing
from tests.unit.api.web import PNG, Web, as_json, problem_of


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


def test_a_plugin_may_say_which_tool_is_meant(own_web: Callable[..., Web]) -> None:
    """Of several tools the plugin's default runs where none is named, so that a new one changes nothing for clients."""
    web = own_web()
    manifest = Drawing.manifest().model_dump(mode="json")
    web.announce(plugins=[{"manifest": {**manifest, "default_tool": "count"}}])

    job_id = web.submit(plugin="drawing")

    with web.database.read() as connection:
        assert store.get(connection, "default", job_id).tools == ["count"]


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
        ({"upload_id": "1"}, 422, "VALIDATION_FAILED", "upload_id"),
        ({"webhook_url": "http://127.0.0.1/hook"}, 400, "WEBHOOKS_DISABLED", "webhook_url"),
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


def test_a_boundary_that_no_body_has_is_refused(web: Web) -> None:
    """A boundary longer than any is the client's mistake, not the server's."""
    kind = f"multipart/form-data; boundary={'a' * 3000}"

    problem = problem_of(web.client.post("/v1/jobs", content=b"xyz", headers={"Content-Type": kind}))

    assert (problem["status"], problem["code"]) == (400, "MALFORMED_MULTIPART")


def test_a_form_of_too_many_fields_is_refused(web: Web) -> None:
    """Memory is bounded: fields in number."""
    problem = problem_of(post_parts(web, *(part("tool", b"x") for _ in range(101))))

    assert problem["code"] == "MALFORMED_MULTIPART"


def test_a_form_of_too_large_fields_is_refused(web: Web) -> None:
    """Memory is bounded: fields in size, all together."""
    problem = problem_of(post_parts(web, *(part("tool", b"x" * 400_000) for _ in range(3))))

    assert (problem["status"], problem["code"]) == (413, "BODY_TOO_LARGE")


def test_a_client_that_goes_away_leaves_nothing(web: Web) -> None:
    """Half an upload is deleted."""
    before = web.inputs()
    head = (
        "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n"
        "Content-Type: multipart/form-data; boundary=gap\r\n\r\n"
    )
    address = urlsplit(web.url)
    with socket.create_connection((address.hostname or "", address.port or 0)) as client:
        client.sendall(head.encode() + part("file", PNG + bytes(2_000_000), "dot.png")[:-2])
        wait_until(lambda: web.inputs() != before, what="the upload beginning")

    wait_until(lambda: web.inputs() == before, what="the half upload being deleted")


def test_any_other_body_is_refused(web: Web) -> None:
    """A raw file is for `POST /v1/analyze`."""
    answer = web.client.post("/v1/jobs", content=PNG, headers={"Content-Type": "image/png"})

    assert problem_of(answer)["code"] == "BAD_REQUEST"
