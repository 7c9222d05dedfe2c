"""A batch whose processes are killed while it is taken apart and run: every item ends, once, and its end is told."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from functools import partial

import httpx
import pytest

from tests.integration.test_batches import hand_in, items_of, picture, pictures, state_of, wait_for_end
from tests.receivers import Answer, Received, Receiver, receiver, settings_for
from tests.stack import QUICK_RESTARTS, Product, wait_until
from tests.watching import is_end

pytestmark = pytest.mark.every_back_end

ITEMS = 150
KILLS = 10
#: How long a receiver keeps a message unanswered, so that a kill meets it.
HELD_SECONDS = 3.0
#: What is killed, by a part of its command line: who takes batches apart, who writes down, and who runs.
PARTS = ("app.cli.main web", "tasks.scribe", "tasks.celery_app")


def answers(product: Product) -> bool:
    """Whether the web process is there again."""
    try:
        return product.client.get("/readyz").status_code == 200
    except httpx.HTTPError:
        return False


def has_done(product: Product, batch_id: str, least: int) -> bool:
    """Whether so many of its items are done."""
    return bool(state_of(product, batch_id)["counts"]["done"] >= least)


def submit_beside(product: Product, url: str) -> str:
    """A job by itself, whose end is told there."""
    answer = product.client.post(
        "/v1/jobs",
        data={"plugin": "sleepy", "options": '{"ms": 60}', "webhook_url": url},
        files={"file": ("beside.png", picture(7), "image/png")},
    )
    assert answer.status_code == 202, answer.text
    return str(answer.json()["job_id"])


def require_told(product: Product, here: Receiver, path: str, **of: str) -> None:
    """The end was told at least once, always as the same message, and the server knows that it was."""
    messages = here.wait(path, seconds=120)

    def delivered() -> list[str]:
        webhooks = product.client.get("/v1/webhooks", params=of).json()["webhooks"]
        return [each["webhook_id"] for each in webhooks if each["status"] == "delivered"]

    assert wait_until(delivered, what=f"the delivery to {path}", seconds=120) == [messages[0].id]
    assert product.client.get("/v1/webhooks", params=of).json()["count"] == 1
    assert all(message == messages[0] for message in here.at(path))


@pytest.mark.timeout(600)
def test_ten_kills_in_mid_batch(own_product: Callable[..., Product]) -> None:
    """Whatever is killed at whatever moment: one terminal status an item, and the roll-up is the count of the rows.

    The end of the batch, and of jobs beside it, reaches its receiver, also where a try was under way.
    """
    with receiver() as here:
        kill_ten_times(own_product(TRANSOM_LEASE_SECONDS="3", **settings_for(here), **QUICK_RESTARTS), here)


def kill_ten_times(product: Product, here: Receiver) -> None:
    """The test, with a receiver that takes its time as long as there are kills."""
    over = threading.Event()

    def slowly(_: Received) -> Answer:
        over.wait(HELD_SECONDS)
        return Answer()

    here.answering = slowly
    chance = random.Random(20260314)  # noqa: S311 - the same kills in each run
    batch_id = hand_in(product, pictures(ITEMS), plugin="sleepy", options='{"ms": 60}', webhook_url=here.url("/batch"))[
        "batch_id"
    ]
    beside: list[str] = []

    for kill in range(KILLS):
        beside.append(submit_beside(product, here.url(f"/beside-{kill}")))
        before = state_of(product, batch_id)
        done = before["counts"]["done"]
        part = chance.choice(PARTS)
        victims = wait_until(partial(product.main_processes, part), what=f"there being a {part}")
        for process in victims:
            process.kill()
        wait_until(lambda: answers(product), what="the web process")
        # One more has ended since: the next kill meets it in the middle of something again.
        least = min(done + chance.randrange(1, 8), ITEMS)
        wait_until(
            partial(has_done, product, batch_id, least),
            what="the batch going on",
            seconds=120,
        )
    over.set()
    ended = wait_for_end(product, batch_id)

    items = items_of(product, batch_id, limit=1000)
    assert ended["counts"] == {"queued": 0, "running": 0, "done": ITEMS, "error": 0, "cancelled": 0}
    assert [item["n"] for item in items] == list(range(1, ITEMS + 1))
    ids = [item["job"]["job_id"] for item in items]
    assert len(set(ids)) == ITEMS
    listed: list[str] = []
    after = None
    while True:
        page = product.client.get(
            "/v1/jobs", params={"batch_id": batch_id, "limit": 200, **({"after": after} if after else {})}
        ).json()
        listed += [job["job_id"] for job in page["jobs"]]
        after = page["next_after"]
        if after is None:
            break
    assert sorted(listed) == sorted(ids)
    for job_id in ids:
        assert sum(is_end(message) for message in product.events(job_id)) == 1
    require_told(product, here, "/batch", batch_id=batch_id)
    for kill, job_id in enumerate(beside):
        require_told(product, here, f"/beside-{kill}", job_id=job_id)
