"""Jobs over uploads: `POST /v1/jobs` with an `upload_id`."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from app.jobs.ids import new_id
from app.storage.blobs import BlobStore
from tests.stack import NOBODY
from tests.unit.api.tus_client import create, id_in, patch, stored, upload
from tests.unit.api.web import PNG, Web, problem_of


def submit(web: Web, upload_id: str, *, key: str | None = None, **fields: object) -> httpx.Response:
    """Hand an upload in."""
    headers = {} if key is None else {"Idempotency-Key": key}
    return web.client.post("/v1/jobs", json={"plugin": "counting", "upload_id": upload_id, **fields}, headers=headers)


def test_it_is_the_jobs_input(web: Web) -> None:
    """With its name, its type by content, and to the byte; what was uploaded lies there once."""
    upload_id = upload(web, PNG + b"tail", name="C:\\pictures\\one.png")

    answer = submit(web, upload_id, device="auto")

    assert answer.status_code == 202
    job_id = answer.json()["job_id"]
    assert answer.headers["location"] == f"/v1/jobs/{job_id}"
    job = web.get(f"/v1/jobs/{job_id}/extended")
    shown = {name: job[name] for name in ("input_name", "input_type", "input_bytes", "device_requested")}
    assert shown == {
        "input_name": "one.png",
        "input_type": "image/png",
        "input_bytes": len(PNG) + 4,
        "device_requested": "auto",
    }
    assert web.client.get(f"/v1/jobs/{job_id}/input").content == PNG + b"tail"
    assert upload_id not in stored(web)


@pytest.mark.only_over("sqlite")
@pytest.mark.parametrize("cut", [False, True])
def test_the_same_in_an_object_store(own_web: Callable[..., Web], tmp_path: Path, cut: bool) -> None:
    """Where nothing can be appended to: the parts are joined, also where two of a piece were written."""
    web = own_web(storage_url=f"memory://{tmp_path.name}{cut}")
    blobs = BlobStore(web.settings.resolved_storage_url)
    content = PNG + b"tail" * 100
    address = create(web, len(content))
    if cut:
        # A process that was killed had written this, and noted none of it.
        for offset, left in ((0, b"x" * 40), (40, b"y" * 10)):
            growing = blobs.grow(f"uploads/{id_in(address)}", offset)
            growing.write(left)
            growing.close()
    for start, end in ((0, 30), (30, 50), (50, len(content))):
        assert patch(web, address, start, content[start:end]).status_code == 204

    job_id = submit(web, id_in(address)).json()["job_id"]

    assert web.client.get(f"/v1/jobs/{job_id}/input").content == content
    assert blobs.names("uploads") == []


def test_one_job_takes_it(web: Web) -> None:
    """Another is told which one has."""
    upload_id = upload(web)
    job_id = submit(web, upload_id).json()["job_id"]

    problem = problem_of(submit(web, upload_id))

    assert (problem["status"], problem["code"], problem["job_id"]) == (409, "UPLOAD_USED", job_id)
    assert problem_of(patch(web, f"/v1/uploads/{upload_id}", len(PNG), b""))["code"] == "UPLOAD_USED"
    assert problem_of(web.client.delete(f"/v1/uploads/{upload_id}"))["code"] == "UPLOAD_USED"
    assert web.client.get(f"/v1/jobs/{job_id}/input").content == PNG


def test_of_several_at_once_one_takes_it(web: Web) -> None:
    """And nothing of the others stays."""
    upload_id = upload(web)
    inputs = web.inputs()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: submit(web, upload_id), range(4)))

    codes = sorted(answer.json().get("code", "taken") for answer in answers)
    assert codes == ["UPLOAD_USED", "UPLOAD_USED", "UPLOAD_USED", "taken"]
    assert len(web.inputs() - inputs) == 1


def test_a_key_gets_the_answer_again(web: Web) -> None:
    """Also when its job has taken the upload; another body under it is another call."""
    key, upload_id = f"hand-in-{new_id()}", upload(web)
    first, second = submit(web, upload_id, key=key), submit(web, upload_id, key=key)

    assert (second.status_code, second.json()) == (202, first.json())
    assert second.headers["idempotency-replayed"] == "true"
    other = submit(web, upload_id, key=key, priority="high")
    assert problem_of(other)["code"] == "IDEMPOTENCY_MISMATCH"


def test_bytes_are_missing(web: Web) -> None:
    """409 with how many there are; it can be handed in when the rest has come."""
    address = create(web)
    patch(web, address, 0, PNG[:30])

    problem = problem_of(submit(web, id_in(address)))
    patch(web, address, 30, PNG[30:])

    assert (problem["status"], problem["code"]) == (409, "UPLOAD_INCOMPLETE")
    assert (problem["offset"], problem["length"]) == (30, len(PNG))
    assert submit(web, id_in(address)).status_code == 202


@pytest.mark.parametrize("name", ["none", NOBODY])
def test_there_is_none(web: Web, name: str) -> None:
    """404, whatever the name looks like."""
    assert problem_of(submit(web, name))["code"] == "UPLOAD_NOT_FOUND"


def test_a_refused_job_leaves_it_as_it_was(web: Web) -> None:
    """It need not be sent a second time for a slip in a field."""
    upload_id = upload(web)
    inputs = web.inputs()

    problem = problem_of(submit(web, upload_id, plugin="nobody"))

    assert problem["code"] == "PLUGIN_NOT_FOUND"
    assert web.inputs() == inputs
    assert submit(web, upload_id).status_code == 202


def test_a_failed_commit_leaves_it_as_it_was(own_web: Callable[..., Web]) -> None:
    """Nothing of the job stays, and it can be handed in again."""
    web = own_web()
    upload_id = upload(web)
    with web.database.write() as connection:
        connection.execute(sa.text("ALTER TABLE events RENAME TO away"))
    failed = submit(web, upload_id)
    inputs = web.inputs()
    with web.database.write() as connection:
        connection.execute(sa.text("ALTER TABLE away RENAME TO events"))

    assert (failed.status_code, inputs) == (500, set())
    assert submit(web, upload_id).status_code == 202


def test_what_it_is_its_content_decides(web: Web) -> None:
    """Not what it is called."""
    upload_id = upload(web, b"%PDF-1.7 no picture", name="picture.png")

    assert problem_of(submit(web, upload_id))["code"] == "UNSUPPORTED_INPUT"


def test_as_a_field_of_a_form(web: Web) -> None:
    """For those who write forms; beside a file it is refused."""
    upload_id = upload(web)
    fields = {"plugin": (None, "counting"), "upload_id": (None, upload_id)}

    both = problem_of(web.client.post("/v1/jobs", files={**fields, "file": ("dot.png", PNG)}))
    alone = web.client.post("/v1/jobs", files=fields)

    assert [error["field"] for error in both["errors"]] == ["upload_id"]
    assert alone.status_code == 202
    assert web.client.get(f"/v1/jobs/{alone.json()['job_id']}/input").content == PNG
