"""What a job has found so far, as its messages say it: only the last attempt counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.client import Message


class Findings:
    """Counts frames and tracks, and keeps how the job ended."""

    def __init__(self) -> None:
        self._begin(attempt=0)

    def _begin(self, *, attempt: int) -> None:
        self.attempt = attempt
        self.status = "queued"
        self.error: str | None = None
        self.warnings = 0
        self.frames = 0
        self.frames_with_something = 0
        self._tracks: set[tuple[str, int]] = set()
        self._labels: set[str] = set()

    @property
    def tracks(self) -> int:
        """How many different things were followed."""
        return len(self._tracks)

    def take(self, message: Message) -> None:
        """Add what a message says; a new attempt, or a reset, begins anew."""
        if message.type == "reset":
            self._begin(attempt=0)
            return
        if message.attempt is not None and message.attempt > self.attempt:
            self._begin(attempt=message.attempt)
        if message.type == "job_status":
            self.status = str(message.payload.get("status"))
            error = message.payload.get("error") or {}
            self.error = f"{error.get('message')} [{error.get('error_code')}]" if error else None
        elif message.type == "warning":
            self.warnings += 1
        elif message.type == "frame":
            self._take_frame(message)

    def _take_frame(self, message: Message) -> None:
        data = message.payload.get("data") or {}
        self.frames += 1
        if data.get("boxes"):
            self.frames_with_something += 1
        self._labels.update(data.get("labels") or [])
        tool = str(message.payload.get("tool"))
        self._tracks.update((tool, track) for track in data.get("track_ids") or [] if track is not None)

    def sentence(self) -> str:
        """What was found, in words."""
        if not self.frames:
            return "no frames"
        parts = [_count(self.frames, "frame")]
        share = round(100 * self.frames_with_something / self.frames)
        labels = ", ".join(sorted(self._labels)) or "something"
        parts.append(f"{labels} in {self.frames_with_something} of them ({share} %)")
        if self.tracks:
            parts.append(_count(self.tracks, "track"))
        if self.warnings:
            parts.append(_count(self.warnings, "warning"))
        return ", ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
