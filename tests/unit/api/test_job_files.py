"""A job's input and its previews."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from app.api import job_files
from app.storage.blobs import BlobStore, preview_key, thumbnail_key
from tests.unit.api.web import PNG, Web, problem_of

CONTENT = PNG + bytes(range(256)) * 4096


@pytest.fixture(scope="module")
def job_id(web: Web) -> str:
    """A job over a megabyte."""
    return web.submit(CONTENT, name="häfen & co.png")


def read(web: Web, job_id: str, **headers: str) -> Any:
    """The input."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.client.get(f"/v1/jobs/{job_id}/input", headers=named)


def test_the_whole(web: Web, job_id: str) -> None:
    """As it was sent, with its type and name, and disarmed for a browser that opens it."""
    answer = read(web, job_id)

    assert answer.content == CONTENT
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-disposition"] == "inline; filename*=UTF-8''h%C3%A4fen%20%26%20co.png"
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=1000000-", 1_000_000, len(CONTENT)),
        ("bytes=-10", len(CONTENT) - 10, len(CONTENT)),
        ("bytes=100-99999999", 100, len(CONTENT)),
        ("bytes=-99999999", 0, len(CONTENT)),
    ],
)
def test_a_range(web: Web, job_id: str, asked: str, start: int, end: int) -> None:
    """206, and those bytes."""
    answer = read(web, job_id, Range=asked)

    assert answer.status_code == 206
    assert answer.content == CONTENT[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"
    assert answer.headers["content-length"] == str(end - start)


@pytest.mark.parametrize("asked", ["bytes=99999999-", f"bytes={len(CONTENT)}-", "bytes=-0"])
def test_a_range_beyond_the_end(web: Web, job_id: str, asked: str) -> None:
    """416 with the true length."""
    answer = read(web, job_id, Range=asked)

    assert problem_of(answer)["code"] == "RANGE_NOT_SATISFIABLE"
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(CONTENT)}"


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=5-2",
        "bytes=0-1,5-6",
        "lines=1-2",
        "bytes=-",
        "bytes=a-b",
        f"bytes={'9' * 5000}-",
        f"bytes=0-{'9' * 5000}",
        f"bytes=-{'9' * 5000}",
    ],
    ids=lambda asked: asked[:20],
)
def test_a_range_that_is_none(web: Web, job_id: str, asked: str) -> None:
    """What is malformed, is several, or counts further than any file goes, may be ignored, and is."""
    answer = read(web, job_id, Range=asked)

    assert (answer.status_code, answer.content) == (200, CONTENT)


def test_a_range_of_this_version_only(web: Web, job_id: str) -> None:
    """`If-Range` with another tag gets the whole."""
    etag = read(web, job_id).headers["etag"]

    assert read(web, job_id, Range="bytes=0-9", If_Range=etag).status_code == 206
    assert read(web, job_id, Range="bytes=0-9", If_Range='"other"').status_code == 200


def test_who_has_it_is_told_so(web: Web, job_id: str) -> None:
    """304."""
    etag = read(web, job_id).headers["etag"]

    answer = read(web, job_id, If_None_Match=etag)

    assert (answer.status_code, answer.content) == (304, b"")


def test_only_the_head(web: Web, job_id: str) -> None:
    """`HEAD` says how long it is, and sends nothing."""
    answer = web.client.head(f"/v1/jobs/{job_id}/input")

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(CONTENT))


def test_an_input_that_is_gone(web: Web) -> None:
    """404, and not a word of where it would lie."""
    job_id = web.submit()
    BlobStore(web.settings.resolved_storage_url).delete(f"inputs/{job_id}")

    answer = read(web, job_id)

    assert problem_of(answer)["code"] == "BLOB_NOT_FOUND"
    assert str(web.settings.data_dir) not in answer.text


def test_a_preview(web: Web, job_id: str) -> None:
    """The picture of a frame that has one."""
    with BlobStore(web.settings.resolved_storage_url).open_write(preview_key(job_id, 12)) as file:
        file.write(b"\xff\xd8\xff\xe0 picture")

    answer = web.client.get(f"/v1/jobs/{job_id}/frames/12.jpg")

    assert answer.content == b"\xff\xd8\xff\xe0 picture"
    assert answer.headers["content-type"] == "image/jpeg"


