"""`/v1/uploads`: files in pieces, by tus 1.0."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.jobs.ids import new_id, now_ms
from app.uploads import receiving, store
from app.uploads.upload import Upload
from tests.stack import NOBODY, wait_until
from tests.unit.api.tus_client import (
    PIECE,
    TUS,
    create,
    half_a_piece,
    id_in,
    named,
    offset_of,
    patch,
    stored,
    upload,
    wait_until_held,
)
from tests.unit.api.web import PNG, Web, problem_of


def test_what_it_speaks_is_told(web: Web) -> None:
    """Without any header that a proxy may strip."""
    answer = web.client.options("/v1/uploads")

    assert answer.status_code == 204
    assert answer.headers["tus-version"] == answer.headers["tus-resumable"] == "1.0.0"
    assert set(answer.headers["tus-extension"].split(",")) >= {"creation", "creation-with-upload", "termination"}
    assert answer.headers["tus-max-size"] == str(web.settings.max_upload_bytes)


def test_a_file_arrives_in_pieces(web: Web) -> None:
    """Each answer says how far it is, and so does `HEAD`, with what was said of the file."""
    address = create(web, headers=named("dot.png"))
    first = patch(web, address, 0, PNG[:30])
    middle = web.client.head(address, headers=TUS)
    second = patch(web, address, 30, PNG[30:])

    assert (first.status_code, first.headers["upload-offset"]) == (204, "30")
    assert (middle.headers["upload-offset"], middle.headers["upload-length"]) == ("30", str(len(PNG)))
    assert middle.headers["upload-metadata"] == named("dot.png")["Upload-Metadata"]
    assert middle.headers["cache-control"] == "no-store"
    assert second.headers["upload-offset"] == str(len(PNG))
    assert "GMT" in second.headers["upload-expires"]
    state = web.get(address)
    assert (state["name"], state["offset"], state["complete"]) == ("dot.png", len(PNG), True)


def test_the_first_piece_may_come_at_once(web: Web) -> None:
    """A small file is one call."""
    answer = web.client.post("/v1/uploads", content=PNG, headers={**PIECE, "Upload-Length": str(len(PNG))})

    assert (answer.status_code, answer.headers["upload-offset"]) == (201, str(len(PNG)))
    assert offset_of(web, answer.headers["location"]) == len(PNG)


@pytest.mark.parametrize("refused", ["PATCH", "HEAD", "DELETE"])
def test_a_post_stands_for_a_refused_method(web: Web, refused: str) -> None:
    """Proxies that know GET and POST only let all of it pass."""
    address = create(web)
    headers = {**PIECE, "Upload-Offset": "0", "X-HTTP-Method-Override": refused}

    answer = web.client.post(address, content=PNG if refused == "PATCH" else b"", headers=headers)

    assert answer.status_code == (200 if refused == "HEAD" else 204)
    assert answer.headers.get("upload-offset") == {"PATCH": str(len(PNG)), "HEAD": "0"}.get(refused)
    assert web.client.get(address).status_code == (404 if refused == "DELETE" else 200)


def test_a_post_that_stands_for_nothing(web: Web) -> None:
    """It says what is missing."""
    problem = problem_of(web.client.post(create(web), headers=TUS))

    assert problem["code"] == "METHOD_NOT_ALLOWED"
    assert "X-HTTP-Method-Override" in problem["detail"]


def test_what_arrived_before_a_cut_stays(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next piece goes on from there, and the file is whole."""
    taken = _count_of_what_is_taken(monkeypatch)
    address = create(web)
    with half_a_piece(web, address, PNG[:40], announced=len(PNG)):
        # What the server has not read when the connection ends is lost with it, and comes again.
        wait_until(lambda: sum(taken) == 40, what="what was sent being read")

    wait_until(lambda: offset_of(web, address) == 40, what="what arrived being kept")

    assert patch(web, address, 40, PNG[40:]).status_code == 204
    job = web.client.post("/v1/jobs", json={"plugin": "counting", "upload_id": id_in(address)})
    assert web.client.get(f"/v1/jobs/{job.json()['job_id']}/input").content == PNG


