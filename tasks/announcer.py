"""The worker's main process at the scribe's door: says what this worker has, and when it stops."""

from __future__ import annotations

import logging
import os
import platform
import threading
from typing import Any, Final

from app.settings import Settings
from plugins.registry import PluginRegistry
from tasks.link import Link, ScribeLost

logger = logging.getLogger(__name__)

RECONNECT_SECONDS: Final = 0.2


class Announcer:
    """Keeps a connection to the scribe for as long as the worker lives; a scribe that restarts is told anew."""

    def __init__(self, settings: Settings, queues: list[str]) -> None:
        self._settings = settings
        self._queues = queues
        self._link: Link | None = None
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
                self._link.send(["announce", fleet])
                self._link.wait_until_lost()
            except ScribeLost as error:
                logger.debug("The scribe is away: %s", error, extra={"action": "scribe_away"})
            self._closing.wait(RECONNECT_SECONDS)

    def _fleet(self) -> dict[str, Any]:
        registry = PluginRegistry.load(extra=self._settings.plugin_classes)
        return {
            "processes": self._settings.child_processes,
            "queues": self._queues,
            "devices": [{"name": "cpu", "title": platform.processor() or platform.machine(), "cores": os.cpu_count()}],
            "plugins": [
                *({"manifest": plugin.manifest().model_dump(mode="json")} for plugin in registry.plugins()),
                *({"name": name, "error": reason} for name, reason in registry.failed().items()),
            ],
        }
