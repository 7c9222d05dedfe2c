"""A thousand broken files of every kind that is taken: each ends with frames or a reason, and leaves nothing behind."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Final

import psutil
import pytest

from plugins.errors import UnreadableMedia
from tests.chaos.media_child import broken_files
from tests.chaos.media_kinds import MAKERS
from tests.stack import ROOT, Product, wait_until

FILES: Final = 1000
FILES_TO_WORKER: Final = 100
#: The most that may be left of a thousand files, twice what caches take: the mere bytes of one file in ten are more.
BYTES_LEFT_AT_MOST: Final = 300_000
#: What the worker's processes open once and keep; of one file in ten, more would be left.
DESCRIPTORS_MORE_AT_MOST: Final = 6
#: Other files are tried where this is set.
SEED_VARIABLE: Final = "MUTATIONS_SEED"
USUAL_SEED: Final = 20

KINDS: Final[list[type[UnreadableMedia]]] = [UnreadableMedia, *UnreadableMedia.__subclasses__()]
CODES: Final = {kind.code for kind in KINDS}


@pytest.fixture(scope="module")
def seed() -> int:
    """From the environment, or the usual one; a failing test shows it."""
    chosen = int(os.environ.get(SEED_VARIABLE, USUAL_SEED))
    print(f"{SEED_VARIABLE}={chosen}")  # noqa: T201 - for whoever has to do it again
    return chosen


def said_by_child(seed: int, keep: Path) -> list[dict[str, Any]]:
    """What the process says that decodes the broken files; fails where it dies or hangs, and names the file."""
    command = [sys.executable, "-m", "tests.chaos.media_child", "--seed", str(seed), "--count", str(FILES)]
    log = keep.with_suffix(".log")
    with log.open("w") as stderr:
        run = subprocess.run(
            [*command, "--keep", str(keep)], cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, text=True, check=False
        )
    said = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    assert run.returncode == 0, (
        f"the process ended with {run.returncode} at {said[-1]}, seed {seed}; the file is {keep}\n"
        + log.read_text(errors="replace")[-4000:]
    )
    return said


@pytest.mark.timeout(600)
def test_broken_files_end_with_frames_or_a_reason(seed: int, tmp_path: Path) -> None:
    """None raises anything else, ends the process or hangs, and nothing of any stays in it."""
    said = said_by_child(seed, tmp_path / "broken")

    # Good files are read whole, so what broken ones come to is due to what was broken.
    assert {line["good"]: line["outcome"] for line in said if "good" in line} == dict.fromkeys(MAKERS, "frames")
    ended = {line["ended"]: line for line in said if "ended" in line}
    assert len(ended) == FILES
    odd = [line for line in ended.values() if line["outcome"] not in {"frames", *CODES}]
    assert odd == [], f"seed {seed}"
    # Both happen: the files are neither so broken that nobody looks into them, nor hardly broken.
    outcomes = Counter(line["outcome"] for line in ended.values())
    assert outcomes["frames"] > FILES // 10
    assert outcomes["INPUT_UNREADABLE"] > FILES // 10

    figures = said[-1]
    assert figures["after"]["descriptors"] == figures["before"]["descriptors"]
    assert figures["after"]["threads"] == figures["before"]["threads"]
    assert figures["after"]["bytes"] - figures["before"]["bytes"] < BYTES_LEFT_AT_MOST


@pytest.mark.only_over("sqlite")
@pytest.mark.timeout(600)
def test_broken_files_do_not_trouble_a_worker(product: Product, seed: int, sample: Path, tmp_path: Path) -> None:
    """Each job of one ends at its first attempt, done or with a code; the worker's processes live on, and work on."""
    product.wait(product.submit(sample, plugin="numbered"))
    children = worker_children(product)

    job_ids = []
    for number, (kind, content) in enumerate(itertools.islice(broken_files(seed), FILES_TO_WORKER)):
        answer = product.client.post(
            "/v1/jobs", data={"plugin": "numbered"}, files={"file": (f"{number}-{kind}", content)}
        )
        if answer.status_code == 202:
            job_ids.append(answer.json()["job_id"])
        else:
            assert (answer.status_code, answer.json()["code"]) in {(415, "UNSUPPORTED_INPUT"), (400, "MISSING_FIELD")}
    jobs = [product.wait(job_id) for job_id in job_ids]

    assert len(jobs) > FILES_TO_WORKER // 2
    assert {job["attempt"] for job in jobs} == {1}
    failed = [job for job in jobs if job["status"] != "done"]
    assert {job["status"] for job in failed} == {"error"}, f"seed {seed}"
    assert {job["error"]["error_code"] for job in failed} <= CODES, f"seed {seed}"
    assert worker_children(product).keys() == children.keys()
    assert product.wait(product.submit(sample, plugin="numbered"))["status"] == "done"
    most = sum(children.values()) + DESCRIPTORS_MORE_AT_MOST
    wait_until(lambda: sum(worker_children(product).values()) <= most, what="the worker letting go of descriptors")


def worker_children(product: Product) -> dict[int, int]:
    """The processes that run tools, each with the number of its descriptors."""
    found: dict[int, int] = {}
    for process in product.child_processes("billiard"):
        try:
            found[process.pid] = process.num_fds()
        except psutil.NoSuchProcess:
            continue
    return found
