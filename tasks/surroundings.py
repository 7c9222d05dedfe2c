"""What a process has only once, so that a tool which changes it would change it for every job after."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

logger = logging.getLogger(__name__)

STANDARD_FILES: Final = (0, 1, 2)
#: By number: to look them up by name each time takes as long as the rest of what is done here.
_SIGNALS: Final = tuple(int(number) for number in signal.valid_signals())


@contextmanager
def kept_surroundings() -> Iterator[None]:
    """Put back folder, environment, file mode mask, signal handlers and standard files, whatever happened."""
    folder, environment = _folder(), dict(os.environ)
    mask = _mask()
    handlers = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        with _kept_standard_files():
            yield
    finally:
        os.umask(mask)
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)
        for number, handler in handlers.items():
            # None: it was not set from Python, so that it could not be put back.
            if handler is not None and signal.getsignal(number) != handler:
                signal.signal(number, handler)
        try:
            if folder is not None:
                os.chdir(folder)
        except OSError as error:
            logger.warning("The working folder is gone: %s", error, extra={"action": "folder_gone"})


@contextmanager
def _kept_standard_files() -> Iterator[None]:
    """Put back what is read from and printed to: the log goes there, too."""
    copies = [os.dup(number) for number in STANDARD_FILES]
    try:
        yield
    finally:
        for number, copy in zip(STANDARD_FILES, copies, strict=True):
            try:
                os.dup2(copy, number)
                os.close(copy)
            except OSError as error:
                # Whoever closes every file takes these along; then the process ends with the next word to its scribe.
                logger.warning("A standard file is gone: %s", error, extra={"action": "standard_file_gone"})


def _folder() -> Path | None:
    try:
        return Path.cwd()
    except FileNotFoundError:
        # A release that was replaced under a running worker: nothing here needs the folder.
        return None


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
