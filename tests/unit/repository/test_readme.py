"""README and CONTRIBUTING say what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined

from app.settings import PREFIX, Settings

TEXTS = ("README.md", "CONTRIBUTING.md")


def settings_table() -> str:
    """The table of all settings, as the README must have it."""
    rows = ["| variable | default | what it is |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        assert field.default is not PydanticUndefined
        default = field.default
        if isinstance(default, bool):
            default = str(default).lower()
        shown = "" if default is None or default == "" else f"`{default}`"
        rows.append(f"| `{PREFIX}{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(rows)


def test_every_setting_is_in_the_readme(root: Path) -> None:
    """The README's table has each setting, its default and what it is: this failure prints the right table."""
    assert settings_table() in (root / "README.md").read_text()


@pytest.mark.parametrize("name", TEXTS)
def test_every_chore_that_is_named_exists(name: str, root: Path) -> None:
    """Whoever reads `make …` can type it."""
    chores = set(re.findall(r"^([a-z0-9]+):", (root / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z0-9]+)\b(?=[^\n]*`|\s*(?:#|$))", (root / name).read_text()))

    assert named
    assert named <= chores


@pytest.mark.parametrize("name", TEXTS)
def test_every_path_that_is_named_exists(name: str, root: Path) -> None:
    """Whoever reads of a file or a folder finds it."""
    named = set(re.findall(r"`([\w.-]+/[\w./-]*|[A-Z]+\.md)`", (root / name).read_text()))
    linked = set(re.findall(r"\]\((?!http|#)([^)#]+)", (root / name).read_text()))

    missing = sorted(path for path in named | linked if not (root / path).exists())
    assert missing == []
