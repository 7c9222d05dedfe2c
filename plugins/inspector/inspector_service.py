"""The inspector: what plugins say of themselves, how long they took, and what they warned of."""

from __future__ import annotations

import time
from collections.abc import Callable

from plugins.contract import PluginMetadata
from plugins.registry import PluginRegistry


class InspectorService:
    """Notes one run. Times are milliseconds of a clock that never goes back, and add up a plugin."""

    def __init__(self, registry: PluginRegistry, *, clock: Callable[[], float] = time.perf_counter) -> None:
        self._registry = registry
        self._clock = clock
        self._started: dict[str, float] = {}
        self._timings: dict[str, float] = {}
        self._warnings: list[str] = []

    async def inspect(self, plugin_name: str) -> PluginMetadata:
        """What the plugin says of itself; raises `UnknownPlugin`."""
        return self._registry.manifest(plugin_name)

    async def start_timing(self, plugin_name: str) -> None:
        """Start this plugin's clock; raises `ValueError` where it runs already."""
        if plugin_name in self._started:
            raise ValueError(f"the clock of {plugin_name!r} runs already")
        self._started[plugin_name] = self._clock()

    async def stop_timing(self, plugin_name: str) -> float:
        """Stop it: the milliseconds since its start; raises `ValueError` where it does not run."""
        started = self._started.pop(plugin_name, None)
        if started is None:
            raise ValueError(f"the clock of {plugin_name!r} was not started")
        elapsed = (self._clock() - started) * 1000
        self.add_timing(plugin_name, elapsed)
        return elapsed

    def add_timing(self, name: str, milliseconds: float) -> None:
        """Add time that was measured elsewhere."""
        self._timings[name] = self._timings.get(name, 0.0) + milliseconds

    def collect_timings(self) -> dict[str, float]:
        """Milliseconds by plugin, so far."""
        return dict(self._timings)

    def add_warning(self, message: str) -> None:
        """Note a warning."""
        self._warnings.append(message)

    def collect_warnings(self) -> list[str]:
        """Every warning so far, in order."""
        return list(self._warnings)
