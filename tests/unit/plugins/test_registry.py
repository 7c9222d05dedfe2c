"""The registry finds plugins in three places, and what can't be used is said, never fatal."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from plugins.errors import InvalidOptions, UnknownPlugin, UnknownTool
from plugins.motion import Motion
from plugins.registry import PluginRegistry

ILL_MADE = "tests.unit.plugins.ill_made"
NUMBERED = "tests.plugins_for_tests:Numbered"
#: What comes along.
BUILT_IN = ["codes", "motion"]
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that modules are imported from."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def names(registry: PluginRegistry) -> list[str]:
    """The plugins that can be used."""
    return [plugin.name for plugin in registry.plugins()]


def test_the_built_in_plugins_are_there_once() -> None:
    """Each is found, by entry point and in its folder, and is one plugin."""
    registry = PluginRegistry.load()

    assert names(registry) == BUILT_IN
    assert registry.get("motion") is Motion
    assert registry.failed() == {}


def test_the_built_in_folder_needs_no_installation(tmp_path: Path) -> None:
    """A checkout whose package was never installed has its built-in plugins all the same."""
    script = (
        "import importlib.metadata as metadata; metadata.entry_points = lambda **_: []\n"
        "from plugins.registry import PluginRegistry\n"
        "print([plugin.name for plugin in PluginRegistry.load().plugins()])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert answer.stdout.strip() == "['codes', 'motion']"


def test_an_installed_package_offers_a_plugin_by_entry_point(on_path: Path) -> None:
    """A package that names the group `transom.plugins` is found by being installed, with nothing set."""
    info = on_path / "sundial-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sundial\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[transom.plugins]\nsundial = sundial_plugin:Sundial\n")
    (on_path / "sundial_plugin.py").write_text(
        f"from {ILL_MADE} import Well\n\nclass Sundial(Well):\n    name = 'sundial'\n"
    )

    assert names(PluginRegistry.load()) == [*BUILT_IN, "sundial"]


def test_a_setting_names_further_plugins() -> None:
    """What `extra` names is there beside the others, in the order of names."""
    registry = PluginRegistry.load(extra=["tests.plugins_for_tests:Spin", NUMBERED])

    assert names(registry) == [*BUILT_IN, "numbered", "spin"]


def test_naming_a_plugin_twice_is_no_conflict() -> None:
    """The same class in two places is one plugin."""
    registry = PluginRegistry.load(extra=[NUMBERED, NUMBERED, "plugins.motion:Motion"])

    assert names(registry) == [*BUILT_IN, "numbered"]
    assert registry.failed() == {}


@pytest.mark.parametrize(
    "name",
    ["Nameless", "Toolless", "Doubled", "Dotted", "Slashed", "Misled", "Usurper", "NOT_A_PLUGIN", "Absent"],
)
def test_an_ill_made_plugin_is_listed_and_harms_no_other(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """What can't be used is logged and named with a reason, and the others work."""
    path = f"{ILL_MADE}:{name}"
    with caplog.at_level(logging.ERROR):
        registry = PluginRegistry.load(extra=[path, NUMBERED])

    assert names(registry) == [*BUILT_IN, "numbered"]
    assert registry.get("motion") is Motion
    assert list(registry.failed()) == [path]
    assert registry.failed()[path]
    assert [record.__dict__["action"] for record in caplog.records] == ["plugin_failed"]


@pytest.mark.parametrize("path", ["", "no-colon", ":", "tests.plugins_for_tests:", "tests.absent:Plugin", "a..b:C"])
def test_a_setting_that_names_nothing_is_listed(path: str) -> None:
    """A slip in the setting costs that plugin and nothing else."""
    registry = PluginRegistry.load(extra=[path])

    assert names(registry) == BUILT_IN
    assert list(registry.failed()) == [path]


@pytest.mark.parametrize(
    "source",
    [
        "raise RuntimeError('no licence in ' + __file__)",
        "import sys\nsys.exit('no licence')",
        "open(__file__ + '.weights')",
        "from tests.plugins_for_tests import Absent",
        "this is no Python",
    ],
)
def test_a_plugin_that_fails_to_import_says_why_and_not_where(on_path: Path, source: str) -> None:
    """The reason names the error without a path of this machine, for the list is shown to everybody."""
    (on_path / "broken_plugin.py").write_text(source + "\n")
    try:
        registry = PluginRegistry.load(extra=["broken_plugin:Broken"])
    finally:
        sys.modules.pop("broken_plugin", None)
    reason = registry.failed()["broken_plugin:Broken"]

    assert names(registry) == BUILT_IN
    assert reason
    assert str(on_path) not in reason
    assert str(ROOT) not in reason


def test_a_reason_still_says_what_is_missing() -> None:
    """A person can tell from the reason which module could not be found."""
    registry = PluginRegistry.load(extra=["tests.absent:Plugin"])

    assert "tests.absent" in registry.failed()["tests.absent:Plugin"]


def test_unknown_names_are_refused() -> None:
    """Plugins and tools that are not there are errors that name them."""
    registry = PluginRegistry.load()

    with pytest.raises(UnknownPlugin, match="'sundial'"):
        registry.get("sundial")
    with pytest.raises(UnknownPlugin, match="'sundial'"):
        registry.tool("sundial", "detect")
    with pytest.raises(UnknownTool, match="'jump'"):
        registry.tool("motion", "jump")


def test_options_are_checked_by_the_tools_own_model() -> None:
    """Options come back typed, with defaults where nothing was said."""
    registry = PluginRegistry.load(extra=["tests.plugins_for_tests:Spin"])

    assert registry.options("spin", "run", {}).model_dump() == {"ms": 50.0}
    assert registry.options("spin", "run", {"ms": 5}).model_dump() == {"ms": 5.0}


def test_every_bad_option_is_named() -> None:
    """All that is wrong is said at once, each field by its name, and unknown names are wrong."""
    registry = PluginRegistry.load(extra=["tests.plugins_for_tests:Killer"])
    with pytest.raises(InvalidOptions) as caught:
        registry.options("killer", "run", {"frame": -1, "marker": 5, "speed": 1})

    assert [item["field"] for item in caught.value.fields] == ["frame", "marker", "speed"]
    assert all(item["message"] for item in caught.value.fields)
    assert "frame" in str(caught.value)


def test_no_other_package_of_the_built_in_folder_is_taken_for_a_plugin() -> None:
    """What stands beside the plugins is neither one nor one that failed."""
    assert PluginRegistry.load().failed() == {}
