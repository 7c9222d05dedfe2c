"""A process that is connected to the scribe: a child that runs jobs, or the worker's main process."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from typing import Any

from tasks.link import encode
from tasks.run import Run

logger = logging.getLogger(__name__)


class Child:
    """One connection and what runs behind it."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.pid: int | None = None
        self.run: Run | None = None
        #: It is the worker's main process: it announces the fleet and asks to drain.
        self.main = False

    def send(self, message: list[Any]) -> None:
        """Say something to the process; one that is gone hears nothing."""
        if not self._writer.is_closing():
            self._writer.write(encode(message))

    def stop(self, reason: str) -> None:
        """Tell the child to stop what it does; a second time changes nothing."""
        run = self.run
        if run is not None and run.stop_at is None:
            run.stop_at = time.monotonic()
            self.send(["stop", reason])

    def lose(self, run: Run, reason: str) -> None:
        """That run is not its own any more: if it waits for the answer to the job's end it gets one, else it stops."""
        run.fence_off()
        if self.run is not run:
            return
        if run.ending:
            self.release(confirmed=False)
        else:
            self.stop(reason)

    def release(self, *, confirmed: bool) -> None:
        """Answer how the job ended here: as the child said, or not as its own any more. It may claim the next."""
        self.run = None
        self.send(["ended", confirmed])

    def kill(self) -> None:
        """End the process: it was told to stop and did not."""
        logger.warning("A process that does not stop is ended", extra={"action": "child_killed", "pid": self.pid})
        self._signal(signal.SIGKILL)

    def end_deaf(self) -> None:
        """Ask a worker's main process that hears no bell to stop, which hands its jobs back; it is started again."""
        logger.error(
            "Jobs wait and the worker hears no bell; it is started again",
            extra={"action": "worker_deaf", "pid": self.pid},
        )
        self._signal(signal.SIGTERM)

    def _signal(self, number: signal.Signals) -> None:
        if self.pid is None:
            return
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            logger.debug("It was gone already", extra={"action": "child_gone", "pid": self.pid})

    def hang_up(self) -> None:
        """Close the connection."""
        if not self._writer.is_closing():
            self._writer.close()
