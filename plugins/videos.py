"""Videos as frames with their real times, as they are shown.

Owns the time line (relative to the first frame, never going back) and the turning that a phone's recording asks for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

# OpenCV and PyAV each bring their own FFmpeg; OpenCV has to be loaded first.
import cv2  # noqa: F401

# isort: split
from av.video.frame import VideoFrame

from plugins.colours import Colours
from plugins.contract import MediaKind
from plugins.damage import Damage, OnDamage
from plugins.display import Display, Displays
from plugins.errors import EmptyMedia, TooLong, UnreadableMedia
from plugins.frames import DecodedFrame, Pixels
from plugins.input_stream import InputStream
from plugins.limits import MediaLimits
from plugins.playback import plays_as
from plugins.video_decoder import VideoDecoder, no_frames

#: Used between two frames where neither the frames nor the file name a rate.
DEFAULT_FRAMES_PER_SECOND = 25.0
#: So many frames in a row may claim an impossible time before it is believed. Decoders hold back no more than 16.
FRAMES_ASTRAY_AT_MOST = 16
#: Where only its duration tells how much a video should hold, this much has to be missing before it is said: sound
#: may last a little longer than the pictures.
MISSING_SECONDS_AT_LEAST = 0.5
MISSING_PART_AT_LEAST = 0.1


class DecodedVideoFrame(DecodedFrame):
    """A frame in its own coding until somebody asks for its pixels."""

    def __init__(
        self, coded: VideoFrame, display: Display, colours: Colours, *, index: int, timestamp_ms: float
    ) -> None:
        width, height = coded.width, coded.height
        if display.lies_on_its_side:
            width, height = height, width
        super().__init__(index=index, timestamp_ms=timestamp_ms, width=width, height=height)
        self.display = display
        self._coded = coded
        self._colours = colours

    def _decode_bgr(self) -> Pixels:
        return self.display.shown(self._colours.pixels(self._coded, "bgr24"))

    def _decode_gray(self) -> Pixels:
        # Straight from the brightness plane, which every usual coding has: cheaper than by way of the colours.
        return self.display.shown(self._colours.pixels(self._coded, "gray"))


class Timeline:
    """Turns a stream's own times into milliseconds since its first frame that never go back."""

    def __init__(self, *, frame_seconds: float, max_seconds: float = math.inf) -> None:
        self._frame_seconds = frame_seconds
        self._max_seconds = max_seconds
        self._origin: float | None = None
        self._last: float | None = None
        self._astray = 0

    def milliseconds(self, seconds: float | None) -> float:
        """The time of the next frame. One without a time follows the last by one frame.

        One from before the last, or from beyond the longest time, as damage leaves them, gets the last one's time.
        When many go on from there, the clock itself was set, as where two recordings were joined, and the time goes
        on with it.

        Raises `TooLong` once the time is over.
        """
        if self._last is None:
            self._origin = seconds
            self._last = 0.0
            return 0.0
        following = self._last + self._frame_seconds
        if seconds is None:
            self._last = following
        elif self._origin is None:
            self._origin = seconds - following
            self._last = following
        elif self._last <= seconds - self._origin <= self._max_seconds:
            self._last = seconds - self._origin
            self._astray = 0
        else:
            self._astray += 1
            if self._astray > FRAMES_ASTRAY_AT_MOST:
                self._origin = seconds - following
                self._last = following
                self._astray = 0
        if self._last > self._max_seconds:
            raise TooLong(f"The video is longer than {self._max_seconds:,.0f} seconds; no more is read. Cut it.")
        return round(self._last * 1000, 3)


