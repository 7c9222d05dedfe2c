"""A folder for Unix sockets that only this user can enter, with a path short enough for one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

#: A Unix socket's path, in bytes: Linux takes 107, macOS 103.
MAX_SOCKET_PATH_BYTES: Final = 103
#: The longest file name that is put into such a folder.
_NAME_BYTES: Final = len("/scribe.sock")
_SHORT: Final = Path("/tmp")  # noqa: S108 - only where TMPDIR is too long; mkdtemp makes a fresh 0700 folder


@contextmanager
def runtime_dir(preferred: Path | None = None) -> Iterator[Path]:
    """A folder with mode 0700, empty at the start and removed at the end.

    `preferred` is taken where its path is short enough; it has to be this process's alone. Otherwise, and without
    one, it is a fresh one among the temporary files.
    """
    if preferred is not None and _fits(preferred):
        shutil.rmtree(preferred, ignore_errors=True)
        preferred.mkdir(mode=0o700, parents=True)
        folder = preferred
    else:
        parent = Path(tempfile.gettempdir())
        folder = Path(tempfile.mkdtemp(prefix="transom-", dir=parent if _fits(parent / "transom-12345678") else _SHORT))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fits(folder: Path) -> bool:
    return len(str(folder).encode()) + _NAME_BYTES <= MAX_SOCKET_PATH_BYTES
