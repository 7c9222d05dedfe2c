"""Blobs with two keys."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from app.errors import BlobNotFound
from app.storage.blobs import BlobStore


@pytest.fixture(params=["folder", "object store", "folder without links"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BlobStore:
    """A store of each kind."""
    if request.param == "object store":
        return BlobStore(f"memory://{tmp_path.name}")
    store = BlobStore(tmp_path.as_uri())
    if request.param == "folder without links":

        def refuse(*_: object) -> None:
            raise PermissionError("This file system has no links")

        monkeypatch.setattr("os.link", refuse)
    return store


def content(blobs: BlobStore, key: str) -> bytes:
    """A blob's content."""
    with blobs.open_read(key) as file:
        return file.read()


@pytest.mark.parametrize("deleted", ["inputs/a", "inputs/b"])
def test_each_key_lasts_until_it_is_deleted_itself(blobs: BlobStore, deleted: str) -> None:
    """Whichever of the two goes first."""
    with blobs.open_write("inputs/a") as file:
        file.write(b"film")

    blobs.share("inputs/a", "inputs/b")
    blobs.delete(deleted)

    (left,) = {"inputs/a", "inputs/b"} - {deleted}
    assert content(blobs, left) == b"film"
    assert blobs.names("inputs") == [left.removeprefix("inputs/")]


def test_what_is_not_there_can_not_be_shared(blobs: BlobStore) -> None:
    """And nothing is made."""
    with pytest.raises(BlobNotFound):
        blobs.share("inputs/none", "inputs/b")

    assert blobs.names("inputs") == []


@pytest.fixture
def full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BlobStore:
    """A folder whose disk is full from some byte on, and has no links."""
    store = BlobStore(tmp_path.as_uri())
    with store.open_write("inputs/a") as file:
        file.write(b"film")

    def refuse(*_: object) -> None:
        raise PermissionError("This file system has no links")

    def fill(source: str, target: str, **_: object) -> None:
        Path(target).write_bytes(Path(source).read_bytes()[:2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.link", refuse)
    monkeypatch.setattr("shutil.copyfile", fill)
    return store


def test_a_copy_that_the_disk_has_no_room_for_leaves_nothing(full_disk: BlobStore) -> None:
    """Not even the part that fitted."""
    with pytest.raises(OSError, match="No space left"):
        full_disk.share("inputs/a", "inputs/b")

    assert full_disk.names("inputs") == ["a"]


def test_a_file_that_can_not_be_closed_leaves_nothing(tmp_path: Path) -> None:
    """What a disk has no room for is sometimes said only at the end."""
    store = BlobStore(tmp_path.as_uri())

    def write() -> None:
        with store.open_write("inputs/a") as file:
            file.write(b"film")
            # What waits in memory can't be written out any more.
            os.close(file.fileno())

    with pytest.raises(OSError, match="Bad file descriptor"):
        write()

    assert store.names("inputs") == []
