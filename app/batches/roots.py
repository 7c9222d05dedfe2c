"""Folders that inputs may come from. Nothing outside them is looked at, wherever links lead."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from app.errors import InputNotFound, PathNotAllowed

MAGIC: Final = frozenset("*?[")


class Roots:
    """The folders that a setting names; a path is below one of them, or is taken from the first that has it."""

    def __init__(self, folders: list[Path]) -> None:
        self._named = folders
        self._real = [_real(folder) for folder in folders]

    def find(self, path: str) -> Path:
        """The file that a path names; raises `PathNotAllowed` and `InputNotFound`."""
        self._require_any()
        try:
            allowed = [real for folder in self._named if self._has(real := _real(folder / path))]
            found = next((real for real in allowed if real.is_file()), None)
        except (OSError, ValueError):
            # A name that no file can have, or a folder that may not be looked into.
            raise InputNotFound(f"There is no file {path[:255]!r} that can be read") from None
        if not allowed:
            raise PathNotAllowed(f"{path[:255]!r} is not below a folder that inputs may come from")
        if found is None:
            raise InputNotFound(f"There is no file {path[:255]!r}")
        return found

    def has(self, path: str) -> bool:
        """Whether this very path names a file, whatever is in its name."""
        try:
            self.find(path)
        except (PathNotAllowed, InputNotFound):
            return False
        return True

    def matching(self, pattern: str, most: int) -> list[str]:
        """The files that a pattern names (`*`, `?`, `[…]`, `**`), sorted, and no more than `most` of them.

        Raises as `find` does where there is none.
        """
        self._require_any()
        matches = (
            str(match)
            for folder, below in self._places(pattern)
            for match in folder.glob(below)
            if match.is_file() and self._has(_real(match))
        )
        try:
            found = set(islice(matches, most))
        except (OSError, ValueError, NotImplementedError) as error:
            raise InputNotFound(f"The pattern {pattern[:255]!r} can't be looked for: {error}") from None
        if not found:
            raise InputNotFound(f"No file matches {pattern[:255]!r}")
        return sorted(found)

    def _places(self, pattern: str) -> Iterator[tuple[Path, str]]:
        path = Path(pattern)
        if ".." in path.parts:
            raise PathNotAllowed(f"{pattern[:255]!r} leads out of the folders that inputs may come from")
        if not path.is_absolute():
            yield from ((folder, pattern) for folder in self._named)
            return
        folders = [folder for folder in {*self._named, *self._real} if path.is_relative_to(folder)]
        if not folders:
            raise PathNotAllowed(f"{pattern[:255]!r} is not below a folder that inputs may come from")
        yield from ((folder, str(path.relative_to(folder))) for folder in folders)

    def _require_any(self) -> None:
        if not self._named:
            raise PathNotAllowed("No folder is set that inputs may come from: TRANSOM_INPUT_ROOTS")

    def _has(self, real: Path) -> bool:
        return any(real.is_relative_to(folder) for folder in self._real)


def is_pattern(path: str) -> bool:
    """Whether a path stands for several."""
    return not MAGIC.isdisjoint(path)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
