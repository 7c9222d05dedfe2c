"""A batch whose processes are killed while it is taken apart and run: every item ends, once."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

import httpx
import pytest

from tests.integration.test_batches import hand_in, items_of, pictures, state_of, wait_for_end
from tests.stack import Product, wait_until
from tests.watching import is_end

ITEMS = 150
KILLS = 10
#: What is killed, by a part of its command line: who takes batches apart, who writes down, and who runs.
PARTS = ("app.cli.main web", "tasks.scribe", "app.cli.main worker")


def answers(product: Product) -> bool:
    """Whether the web process is there again."""
    try:
        return product.client.get("/readyz").status_code == 200
    except httpx.HTTPError:
        return False


def has_done(product: Product, batch_id: str, least: int) -> bool:
    """Whether so many of its items are done."""
    return bool(state_of(product, batch_id)["counts"]["done"] >= least)


@pytest.mark.timeout(600)
def test_ten_kills_in_mid_batch(own_product: Callable[..., Product]) -> None:
    """Whatever is killed at whatever moment: one terminal status an item, and the roll-up is the count of the rows."""
    product = own_product(TRANSOM_LEASE_SECONDS="3")
    chance = random.Random(20260314)  # noqa: S311 - the same kills in each run
    batch_id = hand_in(product, pictures(ITEMS), plugin="sleepy", options='{"ms": 60}')["batch_id"]

    for _ in range(KILLS):
        before = state_of(product, batch_id)
        done = before["counts"]["done"]
        for process in product.child_processes(chance.choice(PARTS)):
            process.kill()
        wait_until(lambda: answers(product), what="the web process")
        # One more has ended since: the next kill meets it in the middle of something again.
        least = min(done + chance.randrange(1, 8), ITEMS)
        wait_until(
            partial(has_done, product, batch_id, least),
            what="the batch going on",
            seconds=120,
        )
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
