"""The different codes of a run: which, from when to when, and in how many frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from plugins.contract import MediaFrame

#: So many different codes are kept apart; a video that shows a new one in every frame must not fill the memory.
DIFFERENT_AT_MOST: Final = 1000


@dataclass(slots=True)
class Sighting:
    """One code, wherever it was seen."""

    text: str
    format: str
    first_frame: int
    last_frame: int
    first_ms: float
    last_ms: float
    frames: int = 1


class Sightings:
    """Told every code of every frame, in the order of the frames."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, bytes], Sighting] = {}
        #: Whether every different code is among those kept.
        self.complete = True

    def add(self, frame: MediaFrame, *, content: bytes, text: str, format_name: str) -> None:
        """A code was seen; twice in one frame counts once."""
        key = (format_name, content)
        known = self._seen.get(key)
        if known is None:
            if len(self._seen) >= DIFFERENT_AT_MOST:
                self.complete = False
                return
            at = frame.index, frame.index, frame.timestamp_ms, frame.timestamp_ms
            self._seen[key] = Sighting(text, format_name, *at)
        elif known.last_frame != frame.index:
            known.last_frame, known.last_ms = frame.index, frame.timestamp_ms
            known.frames += 1

    def summary(self) -> list[JsonValue]:
        """The codes in the order in which they appeared."""
        return [
            {
                "text": code.text,
                "format": code.format,
                "first_frame": code.first_frame,
                "last_frame": code.last_frame,
                "first_ms": code.first_ms,
                "last_ms": code.last_ms,
                "frames": code.frames,
            }
            for code in self._seen.values()
        ]
