"""The runner: asks the inspector, runs tools over one decoded input, and tells an observer of it while it happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import JsonValue

from plugins.contract import Observer, PluginMetadata
from plugins.errors import InvalidOptions, RunStopped, UnknownTool, UnsupportedMedia
from plugins.inspector.inspector_service import InspectorService
from plugins.media import MediaSource
from plugins.registry import PluginRegistry
from plugins.runtime.observers import Guarded, NullObserver
from plugins.runtime.progress import Progress, ProgressMeter
from plugins.runtime.running_tool import RunningTool

FRAME_DAMAGED: Final = "FRAME_DAMAGED"


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run gave: each tool's result, and milliseconds by plugin and by `plugin.tool`, without decoding."""

    results: dict[str, dict[str, JsonValue]]
    frames_processed: int
    plugin_timings: dict[str, float]
    tool_timings: dict[str, float]
    warnings: list[str]


class ToolRunner:
    """Runs one or several tools of a plugin over one input. The input is decoded once; every tool sees every frame."""

    def __init__(self, *, registry: PluginRegistry, inspector: InspectorService) -> None:
        self._registry = registry
        self._inspector = inspector

    async def run(
        self,
        plugin: str,
        *,
        tools: Sequence[str],
        media: MediaSource,
        options: dict[str, Any],
        device: str = "cpu",
        fallback_allowed: bool = True,
        observer: Observer | None = None,
    ) -> RunOutcome:
        """Run the tools to the end of the input; what they return is the same whoever observes.

        `options` are the tool's own where there is one, else `{tool: options}`. Told in this order: metadata, progress
        0, `started` of each tool, then frames and progress, `completed` of each tool, progress 100. A frame that a
        tool skips is a warning and has no frame message.

        Raises `UnknownPlugin`, `UnknownTool`, `InvalidOptions` and `UnsupportedMedia` before anything is told;
        `UnreadableMedia`; `RunStopped` when the observer asks for it; `ToolCrashed` when a tool raises anything but
        `FrameSkipped`; `DeviceUnusable` when one does not compute on `device`, and no fallback is allowed.
        `MemoryError`, and a `ConnectionError` of the observer, come through as they are.
        """
        guarded = Guarded(observer or NullObserver())
        running = [
            self._open(plugin, name, own_options, media, guarded)
            for name, own_options in self._options_by_tool(plugin, tools, options).items()
        ]
        run = _Run(plugin, running, media, guarded)
        run.begin(await self._inspector.inspect(plugin), device, fallback_allowed=fallback_allowed)
        run.process_frames()
        results = run.finish()
        for tool in running:
            self._inspector.add_timing(plugin, tool.milliseconds)
        return RunOutcome(
            results=results,
            frames_processed=run.frames,
            plugin_timings=self._inspector.collect_timings(),
            tool_timings={f"{plugin}.{tool.name}": tool.milliseconds for tool in running},
            warnings=self._inspector.collect_warnings(),
        )

    def _options_by_tool(self, plugin: str, tools: Sequence[str], options: dict[str, Any]) -> dict[str, Any]:
        self._registry.get(plugin)
        if not tools:
            raise UnknownTool("No tool was named")
        if len(tools) == 1:
            return {tools[0]: options}
        others = [{"field": name, "message": "is not one of the tools"} for name in options if name not in tools]
        if others:
            raise InvalidOptions(others)
        return {name: options.get(name, {}) for name in tools}

    def _open(self, plugin: str, name: str, options: Any, media: MediaSource, observer: Guarded) -> RunningTool:
        kind = self._registry.tool(plugin, name)
        if media.kind not in kind.inputs:
            raise UnsupportedMedia(f"The tool {name!r} does not take a {media.kind}")
        checked = self._registry.options(plugin, name, options)
        return RunningTool(plugin, kind, checked, observer=observer, inspector=self._inspector)


class _Run:
    """One pass over the input."""

    def __init__(self, plugin: str, tools: list[RunningTool], media: MediaSource, observer: Guarded) -> None:
        self.frames = 0
        self._plugin = plugin
        self._tools = tools
        self._media = media
        self._observer = observer

    def begin(self, metadata: PluginMetadata, device: str, *, fallback_allowed: bool) -> None:
        """Tell what begins, and make the tools."""
        self._observer.tell("metadata", self._plugin, metadata)
        self._tell_progress("starting", Progress(0, 0, self._media.frames_total, None))
        for tool in self._tools:
            tool.tell_started()
        for tool in self._tools:
            # To load a model takes its time: before it, as before all that a tool does.
            self._stop_if_requested()
            tool.start(device, fallback_allowed=fallback_allowed)

    def process_frames(self) -> None:
        """Give every frame to every tool; raises `RunStopped` where a stop was asked for meanwhile."""
        self._media.on_damage = self._frame_damaged
        # Begun here, so that the time left is reckoned without the making of the tools.
        meter = ProgressMeter(self._media.frames_total)
        for tool in self._tools:
            # How far it came is the first thing to ask of a run that failed.
            tool.on_crash = lambda: self._tell_unless_none(meter.untold())
        for frame in self._media:
            for tool in self._tools:
                self._stop_if_requested()
                tool.process(frame)
            self.frames += 1
            self._tell_unless_none(meter.frame_done(self._media.position()))
            # Before the next frame is decoded, which may take long as well.
            self._stop_if_requested()
        self._stop_if_requested()

    def finish(self) -> dict[str, dict[str, JsonValue]]:
        """Every tool's result, and the end of the progress."""
        self._tell_progress("finishing", Progress(99, self.frames, self.frames, None))
        results: dict[str, dict[str, JsonValue]] = {}
        for tool in self._tools:
            self._stop_if_requested()
            results[tool.name] = tool.finish()
        self._tell_progress("finished", Progress(100, self.frames, self.frames, 0.0))
        return results

    def _stop_if_requested(self) -> None:
        if self._observer.stop_requested():
            raise RunStopped("The run was asked to stop")

    def _tell_unless_none(self, progress: Progress | None) -> None:
        if progress is not None:
            self._tell_progress("processing", progress)

    def _tell_progress(self, stage: str, progress: Progress) -> None:
        self._observer.tell(
            "progress",
            progress.percent,
            stage=stage,
            plugin=self._plugin,
            tool=self._tools[0].name if len(self._tools) == 1 else None,
            frames_done=progress.frames_done,
            frames_total=progress.frames_total,
            eta_seconds=progress.eta_seconds,
        )

    def _frame_damaged(self, frame_index: int, message: str) -> None:
        # Every tool meets it; it is said once.
        self._tools[0].warn(message, severity="medium", code=FRAME_DAMAGED, frame_index=frame_index, of_input=True)
