"""The chores: which there are, what they ask for, and when they install again."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


def make(folder: Path, *arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run make in a folder."""
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )


@pytest.fixture
def installed(copy_of_repository: Callable[[], Path], clean_environment: dict[str, str]) -> Path:
    """A clone in which `make install` has just ended, as far as make can see."""
    clone = copy_of_repository()
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").touch()
    make(clone, "--touch", ".venv/.installed-dev", ".venv/.installed-all", environment=clean_environment)
    return clone


def test_make_alone_lists_the_chores(root: Path, clean_environment: dict[str, str]) -> None:
    """Somebody new types `make` and reads which chores there are; nothing is done."""
    result = make(root, environment=clean_environment)

    assert result.returncode == 0
    for chore in ("run", "test", "check", "bench", "clean", "hooks"):
        assert f"\n  {chore} " in result.stdout


def test_nothing_is_installed_twice(installed: Path, clean_environment: dict[str, str]) -> None:
    """The second `make run` has nothing to install."""
    assert make(installed, "--question", ".venv/.installed-all", environment=clean_environment).returncode == 0


def test_another_setup_cfg_installs_again(installed: Path, clean_environment: dict[str, str]) -> None:
    """Whoever pulls a change of what is required gets it with the next chore."""
    stamp = (installed / ".venv" / ".installed-all").stat()
    os.utime(installed / "setup.cfg", (stamp.st_atime + 1, stamp.st_mtime + 1))

    assert make(installed, "--question", ".venv/.installed-all", environment=clean_environment).returncode == 1


def test_a_named_python_that_will_not_do_is_refused(
    copy_of_repository: Callable[[], Path], clean_environment: dict[str, str]
) -> None:
    """`make run PYTHON=…` with something else than a Python 3.11 says so and leaves nothing half made."""
    clone = copy_of_repository()

    result = make(clone, "run", "PYTHON=/bin/false", environment=clean_environment)

    assert result.returncode != 0
    assert "PYTHON=/bin/false is not a Python 3.11 or newer" in result.stdout
    assert not (clone / ".venv").exists()


def test_a_machine_with_an_old_python_is_told_what_is_needed(root: Path, tmp_path: Path) -> None:
    """Where every python on PATH is too old, one sentence says what to install."""
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)

    result = subprocess.run(
        ["/bin/sh", str(root / ".ci" / "find-python"), ""],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": str(tmp_path)},
    )

    assert result.returncode == 1
    assert result.stdout == ""
    assert "needs Python 3.11 or newer" in result.stderr


def test_an_old_python3_does_not_hide_a_newer_one(root: Path, tmp_path: Path) -> None:
    """A system's python3 may be too old while python3.12 stands beside it: that one is taken."""
    for name, status in (("python3", 1), ("python3.12", 0)):
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {status}\n")
        (tmp_path / name).chmod(0o755)

    result = subprocess.run(
        ["/bin/sh", str(root / ".ci" / "find-python"), ""],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": str(tmp_path)},
    )

    assert result.stdout == "python3.12\n"


def test_browser_tests_that_skip_say_why(root: Path, clean_environment: dict[str, str]) -> None:
    """Where there is no Chromium, `make test` has a reason to print, and `make e2e` would fail with it."""
    result = subprocess.run(
        ["/bin/sh", "web-ui/hooks/why-no-browser.sh"],
        cwd=root,
        check=False,
        capture_output=True,
        text=True,
        env=clean_environment | {"CHROMIUM": "/nonexistent"},
    )

    assert result.returncode == 0
    assert "no Chromium was found" in result.stdout


#: Stands for npm: notes what it is asked for, and does what is seen of it from outside.
NPM = """#!/bin/sh
echo "$*" >>"$NPM_LOG"
case "$*" in
  *" ci "*) mkdir -p web-ui/node_modules ;;
  *"run --silent build"*)
    [ -z "$NPM_FAILS" ] || { echo "npm: a type is wrong"; exit 1; }
    mkdir -p app/web_ui/assets && echo built >app/web_ui/index.html && echo built >app/web_ui/assets/index.js ;;
esac
"""


@pytest.fixture
def npm(tmp_path: Path, clean_environment: dict[str, str]) -> dict[str, str]:
    """An environment whose npm only notes what it was asked for."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, text in (("npm", NPM), ("node", "#!/bin/sh\nexit 0\n")):
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    return clean_environment | {
        "PATH": f"{tools}:{clean_environment['PATH']}",
        "NPM_LOG": str(tmp_path / "npm.log"),
    }


def npm_calls(environment: dict[str, str]) -> list[str]:
    """What npm was asked for so far."""
    log = Path(environment["NPM_LOG"])
    return log.read_text().splitlines() if log.exists() else []


def test_the_web_ui_is_built_once(copy_of_repository: Callable[[], Path], npm: dict[str, str]) -> None:
    """The second start asks npm for nothing; a changed source is built again, without installing again."""
    clone = copy_of_repository()

    assert make(clone, "web-ui-built", environment=npm).returncode == 0
    # Packed once, not at every request.
    assert gzip.decompress((clone / "app" / "web_ui" / "assets" / "index.js.gz").read_bytes()) == b"built\n"
    first = npm_calls(npm)
    assert make(clone, "web-ui-built", environment=npm).stdout == ""
    assert npm_calls(npm) == first
    built = (clone / "app" / "web_ui" / "index.html").stat()
    os.utime(clone / "web-ui" / "src" / "main.tsx", (built.st_atime + 1, built.st_mtime + 1))
    make(clone, "web-ui-built", environment=npm)

    assert [" ci " in call for call in first] == [True, False]
    assert npm_calls(npm) == [*first, first[1]]


def test_a_build_that_fails_stops_no_start(copy_of_repository: Callable[[], Path], npm: dict[str, str]) -> None:
    """It says so, with the reason above, and Transom starts without new pages."""
    result = make(copy_of_repository(), "web-ui-built", environment=npm | {"NPM_FAILS": "1"})

    assert result.returncode == 0
    assert "npm: a type is wrong" in result.stdout
    assert "The web UI could not be built" in result.stdout


@pytest.mark.parametrize(
    ("chore", "said"),
    [("web-ui-built", "The web UI is not built: there is no npm"), ("e2e", "can't run: there is no npm")],
)
def test_without_npm_it_is_said(
    copy_of_repository: Callable[[], Path], tmp_path: Path, clean_environment: dict[str, str], chore: str, said: str
) -> None:
    """Whoever has no Node gets everything but the pages; only what can't do without it fails."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("make", "sh", "find", "node"):
        found = shutil.which(name)
        if found is not None:
            (tools / name).symlink_to(found)

    result = make(copy_of_repository(), chore, environment=clean_environment | {"PATH": str(tools)})

    assert said in result.stdout
    assert (result.returncode == 0) == (chore == "web-ui-built")
