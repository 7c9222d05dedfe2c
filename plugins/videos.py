"""Videos as frames with their real times, as they are shown.

Owns the time line (relative to the first frame, never going back) and the turning that a phone's recording asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
from av.video.frame import VideoFrame

from plugins.contract import MediaKind
from plugins.errors import UnreadableMedia
from plugins.frames import DecodedFrame, Pixels
from plugins.input_stream import InputStream
from plugins.video_decoder import VideoDecoder, no_frames

#: Used between two frames where neither the frames nor the file name a rate.
DEFAULT_FRAMES_PER_SECOND = 25.0
#: So many frames in a row may claim an earlier time before it is believed. Decoders hold back no more than 16.
FRAMES_BEHIND_AT_MOST = 16
#: Where only its duration tells how much a video should hold, this much has to be missing before it is said: sound
#: may last a little longer than the pictures.
MISSING_SECONDS_AT_LEAST = 0.5
MISSING_PART_AT_LEAST = 0.1

#: Counterclockwise degrees, as the file asks for, to OpenCV's name for them.
TURNS = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, -180: cv2.ROTATE_180, -90: cv2.ROTATE_90_CLOCKWISE}


class DecodedVideoFrame(DecodedFrame):
    """A frame in its own coding until somebody asks for its pixels."""

    def __init__(self, coded: VideoFrame, *, index: int, timestamp_ms: float) -> None:
        # Files may ask for any angle; players follow the quarter turns.
        self._turn = TURNS.get(90 * round(coded.rotation / 90))
        width, height = coded.width, coded.height
        if self._turn in {cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_90_COUNTERCLOCKWISE}:
            width, height = height, width
        super().__init__(index=index, timestamp_ms=timestamp_ms, width=width, height=height)
        self._coded = coded

    def _decode_bgr(self) -> Pixels:
        return self._upright("bgr24")

    def _decode_gray(self) -> Pixels:
        # Straight from the brightness plane, which every usual coding has: cheaper than by way of the colours.
        return self._upright("gray")

    def _upright(self, pixel_format: str) -> Pixels:
        pixels = np.asarray(self._coded.to_ndarray(format=pixel_format), dtype=np.uint8)
        return pixels if self._turn is None else np.asarray(cv2.rotate(pixels, self._turn), dtype=np.uint8)


class Timeline:
    """Turns a stream's own times into milliseconds since its first frame that never go back."""

    def __init__(self, *, frame_seconds: float) -> None:
        self._frame_seconds = frame_seconds
        self._origin: float | None = None
        self._last: float | None = None
        self._behind = 0

    def milliseconds(self, seconds: float | None) -> float:
        """The time of the next frame. One without a time follows the last by one frame.

        One from before the last, as damage leaves them, gets the last one's time. When many go on from there, the
        clock itself was set back, as where two recordings were joined, and the time goes on with it.
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
        elif seconds - self._origin >= self._last:
            self._last = seconds - self._origin
            self._behind = 0
        else:
            self._behind += 1
            if self._behind > FRAMES_BEHIND_AT_MOST:
                self._origin = seconds - following
                self._last = following
                self._behind = 0
        return round(self._last * 1000, 3)


class VideoSource:
    """A `MediaSource` of a video. Each iteration decodes it anew, in constant memory."""

    kind: MediaKind = MediaKind.VIDEO

    def __init__(
        self, stream: InputStream, *, max_pixels: int, on_damage: Callable[[int, str], None] | None = None
    ) -> None:
        self.on_damage = on_damage
        self._stream = stream
        self._max_pixels = max_pixels
        self._decoder = VideoDecoder(stream, max_pixels=max_pixels)
        try:
            self.frames_total = self._decoder.announced_frames()
            self.duration_seconds = self._decoder.duration_seconds()
            self._frame_seconds = 1 / (self._decoder.frames_per_second() or DEFAULT_FRAMES_PER_SECOND)
            first = next(self._decode(lambda _index, _message: None), None)
            if first is None:
                raise UnreadableMedia(no_frames(max_pixels))
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
        self._decoder = VideoDecoder(self._stream, max_pixels=self._max_pixels)
        for frame in self._decode(self._damaged):
            yield frame
            self._frames_done = frame.index + 1
            self._seconds_done = frame.timestamp_ms / 1000
        self._compare_with_announced()

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

    def _decode(self, on_damage: Callable[[int, str], None]) -> Iterator[DecodedVideoFrame]:
        timeline = Timeline(frame_seconds=self._frame_seconds)
        for index, coded in enumerate(self._decoder.frames(on_damage)):
            yield DecodedVideoFrame(coded, index=index, timestamp_ms=timeline.milliseconds(coded.time))

    def _compare_with_announced(self) -> None:
        """A file that was cut off often decodes without an error, only too little of it."""
        if self.frames_total is not None:
            if self._frames_done < self.frames_total - 1:
                self._damaged(
                    self._frames_done,
                    f"The video should have {self.frames_total} frames; {self._frames_done} could be decoded.",
                )
        elif self.duration_seconds is not None:
            missing = self.duration_seconds - self._seconds_done - self._frame_seconds
            if missing > max(MISSING_SECONDS_AT_LEAST, MISSING_PART_AT_LEAST * self.duration_seconds):
                self._damaged(
                    self._frames_done,
                    f"The video should last {self.duration_seconds:.1f} s; its frames end after "
                    f"{self._seconds_done:.1f} s.",
                )

    def _damaged(self, frame_index: int, message: str) -> None:
        if self.on_damage is not None:
            self.on_damage(frame_index, message)