def test_which_frames_have_a_preview(web: Web) -> None:
    """Their indexes, in order; at first there are none."""
    job_id = web.submit()
    assert web.get(f"/v1/jobs/{job_id}/previews") == {"previews": []}

    for index in (40, 3, 12):
        with BlobStore(web.settings.resolved_storage_url).open_write(preview_key(job_id, index)) as file:
            file.write(b"\xff\xd8\xff picture")

    assert web.get(f"/v1/jobs/{job_id}/previews") == {"previews": [3, 12, 40]}
    for index in (3, 12, 40):
        assert web.client.get(f"/v1/jobs/{job_id}/frames/{index}.jpg").status_code == 200


def test_no_preview(web: Web, job_id: str) -> None:
    """Most frames have none; it may come."""
    problem = problem_of(web.client.get(f"/v1/jobs/{job_id}/frames/13.jpg"))

    assert (problem["status"], problem["code"], problem["retryable"]) == (404, "NOT_READY", True)


def test_a_preview_that_is_on_its_way(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message names it a moment before it is there; while the job runs, who asks for it gets it all the same."""
    monkeypatch.setattr(job_files, "COMING_SECONDS", 30.0)
    job_id = web.submit()
    web.worker.begin(job_id)
    blobs = BlobStore(web.settings.resolved_storage_url)

    def write() -> None:
        with blobs.open_write(preview_key(job_id, 7)) as file:
            file.write(b"\xff\xd8 picture")

    writing = threading.Timer(0.2, write)
    writing.start()
    answer = web.client.get(f"/v1/jobs/{job_id}/frames/7.jpg")
    writing.join()

    assert (answer.status_code, answer.content) == (200, b"\xff\xd8 picture")


def test_a_thumbnail(web: Web) -> None:
    """None before a worker has made it; then a JPEG that is named by what it shows, and is no preview of a frame."""
    job_id = web.submit()
    problem = problem_of(web.client.get(f"/v1/jobs/{job_id}/thumbnail"))
    assert (problem["status"], problem["code"], problem["retryable"]) == (404, "NOT_READY", True)

    seen: list[str] = []
    for content in (b"\xff\xd8\xff first", b"\xff\xd8\xff later, and longer"):
        with BlobStore(web.settings.resolved_storage_url).open_write(thumbnail_key(job_id)) as file:
            file.write(content)
        answer = web.client.get(f"/v1/jobs/{job_id}/thumbnail", headers={"If-None-Match": seen[-1] if seen else ""})
        assert (answer.status_code, answer.content) == (200, content)
        assert answer.headers["content-type"] == "image/jpeg"
        seen.append(answer.headers["etag"])

    again = web.client.get(f"/v1/jobs/{job_id}/thumbnail", headers={"If-None-Match": seen[-1]})
    assert (again.status_code, again.content) == (304, b"")
    assert web.get(f"/v1/jobs/{job_id}/previews") == {"previews": []}


def test_a_thumbnail_is_kept_by_browsers_once_the_job_has_ended(web: Web) -> None:
    """Before that there may be a later one at the same address, so it is asked for each time."""
    run = web.worker.begin(web.submit())
    with BlobStore(web.settings.resolved_storage_url).open_write(thumbnail_key(run.job.id)) as file:
        file.write(b"\xff\xd8\xff picture")
    before = web.client.get(f"/v1/jobs/{run.job.id}/thumbnail")
    run.done()
    after = web.client.get(f"/v1/jobs/{run.job.id}/thumbnail")

    assert before.headers["cache-control"] == "private, no-cache"
    assert after.headers["cache-control"] == "private, max-age=3600"
    assert before.headers["etag"] == after.headers["etag"]


@pytest.mark.parametrize("name", ["x.jpg", "-1.jpg", "12.png", "..%2f..%2fsecret.jpg"])
def test_no_such_file(web: Web, job_id: str, name: str) -> None:
    """Only frames by their number."""
    assert problem_of(web.client.get(f"/v1/jobs/{job_id}/frames/{name}"))["status"] == 404
