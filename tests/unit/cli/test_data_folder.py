"""The data folder: private, and one `transom up` at a time."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from app.cli.data_folder import FolderInUse, claim, machine_name
from app.cli.worker_identity import worker_name
from app.errors import ConfigurationError


def test_a_new_folder_is_private(tmp_path: Path) -> None:
    """Nobody else can look into a data folder that Transom made."""
    with claim(tmp_path / "a" / "data") as folder:
        assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_a_folder_that_holds_other_things_keeps_its_mode(tmp_path: Path) -> None:
    """Somebody else's folder is not closed behind their back."""
    (tmp_path / "theirs").touch()
    tmp_path.chmod(0o755)

    with claim(tmp_path):
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_the_second_is_told_who_is_first(tmp_path: Path) -> None:
    """The refusal names the process, and its address once there is one."""
    with claim(tmp_path) as folder:
        with pytest.raises(FolderInUse, match=f"process {os.getpid()}, which is starting"), claim(tmp_path):
            pass
        folder.tell("http://127.0.0.1:1234")

        with pytest.raises(FolderInUse, match=rf"process {os.getpid()}, which serves at http://127\.0\.0\.1:1234"):
            claim(tmp_path).__enter__()


def test_it_is_free_again_afterwards(tmp_path: Path) -> None:
    """Once left, it can be had again."""
    with claim(tmp_path):
        pass
    with claim(tmp_path) as folder:
        assert tmp_path == folder.path


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """The message names variable and value."""
    (tmp_path / "file").touch()

    with (
        pytest.raises(ConfigurationError, match=r"TRANSOM_DATA_DIR='.*file/data': .* Not a directory"),
        claim(tmp_path / "file" / "data"),
    ):
        pass


def test_workers_on_one_folder_have_different_names_and_keep_them(tmp_path: Path) -> None:
    """A second worker gets another name, and a restarted one the name it had."""
    with worker_name(tmp_path) as first:
        with worker_name(tmp_path) as second:
            assert first != second
        with worker_name(tmp_path) as again:
            assert second == again
    with worker_name(tmp_path) as restarted:
        assert first == restarted


def test_machines_are_named_by_their_folder(tmp_path: Path) -> None:
    """Two folders on one machine never share a name."""
    assert machine_name(tmp_path) == machine_name(tmp_path / "x" / "..")
    assert machine_name(tmp_path) != machine_name(tmp_path / "x")
