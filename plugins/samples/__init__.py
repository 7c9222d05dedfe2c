"""A small video made by the project, for a first run and for tests; see the README beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path


@contextmanager
def sample_path() -> Iterator[Path]:
    """The sample as a file, for as long as the context lasts, also where the package is not a folder."""
    with as_file(files(__name__) / "harbour.webm") as path:
        yield path
