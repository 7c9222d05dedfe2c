"""Jobs that take more than they may end by themselves, say which limit it was, and leave no process behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.phase10.small_inputs import clip
from tests.plugins_over_limits import NAMES
from tests.stack import TEST_PLUGINS, Product, is_gone, wait_until
from tests.watching import BackgroundWatcher, assert_unbroken

#: A limit is held by the scribe, whatever lies behind it; how it writes is tested over each back end elsewhere.
pytestmark = pytest.mark.only_over("sqlite")

#: What these tests' plugins are, for a product's environment.
PLUGINS = ",".join([*TEST_PLUGINS, *(f"tests.plugins_over_limits:{name}" for name in NAMES)])


class Stand:
    """A product with plugins over its limits, and the processes that they say they have."""

    def __init__(self, product: Product, folder: Path) -> None:
        self.product = product
        self._folder = folder

    def submit(self, sample: Path, plugin: str, **options: Any) -> tuple[str, Path]:
        """Submit the bundled video; the job's id, and the file in which its tool notes its processes."""
        pids = self._folder / f"{plugin}-{time.monotonic_ns()}"
        return self.product.submit(sample, plugin=plugin, options={"pids": str(pids), **options}), pids

    def processes(self, pids: Path) -> list[psutil.Process]:
        """The processes of a tool, once it has noted them."""
        text = wait_until(lambda: pids.exists() and pids.read_text(), what="the tool noting its processes")
        return [psutil.Process(int(pid)) for pid in text.split() if psutil.pid_exists(int(pid))]


def gone(processes: list[psutil.Process]) -> bool:
    """Whether none of them runs any more."""
    return all(map(is_gone, processes))


@pytest.fixture
def stand(own_product: Callable[..., Product], tmp_path: Path) -> Callable[..., Stand]:
    """A factory of products with these settings."""
    return lambda **settings: Stand(own_product(TRANSOM_PLUGINS=PLUGINS, **settings), tmp_path)


def assert_ended_as(product: Product, job_id: str, code: str, setting: str) -> None:
    """The job has ended at its first attempt by this error, which names this setting; its log is unbroken."""
    messages = BackgroundWatcher(product, job_id).finish()
    job = product.extended(job_id)

    assert (job["status"], job["attempt"], job["error"]["error_code"]) == ("error", 1, code)
    assert setting in job["error"]["message"]
    assert_unbroken(messages)
    assert messages == product.events(job_id)
    assert [message["type"] for message in messages[-2:]] == ["error", "job_status"]
    assert messages[-2]["payload"]["details"]["message"] == job["error"]["message"]
    assert messages[-1]["payload"]["error"]["error_code"] == code


def test_tool_that_is_told_to_stop_by_the_soft_limit_does(
    stand: Callable[..., Stand], sample: Path, tmp_path: Path
) -> None:
    """A tool that works for too long stops between two frames; its process lives on, and all it found is kept."""
    tested = stand(TRANSOM_SOFT_TIME_LIMIT_SECONDS="4", TRANSOM_WORKERS="1")
    job_id, pids = tested.submit(sample, "slowly", ms=100)
    [process] = tested.processes(pids)

    assert_ended_as(tested.product, job_id, "PLUGIN_TIMEOUT", "TRANSOM_SOFT_TIME_LIMIT_SECONDS")
    assert len(tested.product.extended(job_id)["frames"]) > 5
    next_job, pids = tested.submit(clip(tmp_path, frames=8), "slowly", ms=0)
    assert tested.product.wait(next_job)["status"] == "done"
    assert tested.processes(pids) == [process]
    # It counts among the plugin's runs as one that failed.
    health = tested.product.client.get("/v1/plugins/slowly/health").json()
    assert (health["runs"], health["errors"]) == (2, 1)


def test_tool_that_does_not_stop_is_ended_at_the_hard_limit(stand: Callable[..., Stand], sample: Path) -> None:
    """One that hears nothing is killed, and the job says so."""
    tested = stand(TRANSOM_SOFT_TIME_LIMIT_SECONDS="3", TRANSOM_TIME_LIMIT_SECONDS="6")
    # At its first frame: a later one might be met by the soft limit.
    job_id, pids = tested.submit(sample, "deaf", frame=0)
    processes = tested.processes(pids)

    assert_ended_as(tested.product, job_id, "PLUGIN_TIMEOUT", "TRANSOM_TIME_LIMIT_SECONDS")
    wait_until(lambda: gone(processes), what="the deaf process being gone")


