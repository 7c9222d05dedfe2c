"""Work that a web process does in the background: round after round while there is any, then when it is woken."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from app.errors import DatabaseUnavailable

logger = logging.getLogger(__name__)


class Rounds:
    """Calls `work` again and again. All methods belong to the event loop's thread.

    `work` answers whether there may be more to do at once; else it is called again after `idle_seconds`, or when it is
    woken. What goes wrong in a round is logged under `action` and the work's `name`, and ends nothing.
    """

    def __init__(self, work: Callable[[], Awaitable[bool]], *, idle_seconds: float, name: str, action: str) -> None:
        self._work = work
        self._idle_seconds = idle_seconds
        self._name = name
        self._action = action
        self._wanted = asyncio.Event()

    def wake(self) -> None:
        """There is something to do."""
        self._wanted.set()

    async def run(self) -> None:
        """Go on until it is cancelled."""
        while True:
            self._wanted.clear()
            if await self._round():
                continue
            try:
                async with asyncio.timeout(self._idle_seconds):
                    await self._wanted.wait()
            except TimeoutError:
                continue

    async def _round(self) -> bool:
        try:
            return await self._work()
        except DatabaseUnavailable as error:
            extra = {"action": f"{self._action}_waits"}
            logger.warning("%s: waits for the database: %s", self._name, error.__cause__, extra=extra)
        except Exception:
            logger.exception("%s: could not be gone on with", self._name, extra={"action": f"{self._action}_failed"})
        return False
