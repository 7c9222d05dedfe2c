"""The runner: asks the inspector, runs tools over one decoded input, and tells an observer of it while it happens."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import JsonValue, ValidationError

from plugins.contract import FrameData, MediaFrame, Observer, Severity, Tool, ToolContext
from plugins.errors import FrameSkipped, PluginError, RunStopped, ToolCrashed, UnsupportedMedia
from plugins.inspector.inspector_service import InspectorService
from plugins.media import MediaSource
from plugins.registry import PluginRegistry
from plugins.runtime.detections import repaired
from plugins.runtime.observers import Guarded, NullObserver
from plugins.runtime.progress import ProgressMeter

#: A warning of one code is told this often a tool; what follows is counted, and said once at the end.
TELL_A_CODE: Final = 10


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run gave: each tool's result, and milliseconds by plugin and by `plugin.tool`, without decoding."""

    results: dict[str, dict[str, JsonValue]]
    frames_processed: int
    plugin_timings: dict[str, float]
    tool_timings: dict[str, float]
    warnings: list[str]


@dataclass(slots=True)
class _Running:
    """One tool in one run."""

    name: str
    tool: Tool[Any]
    frames: int = 0
    milliseconds: float = 0.0
    warnings: int = 0
    told: dict[str, int] = field(default_factory=dict)


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
        observer: Observer | None = None,
    ) -> RunOutcome:
        """Run the tools to the end of the input; what they return is the same whoever observes.

        `options` are the tool's own where there is one, else `{tool: options}`. Told in this order: metadata, progress
        0, `started` of each tool, then frames and progress, `completed` of each tool, progress 100.

        Raises `UnknownPlugin`, `UnknownTool`, `InvalidOptions`, `UnsupportedMedia`, `UnreadableMedia`; `RunStopped`
        when the observer asks for it; `ToolCrashed` when a tool raises anything but `FrameSkipped`.
        """
        run = _Run(self._registry, self._inspector, plugin, media, Guarded(observer or NullObserver()))
        for name in tools:
            run.open(name, options if len(tools) == 1 else options.get(name, {}), device)
        run.tell_beginning(await self._inspector.inspect(plugin))
        run.process_frames()
        return run.finish()


