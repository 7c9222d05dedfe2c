"""A full disk: what is sent is refused with a reason, what was accepted waits, and goes on once there is room."""

from __future__ import annotations

import errno
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.stack import Product, start_product, wait_until

#: A server database has a disk of its own.
pytestmark = pytest.mark.only_over("sqlite")

DISK_BYTES: Final = 48 * 1024 * 1024
FRAMES: Final = 250


class Disk:
    """A small disk with the data of a product on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filling = folder / "filling"

    def fill(self) -> None:
        """Leave not one block."""
        with self._filling.open("ab", buffering=0) as file:
            for size in (1024 * 1024, 4096):
                try:
                    while True:
                        file.write(bytes(size))
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def free(self) -> None:
        """Make room again."""
        self._filling.unlink()

    def files(self) -> set[Path]:
        """What is stored there."""
        return {path for path in (self.folder / "blobs").rglob("*") if path.is_file()}


@pytest.fixture(name="disk")
def _disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "data"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=700", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip(f"a disk of its own can't be mounted here: {mounted.stderr.strip()}")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(name="product")
def _product(disk: Disk) -> Iterator[Product]:
    running = start_product(disk.folder)
    try:
        yield running
    finally:
        running.stop()


def told(product: Product) -> str:
    """What `transom up` has said so far."""
    return product.data.with_name(f"{product.data.name}.stderr").read_text()


@pytest.mark.parametrize(
    ("headers", "codes"),
    [
        ({}, {"STORAGE_FULL"}),
        # The key is written down before the file is, in whatever room the database has left.
        ({"Idempotency-Key": "the-same"}, {"STORAGE_FULL", "DATABASE_FULL"}),
    ],
    ids=["plain", "with a key"],
)
def test_what_is_sent_is_refused_with_a_reason_and_taken_once_there_is_room(
    product: Product, disk: Disk, sample: Path, headers: dict[str, str], codes: set[str]
) -> None:
    """Nothing of it stays meanwhile, and the same request is right later."""

    def send() -> tuple[int, dict[str, object]]:
        with sample.open("rb") as file:
            answer = product.client.post("/v1/jobs", data={"plugin": "numbered"}, files={"file": file}, headers=headers)
        return answer.status_code, answer.json()

    before = disk.files()
    disk.fill()
    status, problem = send()
    kept = disk.files()
    disk.free()
    taken, job = send()

    assert (status, problem["retryable"]) == (507, True)
    assert problem["code"] in codes
    assert kept == before
    assert taken == 202
    assert product.wait(str(job["job_id"]))["status"] == "done"


def test_a_job_that_runs_meanwhile_waits_and_ends_whole(product: Product, disk: Disk, sample: Path) -> None:
    """No frame is lost or doubled; and what says so is a line, not a traceback for each that could not be kept."""
    job_id = product.submit(sample, plugin="sleepy", options={"ms": 20})
    wait_until(lambda: len(product.events(job_id)) > 20, what="the job has begun")

    disk.fill()
    wait_until(lambda: "database or disk is full" in told(product), what="a commit that finds no room")
    refused = product.client.post(f"/v1/jobs/{job_id}/cancel").json()
    meanwhile = product.client.get(f"/v1/jobs/{job_id}").json()["status"]
    disk.free()
    job = product.wait(job_id)

    assert (refused["code"], refused["retryable"]) == ("DATABASE_FULL", True)
    assert (meanwhile, job["status"]) == ("running", "done")
    events = product.events(job_id)
    numbers = [int(event["id"].rpartition("-")[2]) for event in events]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    frames = [event["payload"]["frame_index"] for event in events if event["type"] == "frame"]
    assert frames == list(range(FRAMES))
    assert {event["attempt"] for event in events} == {1}
    said = told(product)
    assert "--- Logging error ---" not in said
    assert said.count("The log can't be kept in") == 1
