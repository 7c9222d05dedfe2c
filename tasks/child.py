"""A process that is connected to the scribe: a child that runs jobs, or the worker's main process."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from typing import Any, Final

import psutil

from tasks.link import encode
from tasks.process_tree import ProcessTree
from tasks.run import Run

logger = logging.getLogger(__name__)

#: A child that was told to stop and has not after this long is killed: a cancelled tool is gone within 2 s.
KILL_AFTER_SECONDS: Final = 1.2
#: How long a process that has hung up may take to end; one that lives on after that hung up only.
END_SECONDS: Final = 1.0


class Child:
    """One connection and what runs behind it."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.pid: int | None = None
        #: The process and what it started; None where it has not said who it is, or was gone by then.
        self.tree: ProcessTree | None = None
        self.run: Run | None = None
        #: The run that its log lines are of.
        self.followed: Run | None = None
        #: It has imported what it needs, so that it is free while it runs no job.
        self.is_ready = False
        #: It is the worker's main process: it announces the fleet and asks to drain.
        self.main = False

    @property
    def ended(self) -> bool:
        """Whether the process has ended."""
        return self.tree is not None and self.tree.ended

    def send(self, message: list[Any]) -> None:
        """Say something to the process; one that is gone hears nothing."""
        if not self._writer.is_closing():
            self._writer.write(encode(message))

    def greet(self, pid: int) -> None:
        """Note which process it is."""
        self.pid = pid
        if pid == os.getpid():
            # A test has the scribe in its own process.
            return
        try:
            self.tree = ProcessTree(pid)
        except psutil.NoSuchProcess:
            logger.debug("It was gone already", extra={"action": "child_gone", "pid": pid})

    def stop(self, reason: str, *, patient: bool = False) -> None:
        """Tell the child to stop what it does; a second time changes nothing.

        One that does not stop is killed, unless the scribe is patient with it.
        """
        run = self.run
        if run is not None and run.stop_at is None:
            run.stop_at = time.monotonic()
            self.send(["stop", reason])
        if run is not None and not patient and not run.killing:
            run.killing = True
            asyncio.get_running_loop().call_later(KILL_AFTER_SECONDS, self._kill_if_running, run)

    def lose(self, run: Run, reason: str) -> None:
        """That run is not its own any more: if it waits for the answer to the job's end it gets one, else it stops."""
        run.fence_off()
        if self.run is not run:
            return
        if run.ending:
            self.release(confirmed=False)
        else:
            self.stop(reason)

    @property
    def gone(self) -> bool:
        """Whether its connection has ended."""
        return self._writer.is_closing()

    def release(self, *, confirmed: bool, following: Run | None = None, asked: bool = False) -> None:
        """Answer how the job ended here: as the child said, or not as its own any more.

        Where it asked for the next one, the answer to that goes with it; else it may claim.
        """
        self.run = following
        answer: list[Any] = [] if not asked else [None if following is None else following.for_its_process()]
        self.send(["ended", confirmed, *answer])

    def kill(self) -> None:
        """End a process that does not stop."""
        logger.warning("A process that does not stop is ended", extra={"action": "child_killed", "pid": self.pid})
        self.end()

    def end(self) -> None:
        """End the process, if it has not ended, and all that it started."""
        if self.tree is not None:
            self.tree.kill()

    def freeze(self) -> None:
        """Let the process do nothing more, until it is killed."""
        if self.tree is not None:
            self.tree.freeze()

    def end_rest_if_ended(self) -> bool:
        """Whether the process has ended; then what it left running has too.

        A process that it forked may hold its connection open, and nobody would hear of its death.
        """
        if self.main or self.tree is None or not self.ended:
            return False
        self.tree.kill_rest()
        return True

    async def end_rest(self) -> None:
        """End what the process left running, where it has not only hung up."""
        deadline = time.monotonic() + END_SECONDS
        while self.tree is not None and not self.end_rest_if_ended() and time.monotonic() < deadline:  # noqa: ASYNC110 - the system tells nobody but its parent
            await asyncio.sleep(0.02)

    def end_deaf(self) -> None:
        """Ask a worker's main process that hears no bell to stop, which hands its jobs back; it is started again."""
        logger.error(
            "Jobs wait and the worker hears no bell; it is started again",
            extra={"action": "worker_deaf", "pid": self.pid},
        )
        if self.pid is not None and self.tree is not None and not self.ended:
            os.kill(self.pid, signal.SIGTERM)

    def _kill_if_running(self, run: Run) -> None:
        if self.run is run:
            self.kill()

    def hang_up(self) -> None:
        """Close the connection."""
        if not self._writer.is_closing():
            self._writer.close()