def _count_of_what_is_taken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bytes of each chunk that the server has read, as it reads them."""
    taken: list[int] = []
    take = receiving._Piece.take

    async def counted(piece: receiving._Piece, chunk: bytes) -> None:
        await take(piece, chunk)
        taken.append(len(chunk))

    monkeypatch.setattr(receiving._Piece, "take", counted)
    return taken


def test_of_two_at_once_one_goes_on(web: Web) -> None:
    """The other is told that it is locked, and the first comes to its end."""
    address = create(web)
    with half_a_piece(web, address, PNG[:40], announced=len(PNG)) as connection:
        wait_until_held(web, id_in(address))
        second = problem_of(patch(web, address, 0, PNG))
        connection.sendall(PNG[40:])
        answer = connection.recv(65536)

    assert (second["status"], second["code"], second["retryable"]) == (423, "UPLOAD_LOCKED", True)
    assert answer.startswith(b"HTTP/1.1 204")
    assert offset_of(web, address) == len(PNG)


def test_who_is_silent_lets_go(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that cut without telling keeps nobody waiting; what came is kept."""
    monkeypatch.setattr("app.uploads.receiving.SILENCE_SECONDS", 0.3)
    address = create(web)
    with half_a_piece(web, address, PNG[:40], announced=len(PNG)) as connection:
        answer = connection.recv(65536)

    assert answer.startswith(b"HTTP/1.1 408")
    assert patch(web, address, 40, PNG[40:]).status_code == 204


def test_a_deleted_upload_takes_nothing_more(web: Web) -> None:
    """Not even of a piece that is under way, and nothing of it is left."""
    address = create(web)
    with half_a_piece(web, address, PNG[:40], announced=len(PNG)) as connection:
        wait_until_held(web, id_in(address))
        deleted = web.client.delete(address, headers=TUS)
        connection.sendall(PNG[40:])
        answer = connection.recv(65536)

    assert deleted.status_code == 204
    assert answer.startswith(b"HTTP/1.1 423")
    assert problem_of(web.client.get(address))["code"] == "UPLOAD_NOT_FOUND"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"Upload-Offset": "7"}, 409, "UPLOAD_OFFSET_CONFLICT"),
        ({"Upload-Offset": ""}, 400, "BAD_REQUEST"),
        ({"Upload-Offset": "-1"}, 400, "BAD_REQUEST"),
        ({"Upload-Offset": "٣"}, 400, "BAD_REQUEST"),
        ({"Content-Type": "application/octet-stream"}, 415, "UNSUPPORTED_CONTENT_TYPE"),
        ({"Tus-Resumable": "0.2.2"}, 412, "TUS_VERSION_UNKNOWN"),
    ],
)
def test_a_piece_that_does_not_fit(web: Web, changes: dict[str, str], status: int, code: str) -> None:
    """Each reason has its code, in an answer of this protocol, and nothing of the piece is kept."""
    address = create(web)
    headers = {**PIECE, "Upload-Offset": "0", **changes}

    answer = web.client.patch(
        address, content=PNG, headers=[(name.encode(), value.encode()) for name, value in headers.items()]
    )

    problem = problem_of(answer)
    assert (problem["status"], problem["code"]) == (status, code)
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert offset_of(web, address) == 0


def test_a_conflict_says_where_to_go_on(web: Web) -> None:
    """In the problem itself."""
    address = create(web)
    patch(web, address, 0, PNG[:30])

    assert problem_of(patch(web, address, 0, PNG))["offset"] == 30


@pytest.mark.parametrize("chunked", [False, True])
def test_more_than_was_announced(web: Web, chunked: bool) -> None:
    """413, and nothing beyond the length is kept."""
    address = create(web)
    content = PNG + b"more"

    answer = web.client.patch(
        address,
        content=(content[at : at + 10] for at in range(0, len(content), 10)) if chunked else content,
        headers={**PIECE, "Upload-Offset": "0"},
    )

    assert problem_of(answer)["code"] == "UPLOAD_TOO_LARGE"
    assert offset_of(web, address) <= len(PNG)


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 400, "BAD_REQUEST"),
        ({"Upload-Length": "many"}, 400, "BAD_REQUEST"),
        ({"Upload-Length": str(2**40)}, 413, "UPLOAD_TOO_LARGE"),
        ({"Upload-Length": "1", "Upload-Metadata": "filename %%%"}, 422, "VALIDATION_FAILED"),
        ({"Upload-Length": "1", "Upload-Metadata": f"filename {'A' * 5000}"}, 422, "VALIDATION_FAILED"),
        ({"Upload-Length": "1", "Tus-Resumable": "2.0.0"}, 412, "TUS_VERSION_UNKNOWN"),
        ({"Upload-Length": "1", "Origin": "http://elsewhere"}, 403, "NOT_ALLOWED"),
    ],
)
def test_what_can_not_be_begun(web: Web, headers: dict[str, str], status: int, code: str) -> None:
    """Before anything is stored."""
    problem = problem_of(web.client.post("/v1/uploads", headers={**TUS, **headers}))

    assert (problem["status"], problem["code"]) == (status, code)


