"""The repository as somebody who clones it gets it, for tests of its own files."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


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

    def copy() -> Path:
        target = tmp_path / "clone"
        for path in repository_paths:
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, target / path)
        return target

    return copy


@pytest.fixture
def clean_environment(tmp_path: Path) -> dict[str, str]:
    """An environment that says neither `CI` nor where git's or this run's own folders are."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {"PRE_COMMIT_HOME": str(tmp_path / "pre-commit-cache"), "npm_config_update_notifier": "false"}
