"""Observers: one that does nothing, one that remembers, and the guard that stands between a run and any of them."""

from __future__ import annotations

import logging
import os
import time
from typing import Any

from plugins.contract import FrameData, Observer, PluginMetadata
from plugins.errors import RunStopped

logger = logging.getLogger(__name__)


class NullObserver:
    """Hears everything and does nothing with it."""

    def stop_requested(self) -> bool:
        """Never."""
        return False

    def metadata(self, plugin: str, metadata: PluginMetadata) -> None:
        """Nothing."""

    def plugin_status(self, plugin: str, tool: str, status: str, **facts: Any) -> None:
        """Nothing."""

    def progress(self, percent: int, **facts: Any) -> None:
        """Nothing."""

    def device_used(self, plugin: str, tool: str, device: str, **facts: Any) -> None:
        """Nothing."""

    def frame(self, plugin: str, tool: str, data: FrameData, **facts: Any) -> None:
        """Nothing."""

    def partial_result(self, plugin: str, tool: str, result: Any) -> None:
        """Nothing."""

    def warning(self, plugin: str, message: str, **facts: Any) -> None:
        """Nothing."""


class RecordingObserver(NullObserver):
    """Remembers what it was told, in order: (what, the values). For tests."""

    def __init__(self, *, stop_after_frames: int | None = None) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._stop_after_frames = stop_after_frames

    def stop_requested(self) -> bool:
        """Once the given number of frames was told."""
        return self._stop_after_frames is not None and len(self.of("frame")) >= self._stop_after_frames

    def of(self, what: str) -> list[dict[str, Any]]:
        """The values of every call of one kind."""
        return [values for name, values in self.calls if name == what]

    def metadata(self, plugin: str, metadata: PluginMetadata) -> None:
        """Remember it."""
        self.calls.append(("metadata", {"plugin": plugin, "metadata": metadata}))

    def plugin_status(self, plugin: str, tool: str, status: str, **facts: Any) -> None:
        """Remember it."""
        self.calls.append(("plugin_status", {"plugin": plugin, "tool": tool, "status": status, **facts}))

    def progress(self, percent: int, **facts: Any) -> None:
        """Remember it."""
        self.calls.append(("progress", {"percent": percent, **facts}))

    def device_used(self, plugin: str, tool: str, device: str, **facts: Any) -> None:
        """Remember it."""
        self.calls.append(("device_used", {"plugin": plugin, "tool": tool, "device": device, **facts}))

    def frame(self, plugin: str, tool: str, data: FrameData, **facts: Any) -> None:
        """Remember it."""
        self.calls.append(("frame", {"plugin": plugin, "tool": tool, "data": data, **facts}))

    def partial_result(self, plugin: str, tool: str, result: Any) -> None:
        """Remember it."""
        self.calls.append(("partial_result", {"plugin": plugin, "tool": tool, "result": result}))

    def warning(self, plugin: str, message: str, **facts: Any) -> None:
        """Remember it."""
        self.calls.append(("warning", {"plugin": plugin, "message": message, **facts}))


class Guarded:
    """Tells an observer, and goes on when it crashes: a listener must not sink what it listens to.

    `RunStopped` and a lost connection pass through: they end the run on purpose. They are remembered, for a tool may
    catch them around what it says; from then on nothing is told and everything raises them again. `MemoryError`
    passes through too: there is none left to go on with.
    """

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._home = os.getpid()
        self._end: RunStopped | ConnectionError | None = None
        self._failed: set[str] = set()
        #: How long the observer took, all together.
        self.seconds = 0.0

    def stop_requested(self) -> bool:
        """Whether the run should stop."""
        return self._ask("stop_requested") is True

    def tell(self, what: str, *args: Any, **facts: Any) -> None:
        """Call the observer's method `what`."""
        self._ask(what, *args, **facts)

    def raise_end(self) -> None:
        """Raise what the observer ended the run with, if it did."""
        if self._end is not None:
            raise self._end

    def _ask(self, what: str, *args: Any, **facts: Any) -> Any:
        self.raise_end()
        if os.getpid() != self._home:
            raise RuntimeError("a fork of the process can't speak for the run")
        started = time.perf_counter()
        try:
            return getattr(self._observer, what)(*args, **facts)
        except (RunStopped, ConnectionError) as end:
            self._end = end
            raise
        except MemoryError:
            raise
        except Exception:
            # The same at every frame would bury the rest of the log: the first of a kind is an error.
            level = logging.DEBUG if what in self._failed else logging.ERROR
            self._failed.add(what)
            extra = {"action": "observer_failed", "told": what}
            logger.log(level, "An observer failed; the run goes on", exc_info=True, extra=extra)
            return None
        finally:
            self.seconds += time.perf_counter() - started
