"""Inputs that are fetched from where they are, by jobs, by batches, on the command line and with the Python client."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.cli.exit_codes import ExitCode
from app.client import TransomClient
from tests.integration.test_batches import hand_in, items_of, picture, pictures, state_of, wait_for_end
from tests.integration.test_batches_survive import answers
from tests.outside import Outside, serve_outside
from tests.stack import PATIENCE_SECONDS, ROOT, Product, wait_until

#: What is fetched, and how, is the web process's; what a batch needs of a database is tested over each elsewhere.
pytestmark = pytest.mark.only_over("sqlite")

Start = Callable[..., Product]


@pytest.fixture(name="outside")
def _outside() -> Iterator[Outside]:
    with serve_outside() as outside:
        yield outside


@pytest.fixture(name="start")
def _start(own_product: Start, outside: Outside) -> Start:
    """A factory of products that may ask that server."""
    return lambda **settings: own_product(
        TRANSOM_INPUT_URL_HOSTS=f"127.0.0.1:{outside.port},127.0.0.1:1,127.0.0.2:{outside.port}",
        TRANSOM_PRIVATE_NETWORKS="127.0.0.0/8",
        **settings,
    )


def submit_urls(product: Product, *urls: str, plugin: str = "numbered") -> str:
    """A batch over what is at these addresses; its id."""
    answer = product.client.post("/v1/batches", json={"plugin": plugin, "items": [{"url": url} for url in urls]})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["batch_id"])


def told(product: Product, batch_id: str) -> list[Any]:
    """What the items came to: done, or the code of what went wrong."""
    return [item["error"]["code"] if item["error"] else item["status"] for item in items_of(product, batch_id)]


def test_a_job_by_address_is_a_job(start: Start, outside: Outside, sample: Path) -> None:
    """A video that is fetched is the same to a tool as one that was sent, frame by frame."""
    outside.files["harbour.webm"] = sample.read_bytes()
    product = start()

    sent = product.submit(sample, plugin="motion")
    answer = product.client.post(
        "/v1/jobs", json={"plugin": "motion", "input_url": f"{outside.url}/harbour.webm"}, timeout=PATIENCE_SECONDS
    )
    assert answer.status_code == 202, answer.text
    fetched = answer.json()["job_id"]
    for job_id in (sent, fetched):
        product.wait(job_id, status="done")

    one, other = (product.extended(job_id) for job_id in (sent, fetched))
    assert [frame["boxes"] for frame in one["frames"]] == [frame["boxes"] for frame in other["frames"]]
    assert [one[name] for name in ("input_name", "input_type", "input_bytes")] == [
        other[name] for name in ("input_name", "input_type", "input_bytes")
    ]


def test_hosts_that_are_slow_or_dead_keep_nobody_waiting(start: Start, outside: Outside) -> None:
    """While what comes from one host does not come, items of another are done, and so is another batch."""
    outside.files["good.png"] = picture(1)
    product = start(TRANSOM_URL_SECONDS="600")
    silent = [f"{outside.url}/silent/{n}" for n in range(20)]
    good = [f"http://127.0.0.2:{outside.port}/good.png?{n}" for n in range(3)]

    slow = submit_urls(product, *silent, *good)
    wait_until(lambda: any("silent" in path for _, path in outside.asked), what="the slow host being asked")
    quick = hand_in(product, pictures(3))["batch_id"]

    assert wait_for_end(product, quick)["counts"]["done"] == 3
    wait_until(lambda: state_of(product, slow)["counts"]["done"] == 3, what="the items of the other host")
    assert state_of(product, slow)["expanding"]
    # What is cancelled is not waited for.
    assert product.client.delete(f"/v1/batches/{slow}").json()["status"] == "cancelled"
    assert told(product, slow) == ["cancelled"] * 20 + ["done"] * 3


def test_a_host_that_is_dead_is_told_of_each_item_and_mended_by_a_retry(start: Start, outside: Outside) -> None:
    """Items that nobody answers for end as errors that say so; once somebody does, they run."""
    product = start()
    dead = [f"http://127.0.0.1:1/{n}.png" for n in range(60)]
    late = f"{outside.url}/late.png"

    batch_id = submit_urls(product, *dead, late)
    ended = wait_for_end(product, batch_id)

    assert ended["counts"]["error"] == 61
    assert told(product, batch_id) == ["URL_UNREACHABLE"] * 60 + ["URL_BAD_STATUS"]
    outside.files["late.png"] = picture(2)
    assert product.client.post(f"/v1/batches/{batch_id}/retry").json()["retried"] == 61
    assert wait_for_end(product, batch_id)["counts"] == {**ended["counts"], "error": 60, "done": 1}


def test_a_retry_of_what_ran_runs_over_the_same_content(start: Start, outside: Outside) -> None:
    """A job that failed is tried again over the input that it had, whatever is at the address by then."""
    outside.files["one.png"] = picture(3)
    product = start()
    batch_id = submit_urls(product, f"{outside.url}/one.png", plugin="crasher")
    wait_for_end(product, batch_id)
    outside.files.clear()

    product.client.post(f"/v1/batches/{batch_id}/retry")
    wait_for_end(product, batch_id)

    (item,) = items_of(product, batch_id)
    assert product.client.get(f"/v1/jobs/{item['job']['job_id']}/input").content == picture(3)
    assert len(outside.asked) == 1


def test_what_a_dead_server_was_fetching_is_fetched_again(start: Start, outside: Outside) -> None:
    """A web process that is killed while it fetches leaves items that wait; the next one makes them jobs."""
    product = start(TRANSOM_URL_SECONDS="600")
    batch_id = submit_urls(product, f"{outside.url}/held/one.png", f"{outside.url}/held/two.png")
    wait_until(lambda: len(outside.asked) == 2, what="both being asked for")

    for process in product.child_processes("app.cli.main web"):
        process.kill()
    outside.files |= {"held/one.png": picture(4), "held/two.png": picture(5)}
    outside.held.set()
    wait_until(lambda: answers(product), what="the server after it was killed", seconds=2 * PATIENCE_SECONDS)

    assert wait_for_end(product, batch_id)["counts"]["done"] == 2
    assert [item["name"] for item in items_of(product, batch_id)] == ["one.png", "two.png"]


def test_addresses_on_the_command_line(start: Start, outside: Outside, tmp_path: Path) -> None:
    """An address is an input like a file: one is a job, and beside files all are one batch."""
    outside.files["far.png"] = picture(6)
    near = tmp_path / "near.png"
    near.write_bytes(picture(7))
    product = start()

    def run(*inputs: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "app.cli.main", "submit", "--plugin", "numbered", *inputs],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"TRANSOM_SERVER": product.url, "PYTHONPATH": str(ROOT)},
            timeout=PATIENCE_SECONDS,
        )
        return done.stdout.strip() if done.returncode == ExitCode.DONE else done.stderr

    job_id = run(f"{outside.url}/far.png")
    product.wait(job_id, status="done")
    batch_id = run(str(near), f"{outside.url}/far.png", f"{outside.url}/missing.png")
    wait_for_end(product, batch_id)

    assert product.extended(job_id)["input_name"] == "far.png"
    assert [(item["name"], item["status"]) for item in items_of(product, batch_id)] == [
        ("near.png", "done"),
        ("far.png", "done"),
        ("missing.png", "error"),
    ]
    assert "404" in run(f"{outside.url}/missing.png")


def test_an_address_with_the_python_client(start: Start, outside: Outside) -> None:
    """`submit_url` answers the new job once the server has the file."""
    outside.files["far.png"] = picture(8)
    product = start()

    with TransomClient(product.url) as client:
        job = client.submit_url(f"{outside.url}/far.png", plugin="numbered", priority="high")

    product.wait(job["job_id"], status="done")
    assert product.extended(job["job_id"])["priority"] == "high"
