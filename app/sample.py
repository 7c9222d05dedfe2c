"""The bundled sample: a film that is there wherever Transom is, and the plugin that finds something in it."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

SAMPLE_NAME: Final = "harbour.webm"
SAMPLE_PLUGIN: Final = "motion"


def sample_file() -> Traversable:
    """The film itself. Of the plugins' package it is data: nothing of theirs is loaded."""
    return files("plugins") / "samples" / SAMPLE_NAME