class _Run:
    def __init__(
        self,
        registry: PluginRegistry,
        inspector: InspectorService,
        plugin: str,
        media: MediaSource,
        observer: Guarded,
    ) -> None:
        self._registry = registry
        self._inspector = inspector
        self._plugin = plugin
        self._media = media
        self._observer = observer
        self._running: list[_Running] = []
        self._meter = ProgressMeter(media.frames_total)
        self._frames = 0
        media.on_damage = self._frame_damaged

    def open(self, name: str, options: dict[str, Any], device: str) -> None:
        kind = self._registry.tool(self._plugin, name)
        if self._media.kind not in kind.inputs:
            raise UnsupportedMedia(f"The tool {name!r} does not take a {self._media.kind}")
        checked = self._registry.options(self._plugin, name, options)
        context = _ToldContext(self, device)
        running = _Running(name, self._guarded(name, lambda: kind(checked, context)))
        context.running = running
        self._running.append(running)

    def tell_beginning(self, metadata: Any) -> None:
        self._observer.tell("metadata", self._plugin, metadata)
        self._observer.tell(
            "progress", 0, stage="starting", plugin=self._plugin, frames_done=0, frames_total=self._media.frames_total
        )
        for running in self._running:
            self._observer.tell("plugin_status", self._plugin, running.name, "started")

    def process_frames(self) -> None:
        for frame in self._media:
            if self._observer.stop_requested():
                raise RunStopped("The run was asked to stop")
            for running in self._running:
                self._process(running, frame)
            self._frames += 1
            progress = self._meter.frame_done(self._media.position())
            if progress is not None:
                self._observer.tell(
                    "progress",
                    progress.percent,
                    stage="processing",
                    plugin=self._plugin,
                    tool=self._running[0].name if len(self._running) == 1 else None,
                    frames_done=progress.frames_done,
                    frames_total=progress.frames_total,
                    eta_seconds=progress.eta_seconds,
                )
        if self._observer.stop_requested():
            raise RunStopped("The run was asked to stop")

    def finish(self) -> RunOutcome:
        results: dict[str, dict[str, JsonValue]] = {}
        for running in self._running:
            started = time.perf_counter()
            results[running.name] = self._guarded(running.name, running.tool.finish)
            running.milliseconds += (time.perf_counter() - started) * 1000
            self._summarise_warnings(running)
            self._tell_end(running, "completed")
            self._inspector.add_timing(self._plugin, running.milliseconds)
        self._observer.tell(
            "progress",
            100,
            stage="finished",
            plugin=self._plugin,
            frames_done=self._frames,
            frames_total=self._frames,
            eta_seconds=0.0,
        )
        return RunOutcome(
            results=results,
            frames_processed=self._frames,
            plugin_timings=self._inspector.collect_timings(),
            tool_timings={f"{self._plugin}.{running.name}": running.milliseconds for running in self._running},
            warnings=self._inspector.collect_warnings(),
        )

    def warn(
        self,
        running: _Running,
        message: str,
        *,
        severity: Severity = "low",
        code: str | None = None,
        frame_index: int | None = None,
    ) -> None:
        """Tell and note a warning; of one code only the first few are told."""
        running.warnings += 1
        if code is not None:
            running.told[code] = running.told.get(code, 0) + 1
            if running.told[code] > TELL_A_CODE:
                return
        self._inspector.add_warning(message)
        self._observer.tell("warning", self._plugin, message, severity=severity, code=code, frame_index=frame_index)

    def partial(self, running: _Running, result: JsonValue) -> None:
        """Tell a result before the end."""
        self._observer.tell("partial_result", self._plugin, running.name, result)

    def _process(self, running: _Running, frame: MediaFrame) -> None:
        started = time.perf_counter()
        try:
            data = self._guarded(running.name, lambda: running.tool.process(frame))
        except FrameSkipped as skipped:
            self.warn(
                running,
                f"Frame {frame.index} was skipped: {skipped}",
                severity="medium",
                code="FRAME_SKIPPED",
                frame_index=frame.index,
            )
            return
        finally:
            milliseconds = (time.perf_counter() - started) * 1000
            running.milliseconds += milliseconds
        running.frames += 1
        checked = self._checked(running, data, frame)
        if checked is not None:
            self._observer.tell(
                "frame", self._plugin, running.name, checked, timing_ms=round(milliseconds, 3), picture=frame
            )

    def _checked(self, running: _Running, data: FrameData, frame: MediaFrame) -> FrameData | None:
        return repaired(
            data,
            frame,
            lambda code, message: self.warn(running, message, severity="medium", code=code, frame_index=frame.index),
        )

    def _guarded(self, name: str, call: Any) -> Any:
        try:
            return call()
        except (FrameSkipped, MemoryError):
            raise
        except ValidationError as error:
            # Lists of unequal length: the tool's answer for this frame can't be shown, the next one may.
            raise FrameSkipped("; ".join(item["msg"] for item in error.errors())) from error
        except (PluginError, Exception) as error:
            for running in self._running:
                if running.name == name:
                    self._tell_end(running, "failed")
            raise ToolCrashed(f"The tool {name!r} failed: {type(error).__name__}") from error

    def _tell_end(self, running: _Running, status: str) -> None:
        self._observer.tell(
            "plugin_status",
            self._plugin,
            running.name,
            status,
            timing_ms=round(running.milliseconds, 3),
            frames_processed=running.frames,
            warnings_count=running.warnings,
        )

    def _summarise_warnings(self, running: _Running) -> None:
        for code, count in list(running.told.items()):
            if count > TELL_A_CODE:
                message = f"{code} happened {count} times; the first {TELL_A_CODE} were told."
                self._inspector.add_warning(message)
                self._observer.tell("warning", self._plugin, message, severity="medium", code=code)

    def _frame_damaged(self, frame_index: int, message: str) -> None:
        if self._running:
            self.warn(self._running[0], message, severity="medium", code="FRAME_DAMAGED", frame_index=frame_index)


class _ToldContext(ToolContext):
    """A context whose words are told at once."""

    def __init__(self, run: _Run, device: str) -> None:
        super().__init__(device=device)
        self._run = run
        self.running: _Running | None = None

    def warn(
        self, message: str, *, severity: Severity = "low", code: str | None = None, frame_index: int | None = None
    ) -> None:
        """Say something that a person should know."""
        if self.running is not None:
            self._run.warn(self.running, message, severity=severity, code=code, frame_index=frame_index)

    def partial(self, result: JsonValue) -> None:
        """Show a result before the end."""
        if self.running is not None:
            self._run.partial(self.running, result)
