"""A scribe that is stopped at the very place where it hurts: one terminal status, a complete log, nothing doubled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.back_ends import environment_of
from tests.stack import QUICK_RESTARTS, Product, start_product, wait_until
from tests.watching import BackgroundWatcher, assert_unbroken, is_end

#: Each place, and the attempt by which the job is done: what was committed is not done again.
PLACES = {
    "in-flush end": 2,
    "before-commit end": 2,
    "before-publish end": 1,
    "before-ack end": 1,
    "commit-unanswered end": 1,
    "commit-lost end": 1,
    "in-flush frame": 2,
    "before-commit frame": 2,
    "before-publish frame": 2,
    "commit-unanswered frame": 1,
    "commit-lost frame": 1,
}


class Stoppable:
    """A product whose scribe can be stopped at a place of its code."""

    def __init__(self, product: Product, file: Path) -> None:
        self.product = product
        self._file = file

    def stop_at(self, place: str) -> None:
        """Stop there, the next time that it is reached."""
        beside = self._file.with_suffix(".new")
        beside.write_text(place)
        beside.rename(self._file)

    @property
    def was_stopped(self) -> bool:
        """Whether the place was reached."""
        return not self._file.exists()


@pytest.fixture(scope="module")
def stoppable(back_end: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stoppable]:
    """One product for all places."""
    folder = tmp_path_factory.mktemp("stoppable")
    settings = {**QUICK_RESTARTS, "FAILPOINT": str(folder / "place"), "TRANSOM_LEASE_SECONDS": "3"}
    with environment_of(back_end) as environment:
        product = start_product(folder / "data", **environment, **settings)
        yield Stoppable(product, folder / "place")
        product.stop()


@pytest.mark.only_over("sqlite", "rabbitmq")
@pytest.mark.parametrize("place", PLACES)
def test_scribe_that_is_stopped_there_loses_and_doubles_nothing(stoppable: Stoppable, sample: Path, place: str) -> None:
    """The job is done once, and who watched it has its whole log, in order and each message once."""
    product = stoppable.product
    stoppable.stop_at(place)

    job_id = product.submit(sample, plugin="numbered")
    messages = BackgroundWatcher(product, job_id).finish()

    # The last of them lies behind the message that says that the job is done.
    wait_until(lambda: stoppable.was_stopped, what=f"its being stopped {place}")
    wait_until(lambda: product.client.get("/readyz").status_code == 200, what="the product being ready")
    logged = product.events(job_id)
    assert messages == logged
    assert_unbroken(logged)
    assert [message["payload"]["status"] for message in logged if is_end(message)] == ["done"]
    job = product.extended(job_id)
    assert (job["status"], job["attempt"]) == ("done", PLACES[place])
    frames = [m["payload"]["frame_index"] for m in logged if m["type"] == "frame" and m["attempt"] == job["attempt"]]
    assert frames == list(range(250))
