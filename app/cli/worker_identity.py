"""A worker's name: the same after a restart, and never that of another worker which runs."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app.cli.data_folder import machine_name
from app.errors import ConfigurationError

#: More workers than this on one machine and data folder are a mistake: each has many children of its own.
MAX_WORKERS: Final = 64


@contextmanager
def worker_name(data_dir: Path) -> Iterator[str]:
    """The first name that no running worker of this machine and data folder has; free again after the block.

    Raises `ConfigurationError` where the data folder can't be used, or too many workers run.
    """
    folder = data_dir / "workers"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"TRANSOM_DATA_DIR={str(data_dir)!r}: the folder can't be used: {error.strerror}"
        ) from None
    for number in range(1, MAX_WORKERS + 1):
        lock = os.open(folder / f"{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        try:
            yield f"{machine_name(data_dir)}-{number}"
        finally:
            os.close(lock)
        return
    raise ConfigurationError(f"{MAX_WORKERS} workers run with the data folder {data_dir} already")