def test_a_foreign_page_adds_nothing(web: Web) -> None:
    """Neither by `PATCH` nor by what stands for it."""
    address = create(web)
    headers = {**PIECE, "Upload-Offset": "0", "Origin": "http://elsewhere", "X-HTTP-Method-Override": "PATCH"}

    for method in ("PATCH", "POST"):
        answer = web.client.request(method, address, content=PNG, headers=headers)
        assert problem_of(answer)["code"] == "NOT_ALLOWED"


@pytest.mark.parametrize("name", ["none", NOBODY])
def test_an_upload_that_is_not_there(web: Web, name: str) -> None:
    """404 for every call."""
    address = f"/v1/uploads/{name}"

    assert web.client.head(address, headers=TUS).status_code == 404
    for answer in (patch(web, address, 0, PNG), web.client.delete(address, headers=TUS), web.client.get(address)):
        assert problem_of(answer)["code"] == "UPLOAD_NOT_FOUND"


def test_another_tenants_is_not_there(web: Web) -> None:
    """In no call."""
    theirs = Upload(id=new_id(), tenant="other", length=9, received=0, about="", expires_at_ms=now_ms() + 60_000)
    with web.database.write() as connection:
        store.create(connection, theirs, max_waiting_bytes=9)
    address = f"/v1/uploads/{theirs.id}"

    submitted = web.client.post("/v1/jobs", json={"plugin": "counting", "upload_id": theirs.id})
    for answer in (patch(web, address, 0, PNG), web.client.delete(address), web.client.get(address), submitted):
        assert problem_of(answer)["code"] == "UPLOAD_NOT_FOUND"


def test_too_much_at_once(own_web: Callable[..., Web]) -> None:
    """What one tenant may leave lying about is bounded; what a job has taken, or was deleted, does not count."""
    web = own_web(waiting_upload_bytes=3 * len(PNG))
    taken = upload(web)
    web.client.post("/v1/jobs", json={"plugin": "counting", "upload_id": taken})
    deleted, *_ = [create(web) for _ in range(3)]

    refused = problem_of(web.client.post("/v1/uploads", headers={**TUS, "Upload-Length": str(len(PNG))}))
    web.client.delete(deleted)

    assert (refused["status"], refused["code"]) == (429, "TOO_MANY_UPLOADS")
    create(web)


def test_one_that_was_left_alone(own_web: Callable[..., Web]) -> None:
    """It is gone after its time, and says so."""
    web = own_web(upload_hours=1e-6)
    address = create(web)

    answer = web.client.get(address)
    wait_until(lambda: web.client.get(address).status_code == 410, what="the upload's end")

    assert answer.status_code in {200, 410}
    assert problem_of(patch(web, address, 0, PNG))["code"] == "UPLOAD_EXPIRED"


def test_a_key_begins_one_upload(web: Web) -> None:
    """Whoever repeats a call whose answer was lost gets the same address."""
    key = {"Idempotency-Key": f"begin-{new_id()}"}

    assert create(web, headers=key) == create(web, headers=key)


def test_another_web_process_goes_on(web: Web, own_web: Callable[..., Web], tmp_path: Path) -> None:
    """All that there is to know is in the database and the storage."""
    first, second = own_web(), own_web()
    address = create(first)
    patch(first, address, 0, PNG[:30])

    assert offset_of(second, address) == 30
    assert patch(second, address, 30, PNG[30:]).status_code == 204
    assert offset_of(first, address) == len(PNG)
    assert stored(second) == {id_in(address)}
