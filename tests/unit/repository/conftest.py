"""The repository as somebody who clones it gets it, for tests of its own files."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stack import ROOT
from tests.unit.repository.copies import copy_files, environment_without_ours


def _paths() -> list[str]:
    """What git would commit: ignored and deleted files are not among them."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return sorted({path for path in listed.stdout.split("\0") if path and (ROOT / path).is_file()})


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def repository_paths() -> list[str]:
    """Every file of the repository, relative to its root."""
    return _paths()


@pytest.fixture
def copy_of_repository(tmp_path: Path, repository_paths: list[str]) -> Callable[[], Path]:
    """Make a folder with the repository's files and nothing that was installed or built beside them."""
    return lambda: copy_files(repository_paths, tmp_path / "clone")


@pytest.fixture
def clean_environment(tmp_path: Path) -> dict[str, str]:
    """That environment, with folders of this test's own."""
    return environment_without_ours(tmp_path)
