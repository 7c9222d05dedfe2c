"""One tool in one run: made, given frames, asked for its result. Owns its time, its warnings and how it fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from pydantic import JsonValue, TypeAdapter, ValidationError

from plugins.contract import FrameData, MediaFrame, Severity, Tool, ToolContext, ToolOptions, ToolWarning
from plugins.errors import DeviceUnusable, FrameSkipped, ToolCrashed
from plugins.inspector.inspector_service import InspectorService
from plugins.runtime.detections import repaired
from plugins.runtime.forks import own_process
from plugins.runtime.observers import Guarded
from plugins.runtime.plain_json import plain_json, plain_text
from plugins.runtime.warning_counts import WarningCounts

FRAME_SKIPPED: Final = "FRAME_SKIPPED"
LENGTHS_UNEQUAL: Final = "LENGTHS_UNEQUAL"
FRAME_INVALID: Final = "FRAME_INVALID"
RESULT_INVALID: Final = "RESULT_INVALID"
#: A tool may warn of whatever it likes; a person reads so much of it.
MESSAGE_CHARACTERS: Final = 1000
CODE_CHARACTERS: Final = 100
REPLACED: Final = "A result held what JSON has not, or what lay too deep; it was replaced."

_RESULT: Final = TypeAdapter(dict[str, JsonValue])
_PARTIAL: Final[TypeAdapter[JsonValue]] = TypeAdapter(JsonValue)


class RunningTool:
    """Every method but `warn` raises `ToolCrashed`, once `failed` was told, when the tool raises what it may not."""

    def __init__(
        self,
        plugin: str,
        kind: type[Tool[Any]],
        options: ToolOptions,
        *,
        observer: Guarded,
        inspector: InspectorService,
    ) -> None:
        self.name = kind.name
        #: Called when the tool has crashed, before that is told.
        self.on_crash: Callable[[], None] = lambda: None
        #: The tool's own time so far: neither decoding nor telling.
        self.milliseconds = 0.0
        self._plugin = plugin
        self._kind = kind
        self._options = options
        self._observer = observer
        self._inspector = inspector
        self._tool: Tool[Any] | None = None
        self._frames = 0
        self._warnings = WarningCounts()
        self._device = ""
        self._must_keep_device = False

    def start(self, device: str, *, fallback_allowed: bool) -> None:
        """Make the tool, which may take as long as loading a model does; for the CPU where it can't use the device.

        Where no fallback is allowed, this and what follows raise `DeviceUnusable` instead.
        """
        self._device, self._must_keep_device = device, not fallback_allowed
        with self._crashing():
            try:
                self._make(device)
            except DeviceUnusable as error:
                if self._must_keep_device or device == "cpu" or "cpu" not in self._kind.devices:
                    raise
                self._make("cpu")
                self._tell_device("cpu", str(error))
            self._check_device()

    def process(self, frame: MediaFrame) -> None:
        """Give it a frame and tell what it found; a frame that can't be told is skipped with a warning."""
        before = self.milliseconds
        with self._crashing():
            try:
                with self._timed():
                    answer = self._made().process(frame)
                data = repaired(answer, frame, lambda code, message: self._warn_of(frame, code, message))
            except FrameSkipped as skipped:
                self._warn_of(frame, FRAME_SKIPPED, f"Frame {frame.index} was skipped: {skipped}")
                return
            except ValidationError as error:
                # The answer for this frame fits no model, the next one may; any other model's failure is a crash.
                if error.title != FrameData.__name__:
                    raise
                reasons = "; ".join(item["msg"] for item in error.errors())
                # Only the check of the lengths speaks of the answer as a whole.
                code = FRAME_INVALID if any(item["loc"] for item in error.errors()) else LENGTHS_UNEQUAL
                self._warn_of(frame, code, f"Frame {frame.index} was skipped: {reasons}")
                return
            if self._frames == 0:
                # Some runtimes decide, or give up, with the first picture.
                self._check_device()
            self._frames += 1
            timing_ms = round(self.milliseconds - before, 3)
            self._observer.tell("frame", self._plugin, self.name, data, timing_ms=timing_ms, picture=frame)

    def finish(self) -> dict[str, JsonValue]:
        """The tool's result, as JSON can carry it; tells that the tool has completed."""
        with self._crashing():
            with self._timed():
                result = self._made().finish()
            self._check_device()
            plain = _RESULT.validate_python(result)
            checked = {plain_text(name): plain_json(value) for name, value in plain.items()}
            if plain_json(plain) is not plain:
                self.warn(REPLACED, severity="medium", code=RESULT_INVALID)
        self._tell_end("completed")
        return checked

    def tell_started(self) -> None:
        """Tell that the tool has started."""
        self._observer.tell("plugin_status", self._plugin, self.name, "started")

    def warn(
        self,
        message: str,
        *,
        severity: Severity = "low",
        code: str | None = None,
        frame_index: int | None = None,
        of_input: bool = False,
    ) -> None:
        """Tell and note a warning; of one code only the first few. What is of the input names no tool."""
        message = plain_text(_cut(message, MESSAGE_CHARACTERS))
        code = None if code is None else plain_text(_cut(code, CODE_CHARACTERS))
        if self._warnings.count(code):
            self._inspector.add_warning(message)
            self._observer.tell(
                "warning",
                self._plugin,
                message,
                severity=severity,
                code=code,
                frame_index=frame_index,
                tool=None if of_input else self.name,
            )

    def partial(self, result: JsonValue) -> None:
        """Tell a result before the end; one that is no JSON is left out with a warning."""
        try:
            said = _PARTIAL.validate_python(result)
        except ValidationError:
            self.warn("A partial result was no JSON; it was left out.", severity="medium", code=RESULT_INVALID)
            return
        fit = plain_json(said)
        if fit is not said:
            self.warn(REPLACED, severity="medium", code=RESULT_INVALID)
        self._observer.tell("partial_result", self._plugin, self.name, fit)

    def _warn_of(self, frame: MediaFrame, code: str, message: str) -> None:
        self.warn(message, severity="medium", code=code, frame_index=frame.index)

    def _make(self, device: str) -> None:
        with self._timed():
            self._tool = self._kind(self._options, _ToldContext(self, device))

    def _check_device(self) -> None:
        """Tell what the tool's runtime says that it uses, where that is something else than was thought."""
        used = self._made().device_in_use()
        if used.name == self._device:
            return
        reason = used.reason or f"The runtime of the tool {self.name!r} uses the {used.name.upper()}."
        if self._must_keep_device:
            raise DeviceUnusable(reason)
        self._tell_device(used.name, reason)

    def _tell_device(self, device: str, reason: str) -> None:
        self._device = device
        self._observer.tell(
            "device_used", self._plugin, self.name, device, reason=plain_text(_cut(reason, MESSAGE_CHARACTERS))
        )

    def _made(self) -> Tool[Any]:
        if self._tool is None:
            raise RuntimeError("a tool has to be started first")
        return self._tool

    @contextmanager
    def _timed(self) -> Iterator[None]:
        started, told = time.perf_counter(), self._observer.seconds
        try:
            yield
        finally:
            telling = self._observer.seconds - told
            self.milliseconds += max(0.0, time.perf_counter() - started - telling) * 1000

    @contextmanager
    def _crashing(self) -> Iterator[None]:
        try:
            with own_process():
                yield
        except MemoryError:
            raise
        except DeviceUnusable:
            self.on_crash()
            self._tell_end("failed")
            raise
        except BaseException as error:
            # `SystemExit` and its like, too: a tool that wants to end the process ends its run.
            # What the observer raised is no crash, whatever the tool made of it.
            self._observer.raise_end()
            self.on_crash()
            self._tell_end("failed")
            raise ToolCrashed(f"The tool {self.name!r} failed: {_cut(type(error).__name__, 100)}") from error
        self._observer.raise_end()

    def _tell_end(self, status: str) -> None:
        for code, message in self._warnings.summaries():
            self._inspector.add_warning(message)
            self._observer.tell("warning", self._plugin, message, severity="medium", code=code, tool=self.name)
        self._observer.tell(
            "plugin_status",
            self._plugin,
            self.name,
            status,
            timing_ms=round(self.milliseconds, 3),
            frames_processed=self._frames,
            warnings_count=self._warnings.total,
        )


def _cut(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[: characters - 1]}…"


class _ToldContext(ToolContext):
    """A context whose words are told at once, and not kept: a tool may say them at every frame."""

    def __init__(self, running: RunningTool, device: str) -> None:
        super().__init__(device=device)
        self._running = running

    def warn(
        self, message: str, *, severity: Severity = "low", code: str | None = None, frame_index: int | None = None
    ) -> None:
        """Say something that a person should know."""
        said = ToolWarning(message=message, severity=severity, code=code, frame_index=frame_index)
        self._running.warn(said.message, severity=said.severity, code=said.code, frame_index=said.frame_index)

    def partial(self, result: JsonValue) -> None:
        """Show a result before the end."""
        self._running.partial(result)
