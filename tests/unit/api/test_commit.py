"""What stays of a submission whose transaction fails, and what follows one that succeeds."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import sqlalchemy as sa

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
