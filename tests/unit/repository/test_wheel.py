"""The wheel that the images install: it has what the running product reads from its own folders."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from email.parser import Parser
from pathlib import Path

import pytest

VISION = {"av", "numpy", "opencv-python-headless", "pillow"}


@pytest.fixture
def wheel(copy_of_repository: Callable[[], Path], tmp_path: Path, clean_environment: dict[str, str]) -> Path:
    """Build the wheel from the repository's files, with nothing fetched."""
    command = [sys.executable, "-m", "pip", "--quiet", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run(
        [*command, "--wheel-dir", str(tmp_path / "dist"), "."],
        cwd=copy_of_repository(),
        check=True,
        env=clean_environment,
    )
    (found,) = (tmp_path / "dist").glob("transom-*.whl")
    return found


def test_the_wheel_is_whole_and_light(wheel: Path, repository_paths: list[str]) -> None:
    """Every module, migration, sample and data file is in it, and it asks for no vision library by itself."""
    with zipfile.ZipFile(wheel) as archive:
        files = set(archive.namelist())
        metadata = Parser().parsestr(
            archive.read(next(name for name in files if name.endswith(".dist-info/METADATA"))).decode()
        )

    wanted = {
        path
        for path in repository_paths
        if path.split("/")[0] in {"app", "tasks", "plugins"} and not path.endswith(".gitignore")
    }
    assert sorted(wanted - files) == []
    required = {
        re.split(r"[^\w.-]", requirement)[0].lower()
        for requirement in metadata.get_all("Requires-Dist", [])
        if "extra ==" not in requirement
    }
    assert required
    assert required & VISION == set()