class VideoSource:
    """A `MediaSource` of a video. Each iteration decodes it anew, in constant memory."""

    kind: MediaKind = MediaKind.VIDEO

    def __init__(self, stream: InputStream, *, limits: MediaLimits, on_damage: OnDamage | None = None) -> None:
        self.on_damage = on_damage
        self._stream = stream
        self._limits = limits
        self._decoder = VideoDecoder(stream, max_pixels=limits.max_pixels)
        try:
            self.frames_total = self._decoder.announced_frames()
            self.duration_seconds = self._decoder.duration_seconds()
            self._frame_seconds = 1 / (self._decoder.frames_per_second() or DEFAULT_FRAMES_PER_SECOND)
            self._check_length()
            first = self._first_frame()
            self.plays_as = plays_as(self._decoder.container, self._decoder.video, first.display)
        finally:
            self._decoder.close()
        self.width = first.width
        self.height = first.height
        self._frames_done = 0
        self._seconds_done = 0.0

    def __iter__(self) -> Iterator[DecodedFrame]:
        """Every frame that can be decoded, from the first."""
        self._frames_done, self._seconds_done = 0, 0.0
        self._decoder.close()
        self._decoder = VideoDecoder(self._stream, max_pixels=self._limits.max_pixels)
        percent = self._limits.max_damaged_percent
        damage = Damage(self.on_damage, max_percent=percent, announced=self.frames_total)
        for frame in self._decode(damage):
            yield frame
            self._frames_done = frame.index + 1
            self._seconds_done = frame.timestamp_ms / 1000
        damage.end()
        self._compare_with_announced(damage)

    def position(self) -> float | None:
        """The part that was processed, 0 to 1: by frames where their number is known, else by time or bytes."""
        if self.frames_total:
            return min(1.0, self._frames_done / self.frames_total)
        if self.duration_seconds:
            return min(1.0, self._seconds_done / self.duration_seconds)
        return self._stream.tell() / self._stream.size_bytes if self._stream.size_bytes else None

    def close(self) -> None:
        """Let the decoder and its threads go."""
        self._decoder.close()

    def _first_frame(self) -> DecodedVideoFrame:
        damage = Damage(None, max_percent=100)
        first = next(self._decode(damage), None)
        if first is None:
            if damage.damaged:
                raise UnreadableMedia(no_frames(self._limits.max_pixels))
            raise EmptyMedia("The video has no frames in it. Choose another one, or record it again.")
        return first

    def _check_length(self) -> None:
        seconds, frames = self.duration_seconds or 0, self.frames_total or 0
        if seconds > self._limits.max_seconds:
            raise TooLong(
                f"The video lasts {seconds:,.0f} seconds; cut it, up to {self._limits.max_seconds:,g} are read."
            )
        self._check_count(frames)

    def _check_count(self, frames: int) -> None:
        if frames > self._limits.max_frames:
            raise TooLong(
                f"The video has {frames:,} frames or more; cut it, up to {self._limits.max_frames:,} are read."
            )

    def _decode(self, damage: Damage) -> Iterator[DecodedVideoFrame]:
        timeline = Timeline(frame_seconds=self._frame_seconds, max_seconds=self._limits.max_seconds)
        displays, colours = Displays(), Colours()
        for index, coded in enumerate(self._decoder.frames(damage)):
            self._check_count(index + 1)
            time = timeline.milliseconds(coded.time)
            yield DecodedVideoFrame(coded, displays.of(coded), colours, index=index, timestamp_ms=time)

    def _compare_with_announced(self, damage: Damage) -> None:
        """A file that was cut off often decodes without an error, only too little of it."""
        if self.frames_total is not None:
            if self._frames_done < self.frames_total - 1:
                damage.say(
                    self._frames_done,
                    f"The video should have {self.frames_total} frames; {self._frames_done} could be decoded.",
                )
        elif self.duration_seconds is not None:
            missing = self.duration_seconds - self._seconds_done - self._frame_seconds
            if missing > max(MISSING_SECONDS_AT_LEAST, MISSING_PART_AT_LEAST * self.duration_seconds):
                damage.say(
                    self._frames_done,
                    f"The video should last {self.duration_seconds:.1f} s; its frames end after "
                    f"{self._seconds_done:.1f} s.",
                )
