"""The data folder of one machine's Transom: private to its user, and to one `transom up` at a time."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app.errors import ConfigurationError

_LOCK_NAME: Final = "transom.lock"


class FolderInUse(Exception):
    """Another `transom up` uses this data folder."""


class DataFolder:
    """A data folder that this process has for itself."""

    def __init__(self, path: Path, lock: int) -> None:
        self.path = path
        self._lock = lock

    @property
    def log_file(self) -> Path:
        """Where everything is logged."""
        return self.path / "transom.log"

    @property
    def broker(self) -> Path:
        """Where the embedded broker keeps its data."""
        return self.path / "broker"

    @property
    def run(self) -> Path:
        """Where the sockets are, while it runs and where the path is short enough."""
        return self.path / "run"

    def tell(self, address: str) -> None:
        """Write down who holds the folder, for whoever comes second."""
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, json.dumps({"pid": os.getpid(), "address": address}).encode(), 0)


@contextmanager
def claim(path: Path) -> Iterator[DataFolder]:
    """Have the folder for oneself, made where it is missing, until the end of the block or of the process.

    Raises `FolderInUse`, which says by whom, and `ConfigurationError` where the folder can't be used.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not any(path.iterdir()):
            # Also where somebody else made it; one that holds other things is theirs to open or close.
            path.chmod(0o700)
        lock = os.open(path / _LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigurationError(
            f"TRANSOM_DATA_DIR={str(path)!r}: the folder can't be used: {error.strerror}"
        ) from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(f"{path} is in use{_holder(lock)}") from None
        folder = DataFolder(path, lock)
        folder.tell("")
        yield folder
    finally:
        os.close(lock)


def machine_name(path: Path) -> str:
    """A name for what runs on this data folder of this machine: the same after a restart, and no other's."""
    digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()
    return f"{socket.gethostname()}-{digest[:8]}"


def _holder(lock: int) -> str:
    """Who holds the folder, as far as it is written there."""
    try:
        found = json.loads(os.pread(lock, 4096, 0))
    except ValueError:
        return ""
    address = found.get("address")
    return f" by process {found.get('pid')}" + (f", which serves at {address}" if address else ", which is starting")
