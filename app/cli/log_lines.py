"""Where the lines of supervised processes go: a file that is kept small, and the terminal.

A line that can't be written is not worth a process: the terminal may be closed while everything goes on.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Set
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

#: The file is turned over at this size, and so many older ones are kept.
MAX_FILE_BYTES: Final = 10 * 1024 * 1024
OLDER_FILES: Final = 3
#: The name under which the supervisor itself speaks.
OWN_NAME: Final = "transom"
_STYLES: Final = {"broker": "magenta", "web": "cyan", "scribe": "green", "worker": "yellow", OWN_NAME: "bold"}
_NAME_WIDTH: Final = 8


class LogLines:
    """Takes lines from any thread. Without a prefix every line is one of JSON, whoever wrote it."""

    def __init__(
        self, *, file: Path | None, console: Console, prefixed: bool = True, hidden: Set[str] = frozenset()
    ) -> None:
        self._console: Console | None = console
        self._prefixed = prefixed
        #: Whose lines are in the file only.
        self._hidden = hidden
        self._lock = threading.Lock()
        self._file = None
        if file is not None:
            self._file = _File(file, maxBytes=MAX_FILE_BYTES, backupCount=OLDER_FILES, encoding="utf-8")
        #: Whether it is known that the file can't be written.
        self._lost = False

    def __call__(self, name: str, line: str) -> None:
        """Write one line of the process of that name; never raises."""
        prefix = f"{name:<{_NAME_WIDTH}} | " if self._prefixed else ""
        if not self._prefixed and not line.startswith("{"):
            # A broker and a dying interpreter have their own ways to say things.
            line = json.dumps({"event": line, "logger": name})
        with self._lock:
            if self._file is not None:
                self._keep(self._file, f"{prefix}{line}")
            if name not in self._hidden:
                self._show(Text().append(prefix, style=_STYLES.get(name, "")).append(line))

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _keep(self, file: _File, line: str) -> None:
        file.failure = None
        file.handle(logging.makeLogRecord({"msg": line}))
        lost = file.failure is not None
        if lost and not self._lost:
            self._show(Text(f"The log can't be kept in {file.baseFilename}: {file.failure}", style="red"))
        self._lost = lost

    def _show(self, text: Text) -> None:
        if self._console is None:
            return
        try:
            self._console.print(text, soft_wrap=True, highlight=False)
        except OSError:
            self._console = None


class _File(RotatingFileHandler):
    """Tells of a line that it could not write, where the library prints a traceback for each."""

    failure: BaseException | None = None

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Keep the error that is being handled."""
        del record
        self.failure = sys.exc_info()[1]


class ForwardingHandler(logging.Handler):
    """Hands on what this process itself logs."""

    def __init__(self, lines: LogLines) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record as lines of the supervisor."""
        for line in self.format(record).splitlines():
            self._lines(OWN_NAME, line)
