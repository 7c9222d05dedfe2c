"""The worker's main process at the scribe's door: says what this worker has, and when it stops."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Final

import psutil

from app.settings import Settings
from plugins.registry import PluginRegistry
from tasks.devices import offered
from tasks.link import Link, ScribeLost
from tasks.process_tree import ProcessTree

logger = logging.getLogger(__name__)

RECONNECT_SECONDS: Final = 0.2
#: How long a child may take, at most, to find that its scribe has died.
ABANDONED_SECONDS: Final = 5.0


class Announcer:
    """Keeps a connection to the scribe for as long as the worker lives; a scribe that restarts is told anew."""

    def __init__(self, settings: Settings, queues: list[str], *, busy: Callable[[], dict[str, int]]) -> None:
        """`busy` gives the number of the process behind each task that runs, by the task's id."""
        self._settings = settings
        self._busy = busy
        self._queues = queues
        self._link: Link | None = None
        self._started_at = time.monotonic()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="announcer", daemon=True)

    def start(self) -> None:
        """Begin to announce; returns at once."""
        self._thread.start()

    def drain(self) -> None:
        """Ask the scribe to hand back what does not end in time."""
        self._closing.set()
        if self._link is None:
            return
        try:
            self._link.send(["drain"])
        except ScribeLost:
            logger.warning("The scribe has gone before the worker", extra={"action": "drain_without_scribe"})

    def _run(self) -> None:
        fleet = self._fleet()
        while not self._closing.is_set():
            try:
                self._link = Link(self._settings.scribe_socket)
                self._link.send(["announce", fleet, time.monotonic() - self._started_at])
                self._link.wait_until_lost()
                self._end_abandoned()
            except ScribeLost as error:
                logger.debug("The scribe is away: %s", error, extra={"action": "scribe_away"})
            self._closing.wait(RECONNECT_SECONDS)

    def _end_abandoned(self) -> None:
        """End the children that hang in what they did when their scribe died; the others find out when they speak.

        Nobody else could: the next scribe knows a child by what that says.
        """
        if self._closing.is_set():
            return
        before = self._busy()
        # Before the lease is over, and another child runs the job.
        patience = threading.Timer(min(ABANDONED_SECONDS, self._settings.lease_seconds / 2), self._end_hung, [before])
        patience.daemon = True
        patience.start()

    def _end_hung(self, before: dict[str, int]) -> None:
        now = self._busy()
        for task, pid in before.items():
            if now.get(task) != pid:
                continue
            logger.warning("A process hangs whose scribe has died", extra={"action": "child_abandoned", "pid": pid})
            try:
                ProcessTree(pid).kill()
            except psutil.NoSuchProcess:
                logger.debug("It was gone already", extra={"action": "child_gone", "pid": pid})

    def _fleet(self) -> dict[str, Any]:
        registry = PluginRegistry.load(extra=self._settings.plugin_classes)
        return {
            "processes": self._settings.child_processes,
            "queues": self._queues,
            "devices": offered(self._settings),
            "plugins": [
                *({"manifest": plugin.manifest().model_dump(mode="json")} for plugin in registry.plugins()),
                *({"name": name, "error": reason} for name, reason in registry.failed().items()),
            ],
        }
