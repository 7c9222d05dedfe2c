"""What is named to `transom submit`: files, folders, patterns that the shell left as they are, and addresses."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from pathlib import Path

import typer

_HINT = "INPUT"


@dataclass(frozen=True, slots=True)
class Inputs:
    """Files and addresses, each in the order in which they were named, and whether they are one batch."""

    files: list[Path]
    urls: list[str]
    many: bool


def gather(named: list[str]) -> Inputs:
    """The files and addresses that were named; what is in a folder or fits a pattern sorted. A folder is many.

    Raises `typer.BadParameter` for a name that stands for no file, and for a file that can't be read.
    """
    files: list[Path] = []
    urls = [name for name in named if name.lower().startswith(("http://", "https://"))]
    folders = 0
    for name in named:
        if name in urls:
            continue
        path = Path(name)
        if path.is_dir():
            folders += 1
            files += _below(path)
        elif path.exists() or not glob.has_magic(name):
            files.append(path)
        else:
            files += _matching(name)
    for path in files:
        _require_readable(path)
    return Inputs(files, urls, many=folders > 0 or len(files) + len(urls) > 1)


def _below(folder: Path) -> list[Path]:
    """All files below a folder but hidden ones, sorted."""
    found: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=_refuse):
        # What is left out here is not walked into.
        folders[:] = [name for name in folders if not _is_hidden(name)]
        paths = (Path(place) / name for name in names if not _is_hidden(name))
        found += [path for path in paths if path.is_file()]
    if not found:
        raise typer.BadParameter(f"there is no file in {str(folder)!r}", param_hint=_HINT)
    return sorted(found)


def _is_hidden(name: str) -> bool:
    return name.startswith(".")


def _refuse(error: OSError) -> None:
    raise typer.BadParameter(f"{error.filename!r} can't be read: {error.strerror}", param_hint=_HINT)


def _matching(pattern: str) -> list[Path]:
    # A pattern may begin anywhere, which those of a `Path` may not.
    names = glob.iglob(pattern, recursive=True)  # noqa: PTH207
    found = sorted(path for path in map(Path, names) if path.is_file())
    if not found:
        raise typer.BadParameter(f"no file matches {pattern!r}", param_hint=_HINT)
    return found


def _require_readable(path: Path) -> None:
    if not path.exists():
        raise typer.BadParameter(f"there is no file {str(path)!r}", param_hint=_HINT)
    if not os.access(path, os.R_OK):
        raise typer.BadParameter(f"{str(path)!r} can't be read", param_hint=_HINT)
