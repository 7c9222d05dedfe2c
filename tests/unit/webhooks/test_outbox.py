"""The outbox: one row an end, of the transaction that ends it; and what becomes of the rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from app.batches import store as batches
from app.batches.batch import Batch, Item
from app.database.engine import Database
from app.database.schema import webhooks
from app.errors import WebhookNotFound
from app.jobs import claims, retention, transitions
from app.jobs.ids import new_id, now_ms
from app.jobs.job import Job, JobStatus
from app.webhooks import store
from app.webhooks.outbox import Webhook, WebhookStatus, webhook_from_row
from app.webhooks.schedule import PAUSES_SECONDS
from app.webhooks.store import Due, Tried
from tasks.ledger import Outcome, commit
from tasks.run import Run

NewJob = Callable[..., Job]
URL = "https://hooks.example.com/x"


def rows(database: Database) -> list[Webhook]:
    """All there are, the oldest first."""
    with database.read() as connection:
        return [webhook_from_row(row) for row in connection.execute(sa.select(webhooks).order_by(webhooks.c.id))]


def told(database: Database) -> list[tuple[str, str | None]]:
    """What is told, and of which job."""
    return [(row.type, row.job_id) for row in rows(database)]


def running(database: Database, job: Job) -> Run:
    """The job, claimed."""
    with database.write() as connection:
        transitions.submit(connection, job)
        wanted = claims.Claim(queues=(job.queue,), worker_id="w", lease_ms=20_000)
        moved = claims.claim(connection, wanted)
    assert moved is not None
    return Run(moved.job)


def ended(database: Database, new_job: NewJob, **values: Any) -> Webhook:
    """The webhook of a job that was cancelled."""
    job = new_job(webhook_url=URL, **values)
    with database.write() as connection:
        transitions.submit(connection, job)
        transitions.cancel(connection, job.tenant, job.id)
    return rows(database)[-1]


def taken(database: Database, webhook: Webhook, *, for_ms: int = 25_000) -> Webhook:
    """The same, taken for a try."""
    assert webhook.next_at_ms is not None
    with database.write() as connection:
        (claimed,) = store.claim(
            connection, [Due(webhook.id, webhook.host, webhook.next_at_ms)], webhook.next_at_ms + for_ms
        )
    return claimed


def test_an_end_that_is_committed_twice_is_told_once(database: Database, new_job: NewJob) -> None:
    """After a commit whose answer was lost the same entry adds nothing."""
    run = running(database, new_job(webhook_url=URL, webhook_base="https://transom.example.com/t"))
    run.end(1, {"status": JobStatus.DONE, "result": {}, "finished_at_ms": now_ms()}, [], None)
    entry = run.take(100)
    assert entry is not None

    with database.write() as connection:
        first = commit(connection, [entry])
    with database.write() as connection:
        again = commit(connection, [entry])

    assert first.outcomes == again.outcomes == [Outcome.COMMITTED]
    (row,) = rows(database)
    assert (row.type, row.job_id, row.url, row.host) == ("job.done", run.job.id, URL, "hooks.example.com:443")
    body = json.loads(row.body)
    assert body["data"]["links"]["self"] == f"https://transom.example.com/t/v1/jobs/{run.job.id}"
    assert len(row.body) < 20_000


def test_an_end_that_is_refused_is_not_told(database: Database, new_job: NewJob) -> None:
    """A tool that ends after its job was cancelled: the receiver hears of the cancellation, and of nothing else."""
    run = running(database, new_job(webhook_url=URL))
    with database.write() as connection:
        transitions.cancel(connection, "default", run.job.id)
    run.end(1, {"status": JobStatus.DONE, "result": {}, "finished_at_ms": now_ms()}, [], None)
    entry = run.take(100)
    assert entry is not None
    with database.write() as connection:
        assert commit(connection, [entry]).outcomes == [Outcome.FENCED]

    assert told(database) == [("job.cancelled", run.job.id)]


def test_every_move_that_ends_is_told(database: Database, new_job: NewJob) -> None:
    """Over a limit, poison, cancelled with others; what is only handed back is not, nor who did not ask."""
    failed, poison, handed_back, silent = (
        running(database, new_job(webhook_url=url)).job for url in (URL, URL, URL, None)
    )
    waiting = new_job(webhook_url=URL)
    with database.write() as connection:
        transitions.submit(connection, waiting)
        transitions.fail(connection, "default", failed.id, 1, code="PLUGIN_TIMEOUT", message="x" * 100_000)
        transitions.fail(connection, "default", silent.id, 1, code="PLUGIN_TIMEOUT", message="Too long.")
        transitions.hand_back(connection, "default", poison.id, 1, crashed=True, max_crashes=1)
        transitions.hand_back(connection, "default", handed_back.id, 1, crashed=True, max_crashes=2)
        transitions.cancel_all(connection, [waiting])

    assert sorted(told(database)) == sorted(
        [("job.error", failed.id), ("job.error", poison.id), ("job.cancelled", waiting.id)]
    )
    assert all(len(row.body) < 20_000 for row in rows(database))


def test_what_is_rolled_back_is_not_told(database: Database, new_job: NewJob) -> None:
    """The row is of the transaction that ends the job: where that fails there is neither."""
    job = new_job(webhook_url=URL)
    with database.write() as connection:
        transitions.submit(connection, job)

    def cancel_and_fail() -> None:
        with database.write() as connection:
            transitions.cancel(connection, "default", job.id)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        cancel_and_fail()

    assert rows(database) == []


def test_a_batch_is_told_of_each_time_it_ends(database: Database) -> None:
    """Counting it again tells nothing new; a retry opens it, and its next end is another message."""
    batch = Batch(
        id=new_id(),
        tenant="default",
        fields={"plugin": ["motion"]},
        total=1,
        created_at_ms=now_ms(),
        webhook_url=URL,
        pending=False,
    )
    item = Item(n=1, source={"kind": "path", "at": "/x"}, error={"code": "INPUT_NOT_FOUND", "detail": "gone"})
    with database.write() as connection:
        batches.insert(connection, batch, [item])
    for _ in range(2):
        with database.write() as connection:
            batches.roll_up(connection, "default", batch.id)
    with database.write() as connection:
        assert batches.retry(connection, "default", batch.id, [JobStatus.ERROR]) == 1
        batches.roll_up(connection, "default", batch.id)
    before = rows(database)
    with database.write() as connection:
        batches.cancel(connection, "default", batch.id)
        batches.roll_up(connection, "default", batch.id)

    assert [row.batch_id for row in before] == [batch.id]
    assert [json.loads(row.body)["data"]["status"] for row in rows(database)] == ["done", "cancelled"]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://HOOKS.example.com./a", "hooks.example.com:443"),
        ("https://bücher.example/", "xn--bcher-kva.example:443"),
        ("http://0x7f.1/", "127.0.0.1:80"),
        ("http://[::1]:8080/", "[::1]:8080"),
        ("what no rule takes any more", ""),
    ],
)
def test_a_receiver_is_one_however_it_is_spelt(database: Database, new_job: NewJob, url: str, host: str) -> None:
    """What is counted of a receiver is counted under one name."""
    job = new_job(webhook_url=url)
    with database.write() as connection:
        transitions.submit(connection, job)
        transitions.cancel(connection, job.tenant, job.id)

    assert [row.host for row in rows(database)] == [host]


def test_the_full_are_passed_over(database: Database, new_job: NewJob) -> None:
    """However many wait for one receiver: what is due of the others is found, the longest due first."""
    for _ in range(20):
        ended(database, new_job)
    with database.write() as connection:
        job = new_job(webhook_url="http://other.example:8080/")
        transitions.submit(connection, job)
        transitions.cancel(connection, "default", job.id)

    with database.read() as connection:
        found = store.due(connection, now_ms(), full={"hooks.example.com:443"}, limit=5)
        before = store.due(connection, now_ms() - 60_000, full=set(), limit=5)

    assert [each.host for each in found] == ["other.example:8080"]
    assert before == []


def test_one_is_taken_by_one(database: Database, new_job: NewJob) -> None:
    """Two that saw the same: the second gets nothing, and until the try must be over it is not due."""
    webhook = ended(database, new_job)
    assert webhook.next_at_ms is not None
    seen = [Due(webhook.id, webhook.host, webhook.next_at_ms)]
    until = webhook.next_at_ms + 25_000
    with database.write() as connection:
        first = store.claim(connection, seen, until)
    with database.write() as connection:
        second = store.claim(connection, seen, until)
    with database.read() as connection:
        meanwhile = store.due(connection, until - 1, full=set(), limit=5)
        afterwards = store.due(connection, until, full=set(), limit=5)

    assert ([each.id for each in first], second, meanwhile) == ([webhook.id], [], [])
    assert [each.id for each in afterwards] == [webhook.id]


def test_after_the_last_try_it_is_dead(database: Database, new_job: NewJob) -> None:
    """Eleven tries that failed end it, with the reason; a replay begins with the first pause again."""
    webhook = ended(database, new_job)
    statuses = []
    for _ in range(len(PAUSES_SECONDS) + 1):
        claimed = taken(database, webhook)
        with database.write() as connection:
            statuses.append(store.settle(connection, claimed, Tried(delivered=False, error="x" * 1000)))
        (webhook,) = rows(database)
    dead = webhook

    with database.write() as connection:
        again = store.replay(connection, "default", dead.id)
    claimed = taken(database, again)
    with database.write() as connection:
        store.settle(connection, claimed, Tried(delivered=False, response_status=500, error="no"))
    (after,) = rows(database)

    assert statuses == [*[WebhookStatus.PENDING] * len(PAUSES_SECONDS), WebhookStatus.DEAD]
    assert (dead.attempts, dead.next_at_ms, dead.error) == (11, None, "x" * 200)
    assert dead.ended_at_ms is not None
    assert (again.id, again.body, again.status, again.attempts) == (dead.id, dead.body, WebhookStatus.PENDING, 0)
    assert after.next_at_ms is not None
    assert after.tried_at_ms is not None
    assert 5_000 <= after.next_at_ms - after.tried_at_ms <= 6_000


def test_a_try_that_was_replayed_meanwhile_settles_nothing(database: Database, new_job: NewJob) -> None:
    """What its answer says is of before: the replay is sent."""
    claimed = taken(database, ended(database, new_job))
    with database.write() as connection:
        store.replay(connection, "default", claimed.id)
    with database.write() as connection:
        status = store.settle(connection, claimed, Tried(delivered=True, response_status=200))

    assert status is None
    assert [row.status for row in rows(database)] == [WebhookStatus.PENDING]


def test_tries_that_are_broken_off_are_due_at_once(database: Database, new_job: NewJob) -> None:
    """A process that stops leaves them to the next one."""
    claimed = taken(database, ended(database, new_job))
    with database.write() as connection:
        store.give_back(connection, [claimed])
    with database.read() as connection:
        found = store.due(connection, now_ms(), full=set(), limit=5)

    assert [each.id for each in found] == [claimed.id]


def test_rows_go_with_their_jobs_once_they_are_over(database: Database, new_job: NewJob) -> None:
    """What is still to be sent outlives its job, and goes by its own age."""
    webhook, waiting = ended(database, new_job), ended(database, new_job)
    claimed = taken(database, webhook)
    with database.write() as connection:
        store.settle(connection, claimed, Tried(delivered=True, response_status=200))
        for each in (webhook, waiting):
            assert each.job_id is not None
            retention.forget(connection, "default", each.job_id)
    left = rows(database)
    claimed = taken(database, waiting)
    with database.write() as connection:
        store.settle(connection, claimed, Tried(delivered=False, gone=True, error="gone"))
    with database.write() as connection:
        assert store.expired(connection, now_ms() - 60_000) == []
        store.forget(connection, store.expired(connection, now_ms() + 1))

    assert left == [waiting]
    assert rows(database) == []


def test_another_tenant_sees_nothing(database: Database, new_job: NewJob) -> None:
    """Neither by its id nor in a list, and replays nothing."""
    webhook = ended(database, new_job, tenant="theirs")
    claimed = taken(database, webhook)
    with database.write() as connection:
        store.settle(connection, claimed, Tried(delivered=False, gone=True, error="gone"))
        with pytest.raises(WebhookNotFound):
            store.get(connection, "default", webhook.id)
        with pytest.raises(WebhookNotFound):
            store.replay(connection, "default", webhook.id)
        assert store.replay_dead(connection, "default") == (0, False)
        listed = {
            tenant: store.page(connection, tenant, status=None, job_id=None, batch_id=None, after=None, limit=5)
            for tenant in ("default", "theirs")
        }

    assert {tenant: [each.id for each in found] for tenant, found in listed.items()} == {
        "default": [],
        "theirs": [webhook.id],
    }