def test_tool_that_says_nothing_is_ended(stand: Callable[..., Stand], sample: Path) -> None:
    """A tool without a sign of life is killed, while one that is slow but speaks goes on."""
    tested = stand(TRANSOM_LEASE_SECONDS="3", TRANSOM_NO_PROGRESS_SECONDS="6")
    # 250 frames of 80 ms: three times as long as the limit.
    speaks, _ = tested.submit(sample, "slowly", ms=80)
    job_id, pids = tested.submit(sample, "deaf")
    processes = tested.processes(pids)

    assert_ended_as(tested.product, job_id, "PLUGIN_TIMEOUT", "TRANSOM_NO_PROGRESS_SECONDS")
    wait_until(lambda: gone(processes), what="the silent process being gone")
    assert tested.product.wait(speaks)["status"] == "done"


@pytest.mark.parametrize("plugin", ["hoard", "forkhoard"])
def test_tool_that_takes_too_much_memory_is_ended(stand: Callable[..., Stand], sample: Path, plugin: str) -> None:
    """Its own memory and that of what it forks count, and both processes go."""
    tested = stand(TRANSOM_MEMORY_LIMIT_BYTES=str(1024**3))
    job_id, pids = tested.submit(sample, plugin)
    processes = tested.processes(pids)

    assert_ended_as(tested.product, job_id, "OUT_OF_MEMORY", "TRANSOM_MEMORY_LIMIT_BYTES")
    wait_until(lambda: gone(processes), what="the processes being gone")
    assert tested.product.wait(tested.product.submit(sample, plugin="numbered"))["status"] == "done"


def test_deaf_tool_of_a_cancelled_job_is_gone(stand: Callable[..., Stand], sample: Path) -> None:
    """A tool that holds the interpreter and ignores signals is gone too; cancelling again changes nothing."""
    tested = stand()
    job_id, pids = tested.submit(sample, "deaf")
    processes = tested.processes(pids)
    client = tested.product.client

    assert client.delete(f"/v1/jobs/{job_id}").json() == {"status": "cancelled", "job_id": job_id}
    wait_until(lambda: gone(processes), what="the deaf process being gone")
    before = tested.product.events(job_id)
    again = client.post(f"/v1/jobs/{job_id}/cancel")
    assert (again.status_code, again.json()["status"]) == (200, "cancelled")
    assert tested.product.events(job_id) == before


def test_queued_job_that_is_cancelled_never_starts(stand: Callable[..., Stand], sample: Path) -> None:
    """A job that waits behind another and is cancelled is never given to a process."""
    tested = stand(TRANSOM_WORKERS="1")
    first, pids = tested.submit(sample, "slowly", ms=60)
    tested.processes(pids)
    waiting, never = tested.submit(sample, "slowly", frame=0)

    tested.product.client.delete(f"/v1/jobs/{waiting}")
    assert tested.product.wait(first)["status"] == "done"
    last, pids = tested.submit(sample, "slowly", ms=0)
    assert tested.product.wait(last)["status"] == "done"
    statuses = [message["payload"]["status"] for message in tested.product.events(waiting)]
    assert statuses == ["queued", "cancelled"]
    assert not never.exists()


def test_what_a_tool_started_goes_with_it(stand: Callable[..., Stand], sample: Path) -> None:
    """Forks and programs of a tool that crashes its process are gone, also those with a session of their own."""
    tested = stand(TRANSOM_MAX_CRASHES="1")
    job_id, pids = tested.submit(sample, "fork")
    processes = tested.processes(pids)

    assert tested.product.wait(job_id)["error"]["error_code"] == "PLUGIN_CRASH"
    wait_until(lambda: gone(processes), what="every process that the tool started being gone")
    assert tested.product.wait(tested.product.submit(sample, plugin="numbered"))["status"] == "done"


def test_tool_that_hangs_when_its_scribe_dies_is_ended(stand: Callable[..., Stand], sample: Path) -> None:
    """A process that can't find out that its scribe has died is ended, and its place is free for the next job."""
    tested = stand(TRANSOM_WORKERS="1", TRANSOM_LEASE_SECONDS="4")
    job_id, pids = tested.submit(sample, "deaf")
    processes = tested.processes(pids)
    [scribe] = tested.product.child_processes("tasks.scribe")

    scribe.kill()

    wait_until(lambda: gone(processes), what="the deaf process being gone")
    tested.product.client.post(f"/v1/jobs/{job_id}/cancel")
    assert tested.product.wait(tested.product.submit(sample, plugin="numbered"))["status"] == "done"
