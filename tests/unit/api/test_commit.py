"""What stays of a submission whose transaction fails, and what follows one that succeeds."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import httpx
import pytest
import sqlalchemy as sa
from starlette.requests import Request

from app.api.retries import form_again
from app.jobs.ids import new_id
from app.state import ApiRequest
from app.storage.blobs import BlobStore
from tests.unit.api.web import PNG, Web, problem_of


def test_nothing_stays_of_what_could_not_be_committed(own_web: Callable[..., Web]) -> None:
    """Neither job nor event nor input; and its key is good for another try."""
    web = own_web()

    def post() -> httpx.Response:
        return web.client.post(
            "/v1/jobs", data={"plugin": "counting"}, files={"file": PNG}, headers={"Idempotency-Key": "again"}
        )

    with web.database.write() as connection:
        connection.execute(sa.text("ALTER TABLE events RENAME TO away"))
    failed = problem_of(post())
    left = (web.get("/v1/jobs")["jobs"], web.inputs())
    with web.database.write() as connection:
        connection.execute(sa.text("ALTER TABLE away RENAME TO events"))
    succeeded = post()

    assert failed["status"] == 500
    assert left == ([], set())
    assert succeeded.status_code == 202
    assert web.inputs() == {succeeded.json()["job_id"]}


def test_a_job_is_accepted_while_the_broker_is_away(web: Web) -> None:
    """It waits in the database; who watches hears of it through the log, a second late."""
    job_id = web.submit()

    heard = web.get("/v1/realtime", job_id=job_id, since="start", wait=10)["messages"]

    assert web.get("/readyz")["parts"]["broker"]["subscribed"] is False
    assert [message["payload"]["status"] for message in heard] == ["queued"]


def test_nothing_stays_of_a_list_that_could_not_be_committed(
    own_web: Callable[..., Web], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of several inputs one that can't be deleted just then keeps none of the others."""
    web = own_web()
    old = []
    for _ in range(3):
        run = web.worker.begin(web.submit())
        run.done()
        old.append(run.job.id)
    before = web.inputs()
    delete = BlobStore.delete
    refused: list[str] = []

    def refuse_the_first(blobs: BlobStore, prefix: str) -> None:
        if not refused:
            refused.append(prefix.removeprefix("inputs/"))
            raise PermissionError("The storage does not answer")
        delete(blobs, prefix)

    monkeypatch.setattr(BlobStore, "delete", refuse_the_first)
    with web.database.write() as connection:
        connection.execute(sa.text("ALTER TABLE events RENAME TO away"))
    problem = problem_of(web.client.post("/v1/jobs/retry", json={"job_ids": old}))

    assert problem["status"] == 500
    assert web.inputs() - before == set(refused)


def test_a_retry_that_is_given_up_leaves_no_input(web: Web) -> None:
    """Its storage goes on making the second name; when it has, the name goes."""
    run = web.worker.begin(web.submit())
    run.done()
    blobs = SlowStore(web.settings.resolved_storage_url)
    before = web.inputs()
    request: ApiRequest = Request({"type": "http", "state": {"database": web.database, "blobs": blobs}})

    async def give_up() -> None:
        retry = asyncio.create_task(form_again(request, run.job.id, new_id()))
        await asyncio.to_thread(blobs.begun.wait)
        retry.cancel()
        # One that does not wait for its storage would be over now.
        await asyncio.wait([retry], timeout=0.2)
        blobs.go_on.set()
        await asyncio.to_thread(blobs.shared.wait)
        await retry

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(give_up())

    assert web.inputs() == before


class SlowStore(BlobStore):
    """One whose `share` waits until it may go on."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self.shared = threading.Event()

    def share(self, key: str, new_key: str) -> None:
        """As ever, but later."""
        self.begun.set()
        self.go_on.wait()
        super().share(key, new_key)
        self.shared.set()
