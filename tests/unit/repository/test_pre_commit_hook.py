"""The git hooks, run by pre-commit itself on real commits in a clone that has nothing installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.unit.repository.copies import copy_files, environment_without_ours

IDENTITY = ("-c", "user.name=A committer", "-c", "user.email=committer@example.invalid")


@pytest.fixture(scope="module")
def template(repository_paths: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone with the hooks installed, without `.venv`, browsers or `node_modules`."""
    folder = tmp_path_factory.mktemp("template")
    path = copy_files(repository_paths, folder / "clone")
    for command in (
        ["git", "init", "--quiet", "."],
        ["git", "add", "--all"],
        ["git", *IDENTITY, "commit", "--quiet", "--message", "Start"],
        [sys.executable, "-m", "pre_commit", "install"],
    ):
        subprocess.run(command, cwd=path, check=True, capture_output=True, env=environment_without_ours(folder))
    return path


@pytest.fixture
def clone(template: Path, tmp_path: Path) -> Path:
    """One that the test may change."""
    return Path(shutil.copytree(template, tmp_path / "clone", symlinks=True))


def commit(clone: Path, environment: dict[str, str], *paths: str) -> subprocess.CompletedProcess[str]:
    """Commit what was changed; the hooks run."""
    subprocess.run(["git", "add", "--", *paths], cwd=clone, check=True, env=environment)
    return subprocess.run(
        ["git", *IDENTITY, "commit", "--message", "Change"],
        cwd=clone,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )


def commits(clone: Path) -> int:
    """How many commits the clone has."""
    counted = subprocess.run(
        ["git", "rev-list", "--count", "HEAD"], cwd=clone, check=True, capture_output=True, text=True
    )
    return int(counted.stdout)


def set_e2e_script(clone: Path, script: str) -> None:
    """Replace what `npm run test:e2e` runs."""
    path = clone / "web-ui" / "package.json"
    package = json.loads(path.read_text())
    package["scripts"]["test:e2e"] = script
    path.write_text(json.dumps(package, indent=2) + "\n")


def test_a_commit_without_browsers_passes_and_says_that_it_skips(
    clone: Path, clean_environment: dict[str, str]
) -> None:
    """Unless CI=true, a change of web-ui/ is committed at once, and the skip is printed."""
    set_e2e_script(clone, "exit 1")

    result = commit(clone, clean_environment, "web-ui/package.json")

    assert result.returncode == 0, result.stdout
    assert "Skipping the Playwright tests of web-ui/" in result.stdout
    assert commits(clone) == 2


def test_a_failing_browser_test_stops_the_commit_in_ci(clone: Path, clean_environment: dict[str, str]) -> None:
    """With CI=true the hook runs the browser tests, and their failure is the commit's."""
    set_e2e_script(clone, "echo one browser test failed && exit 1")

    result = commit(clone, clean_environment | {"CI": "true"}, "web-ui/package.json")

    assert result.returncode != 0
    assert "one browser test failed" in result.stdout
    assert "Skipping" not in result.stdout
    assert commits(clone) == 1


def test_a_passing_browser_test_lets_the_commit_through_in_ci(clone: Path, clean_environment: dict[str, str]) -> None:
    """With CI=true the hook runs the browser tests, and the commit is made when they pass."""
    set_e2e_script(clone, "echo all browser tests passed")

    result = commit(clone, clean_environment | {"CI": "true"}, "web-ui/package.json")

    assert result.returncode == 0, result.stdout
    assert "all browser tests passed" in result.stdout
    assert commits(clone) == 2


def test_browser_tests_that_are_not_installed_fail_in_ci(clone: Path, clean_environment: dict[str, str]) -> None:
    """With CI=true a missing Playwright is a failure, never a skip."""
    (clone / "web-ui" / "tests" / "e2e" / "note.md").write_text("A file below web-ui/.\n")

    result = commit(clone, clean_environment | {"CI": "true"}, "web-ui/tests/e2e/note.md")

    assert result.returncode != 0
    assert commits(clone) == 1


def test_a_change_elsewhere_does_not_run_the_hook(clone: Path, clean_environment: dict[str, str]) -> None:
    """The hook is about web-ui/: a commit of other files neither runs nor mentions it."""
    set_e2e_script(clone, "exit 1")
    (clone / "LICENSE").write_text("Another text.\n")

    result = commit(clone, clean_environment | {"CI": "true"}, "LICENSE")

    assert result.returncode == 0, result.stdout
    assert "Playwright tests of web-ui/" not in result.stdout


def test_a_hook_without_its_tool_says_what_to_do(clone: Path, clean_environment: dict[str, str]) -> None:
    """A Python file committed where nothing was installed names the chore that installs it."""
    (clone / "app" / "version.py").write_text('VERSION = "9"\n')

    result = commit(clone, clean_environment, "app/version.py")

    assert result.returncode != 0
    assert "make install" in result.stdout
    assert commits(clone) == 1


def test_hooks_fetch_nothing(root: Path) -> None:
    """Every hook is local and runs what the machine has, so that committing needs no network."""
    configuration = yaml.safe_load((root / ".pre-commit-config.yaml").read_text())

    assert [repository["repo"] for repository in configuration["repos"]] == ["local"]
    for hook in configuration["repos"][0]["hooks"]:
        assert hook["language"] == "system"
        assert "additional_dependencies" not in hook
