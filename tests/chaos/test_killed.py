"""Parts that are killed while a job is watched: nothing is lost, doubled or out of order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stack import PATIENCE_SECONDS, Product, is_gone, wait_until
from tests.watching import BackgroundWatcher, assert_unbroken

pytestmark = pytest.mark.every_back_end


def test_killed_child_is_followed_by_a_second_attempt(product: Product, sample: Path, tmp_path: Path) -> None:
    """`kill -9` of a worker's child in mid-job: done, attempt 2, and the watcher's log unbroken and in order."""
    # Given a tool that kills its own process once, at frame 100
    job_id = product.submit(sample, plugin="killer", options={"frame": 100, "marker": str(tmp_path / "killed")})

    # When the job is watched to its end
    messages = BackgroundWatcher(product, job_id).finish()
    job = product.extended(job_id)

    # Then it was done at the second attempt, and everything of both was seen once
    assert (job["status"], job["attempt"]) == ("done", 2)
    assert_unbroken(messages)
    assert messages == product.events(job_id)
    last_attempt = [m["payload"]["data"] for m in messages if m["type"] == "frame" and m["attempt"] == 2]
    assert last_attempt == job["frames"]
    assert len(last_attempt) == 250


def test_input_that_kills_whoever_touches_it_is_given_up(product: Product, sample: Path) -> None:
    """A job whose every attempt kills its process ends as `error` after three of them, by a stable code."""
    job = product.wait(product.submit(sample, plugin="killer", options={"frame": 2}))

    assert (job["status"], job["attempt"]) == ("error", 3)
    assert job["error"]["error_code"] == "PLUGIN_CRASH"


@pytest.mark.only_over("sqlite")
def test_broker_killed_after_the_last_message(own_product: Callable[..., Product], sample: Path) -> None:
    """`kill -9` of the broker around a job's last messages: its watchers still get every one."""
    product = own_product()
    job_id = product.submit(sample, plugin="sleepy", options={"ms": 10})
    watchers = [BackgroundWatcher(product, job_id) for _ in range(3)]
    wait_until(lambda: len(watchers[0].messages) > 100, what="the job being under way")

    # When the broker dies and is away while the job ends
    (broker,) = product.child_processes("valkey-server")
    broker.kill()

    # Then every watcher has the whole log
    for watcher in watchers:
        messages = watcher.finish()
        assert_unbroken(messages)
        assert messages == product.events(job_id)
    # And the broker that was started in its place takes the next job
    assert product.wait(product.submit(sample, plugin="numbered"))["status"] == "done"


def test_killed_scribe_is_replaced_and_the_job_done(own_product: Callable[..., Product], sample: Path) -> None:
    """`kill -9` of the scribe in mid-job: the job is handed back when its lease ends, and done by another attempt."""
    product = own_product(TRANSOM_LEASE_SECONDS="3")
    job_id = product.submit(sample, plugin="sleepy", options={"ms": 25})
    watcher = BackgroundWatcher(product, job_id)
    wait_until(lambda: len(watcher.messages) > 50, what="the job being under way")
    (scribe,) = product.child_processes("tasks.scribe")
    scribe.kill()
    messages = watcher.finish()

    assert product.extended(job_id)["status"] == "done"
    assert messages[-1]["attempt"] == 2
    assert_unbroken(messages)
    assert messages == product.events(job_id)


def test_killed_web_process_comes_back_with_the_stream(own_product: Callable[..., Product], sample: Path) -> None:
    """`kill -9` of the web process: its watchers come back with their cursor and miss nothing."""
    product = own_product()
    job_id = product.submit(sample, plugin="sleepy", options={"ms": 10})
    watcher = BackgroundWatcher(product, job_id)
    wait_until(lambda: len(watcher.messages) > 50, what="the job being under way")
    (web,) = product.child_processes("app.cli.main web")
    web.kill()
    messages = watcher.finish()

    assert_unbroken(messages)
    assert messages == product.events(job_id)


@pytest.mark.timeout(300)
# Bells that wait with a deaf worker are given back in a way of its own by each kind of broker.
@pytest.mark.only_over("sqlite", "rabbitmq")
def test_worker_that_stopped_consuming_is_started_again(own_product: Callable[..., Product], sample: Path) -> None:
    """A worker that no longer answers the bell is noticed and replaced, and the job that waited is done."""
    # Given a worker whose main process hears nothing any more
    product = own_product(TRANSOM_DRAIN_SECONDS="0")
    product.wait(product.submit(sample, plugin="numbered"))
    (worker,) = product.main_processes("tasks.celery_app")
    worker.suspend()

    # When a job is submitted, then it is done by the worker that was started in its place
    job = product.wait(product.submit(sample, plugin="numbered"), seconds=2 * PATIENCE_SECONDS)
    assert job["status"] == "done"
    wait_until(lambda: is_gone(worker), what="the deaf worker being ended")
