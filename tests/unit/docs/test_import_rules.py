"""The import rules cover all of `app`: a new module is not free of them because nobody listed it."""

from __future__ import annotations

import pkgutil
from configparser import ConfigParser

import app
from tests.stack import ROOT


def test_every_module_of_app_but_the_roof_is_under_the_rule() -> None:
    """The contract about the direction of imports names every module of `app` but `app.cli`."""
    rules = ConfigParser()
    rules.read(ROOT / "setup.cfg")
    listed = set(rules["importlinter:contract:direction"]["source_modules"].split())
    there = {f"app.{module.name}" for module in pkgutil.iter_modules(app.__path__)}

    assert listed == there - {"app.cli"}
