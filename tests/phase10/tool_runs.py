"""Runs of tools over tiny real videos, with the real registry, inspector and runner."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from plugins.contract import MediaFrame, MediaKind, Observer
from plugins.inspector.inspector_service import InspectorService
from plugins.media import MediaSource, open_media
from plugins.registry import PluginRegistry
from plugins.runtime.observers import RecordingObserver
from plugins.runtime.tool_runner import RunOutcome, ToolRunner
from tests.unit.plugins.made_media import video

MAX_PIXELS: Final = 1_000_000
#: Plugins that a run may name.
EXTRA: Final = (
    *(f"tests.plugins_for_tests:{name}" for name in ("Numbered", "Twins", "SoftFail", "Crasher", "Warner", "Sleepy")),
    "tests.phase10.odd_plugin:OddPlugin",
)

_registries: list[PluginRegistry] = []


def registry() -> PluginRegistry:
    """The plugins that a run may name, loaded once."""
    if not _registries:
        _registries.append(PluginRegistry.load(extra=EXTRA))
    return _registries[0]


class ScriptedSource:
    """A source of given frames that says of itself what a test wants said, true or not."""

    kind = MediaKind.VIDEO
    plays_as: frozenset[str] = frozenset()

    def __init__(
        self,
        frames: Sequence[MediaFrame],
        *,
        frames_total: int | None = None,
        positions: Sequence[float | None] = (),
        damaged_before: Sequence[int] = (),
    ) -> None:
        self.width, self.height = frames[0].width, frames[0].height
        self.frames_total = frames_total
        self.duration_seconds: float | None = None
        self.on_damage: Callable[[int, str], None] | None = None
        self._frames = frames
        self._positions = positions
        self._damaged_before = damaged_before
        self._given = 0

    def __iter__(self) -> Iterator[MediaFrame]:
        """The frames, and the damage before them."""
        for frame in self._frames:
            if frame.index in self._damaged_before and self.on_damage is not None:
                self.on_damage(frame.index, "A damaged place.")
            self._given += 1
            yield frame

    def position(self) -> float | None:
        """As scripted, by the frames that were given."""
        return self._positions[self._given - 1] if self._positions else None


def frames_of(content: bytes) -> list[MediaFrame]:
    """Every frame of a small video."""
    with open_media(io.BytesIO(content), max_pixels=MAX_PIXELS) as media:
        return list(media)


def run(
    plugin: str,
    *tools: str,
    options: dict[str, Any] | None = None,
    media: MediaSource | bytes | None = None,
    frames: int = 6,
    observer: Observer | None = None,
) -> RunOutcome:
    """Run the tools (default: `run`) over the media, or over a video of so many frames."""
    runner = ToolRunner(registry=registry(), inspector=InspectorService(registry()))

    def over(source: MediaSource) -> RunOutcome:
        return asyncio.run(
            runner.run(plugin, tools=tools or ("run",), media=source, options=options or {}, observer=observer)
        )

    if media is not None and not isinstance(media, bytes):
        return over(media)
    with open_media(io.BytesIO(media or video(frames=frames)), max_pixels=MAX_PIXELS) as source:
        return over(source)


def recorded(plugin: str, *tools: str, **arguments: Any) -> tuple[RunOutcome, RecordingObserver]:
    """The same, and everything that was told meanwhile."""
    observer = RecordingObserver()
    return run(plugin, *tools, observer=observer, **arguments), observer
