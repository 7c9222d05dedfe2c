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

VISION = {"av", "numpy", "opencv-python-headless", "pillow", "zxing-cpp"}


#: Of each kind of file that a build makes.
UI_FILES = ("index.html", "icon.svg", "assets/index-1a2b.js", "assets/index-1a2b.js.gz", "assets/index-3c4d.css")


@pytest.fixture
def wheel(copy_of_repository: Callable[[], Path], tmp_path: Path, clean_environment: dict[str, str]) -> Path:
    """Build the wheel from the repository's files and a built web UI, with nothing fetched."""
    clone = copy_of_repository()
    for name in UI_FILES:
        file = clone / "app" / "web_ui" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("built")
    command = [sys.executable, "-m", "pip", "--quiet", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run(
        [*command, "--wheel-dir", str(tmp_path / "dist"), "."],
        cwd=clone,
        check=True,
        env=clean_environment,
    )
    (found,) = (tmp_path / "dist").glob("transom-*.whl")
    return found


def test_the_wheel_is_whole_and_light(wheel: Path, repository_paths: list[str]) -> None:
    """Every module, migration, sample, data file and page is in it, and it asks for no vision library by itself."""
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
    wanted |= {f"app/web_ui/{name}" for name in UI_FILES}
    assert sorted(wanted - files) == []
    required = {
        re.split(r"[^\w.-]", requirement)[0].lower()
        for requirement in metadata.get_all("Requires-Dist", [])
        if "extra ==" not in requirement
    }
    assert required
    assert required & VISION == set()
