"""Processes that a service manager would keep running: started, and started again whenever they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

from tests.stack import ROOT

#: Between the end of a process and its next start.
RESTART_SECONDS: Final = 0.3
STOP_SECONDS: Final = 60.0


class Service:
    """One kept process, with its output in a file."""

    def __init__(self, name: str, arguments: list[str], environment: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        clean = {key: value for key, value in os.environ.items() if not key.startswith("TRANSOM_")}
        self._environment = {**clean, "PYTHONPATH": str(ROOT), **environment}
        self._command = [sys.executable, "-m", "app.cli.main", *arguments]
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._process = self._start()
        self.ends: list[int] = []
        self._keeper = threading.Thread(target=self._keep, name=f"keep-{name}", daemon=True)
        self._keeper.start()

    @property
    def family(self) -> list[psutil.Process]:
        """The process, and all below it."""
        with suppress(psutil.NoSuchProcess):
            main = psutil.Process(self._process.pid)
            return [main, *main.children(recursive=True)]
        return []

    def stop(self) -> int:
        """End it as a service manager would; its exit code."""
        with self._lock:
            self._stopping.set()
            process = self._process
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(STOP_SECONDS)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            self._keeper.join()

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )

    def _keep(self) -> None:
        while True:
            code = self._process.wait()
            if self._stopping.wait(RESTART_SECONDS):
                return
            self.ends.append(code)
            with self._lock:
                if self._stopping.is_set():
                    return
                self._process = self._start()
