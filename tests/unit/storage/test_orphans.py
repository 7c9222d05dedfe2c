"""Blobs that nothing leads to."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.jobs.ids import first_id_at, new_id, now_ms
from app.storage import orphans
from app.storage.blobs import BlobStore
from app.storage.orphans import OrphanSearch, owner_of

HOUR_MS = 3600 * 1000


@pytest.fixture(params=["folder", "object store"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    """A store of each kind."""
    return BlobStore(f"memory://{tmp_path.name}" if request.param == "object store" else tmp_path.as_uri())


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes it two hours later."""

    def pass_time() -> None:
        moment = now_ms() + 2 * HOUR_MS
        monkeypatch.setattr(orphans, "now_ms", lambda: moment)

    return pass_time


def write(blobs: BlobStore, key: str) -> None:
    """A blob with something in it."""
    with blobs.open_write(key) as file:
        file.write(b"content")


def search(blobs: BlobStore, needed: set[str]) -> set[str]:
    """What one pass deletes."""
    deleted: set[str] = set()
    one = OrphanSearch(blobs)
    while (keys := one.step()) is not None:
        deleted.update(one.delete(keys, needed.__contains__))
    return deleted


def test_what_no_job_needs_goes(blobs: BlobStore, later: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Inputs and previews of jobs that are not there, step by step; the others', and what is not ours, stay."""
    monkeypatch.setattr(orphans, "NAMES_A_STEP", 3)
    needed, gone = {new_id() for _ in range(5)}, {new_id() for _ in range(5)}
    for job_id in needed | gone:
        write(blobs, f"inputs/{job_id}")
        write(blobs, f"previews/{job_id}/0.jpg")
    write(blobs, "inputs/README")
    later()

    deleted = search(blobs, needed)

    assert {owner_of(key) for key in deleted} == gone
    assert set(blobs.names("inputs")) == needed | {"README"}
    assert set(blobs.names("previews")) == needed


def test_what_a_submit_has_just_stored_stays(blobs: BlobStore) -> None:
    """Its job will be there in a moment."""
    write(blobs, f"inputs/{new_id()}")

    assert search(blobs, set()) == set()


def test_a_retry_of_an_old_job_is_young(tmp_path: Path) -> None:
    """Its input is a second name of an old file, and was made just now all the same."""
    blobs = BlobStore(tmp_path.as_uri())
    old, again = first_id_at(now_ms() - 3 * HOUR_MS), new_id()
    write(blobs, f"inputs/{old}")
    age(tmp_path / "inputs" / old)
    blobs.share(f"inputs/{old}", f"inputs/{again}")

    assert search(blobs, set()) == {f"inputs/{old}"}
    assert blobs.names("inputs") == [again]


def test_an_upload_that_goes_on_for_hours_stays(tmp_path: Path) -> None:
    """It was begun long ago, and written to just now; one that nobody writes to any more goes."""
    blobs = BlobStore(tmp_path.as_uri())
    alive, dead = (f"{first_id_at(now_ms() - (3 + n) * HOUR_MS)}.0123abcd.part" for n in range(2))
    for name in (alive, dead):
        write(blobs, f"inputs/{name}")
    age(tmp_path / "inputs" / dead)

    assert search(blobs, set()) == {f"inputs/{dead}"}


def test_an_upload_under_way_stays(blobs: BlobStore, later: Callable[[], None]) -> None:
    """However old it is; one that no table names goes, with all its parts."""
    needed, gone = new_id(), new_id()
    for upload_id in (needed, gone):
        for offset in (0, 4):
            growing = blobs.grow(f"uploads/{upload_id}", offset)
            growing.write(b"part")
            growing.close()
    later()

    search(blobs, {needed})

    assert blobs.names("uploads") == [needed]


def age(path: Path) -> None:
    """Make a file's last change two hours older."""
    moment = (now_ms() - 2 * HOUR_MS) / 1000
    os.utime(path, (moment, moment))
