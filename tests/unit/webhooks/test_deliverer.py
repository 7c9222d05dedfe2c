"""A try that goes wrong in a way that nobody has thought of is a failed one all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import sqlalchemy as sa

from app.database.engine import Database
from app.database.schema import webhooks
from app.jobs import transitions
from app.jobs.job import Job
from app.outbound.client import Outbound, Posted
from app.outbound.guard import Policy
from app.webhooks.deliverer import Deliverer
from app.webhooks.outbox import Webhook, WebhookStatus, webhook_from_row
from app.webhooks.schedule import PAUSES_SECONDS
from tests.stack import PATIENCE_SECONDS


class Stumbling(Outbound):
    """Raises what no receiver should be able to cause."""

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes, seconds: float) -> Posted:
        """Stumble."""
        raise OverflowError("beyond all dates")


def only(database: Database) -> Webhook:
    """The one that there is."""
    with database.read() as connection:
        return webhook_from_row(connection.execute(sa.select(webhooks)).one())


async def after_one_try(database: Database) -> Webhook:
    """The webhook, once what came of its try is noted."""
    deliverer = Deliverer(database=database, outbound=Stumbling(Policy.read("*", "")), keys=())
    tries = only(database).attempts
    deliverer.start()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (found := await asyncio.to_thread(only, database)).attempts == tries:  # noqa: ASYNC110 - it lies in a database
                await asyncio.sleep(0.02)
    finally:
        await deliverer.close()
    return found


def test_it_is_tried_again_and_dead_in_the_end(database: Database, new_job: Callable[..., Job]) -> None:
    """It counts as a try, is due again by the schedule, and after the last one there is none."""
    job = new_job(webhook_url="https://hooks.example.com/x")
    with database.write() as connection:
        transitions.submit(connection, job)
        transitions.cancel(connection, job.tenant, job.id)

    first = asyncio.run(after_one_try(database))
    with database.write() as connection:
        connection.execute(sa.update(webhooks).values(attempts=len(PAUSES_SECONDS), next_at_ms=0))
    last = asyncio.run(after_one_try(database))

    assert (first.status, first.attempts) == (WebhookStatus.PENDING, 1)
    assert first.next_at_ms is not None
    assert first.error is not None
    assert "log says why" in first.error
    assert (last.status, last.next_at_ms) == (WebhookStatus.DEAD, None)
