"""Copies of the repository, and the environment in which a stranger would work with one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.stack import ROOT


def copy_files(paths: list[str], target: Path) -> Path:
    """Make a folder with these files of the repository."""
    for path in paths:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target / path)
    return target


def environment_without_ours(folder: Path) -> dict[str, str]:
    """An environment that says neither `CI` nor where git's or this run's own folders are."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {"PRE_COMMIT_HOME": str(folder / "pre-commit-cache"), "npm_config_update_notifier": "false"}
