"""A video's frames, one at a time, by PyAV: what may be opened, and what happens at damage.

The decoder is given bytes without a name. Formats that only point to other files or addresses (playlists, concat
scripts, session descriptions) are not among those it knows, and no protocol is open to it.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator

# OpenCV and PyAV each bring their own FFmpeg; OpenCV has to be loaded first.
import cv2  # noqa: F401

# isort: split
import av
from av.container import InputContainer
from av.error import FFmpegError
from av.format import Flags as ContainerFlags
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from plugins.damage import Damage
from plugins.errors import EmptyMedia, TooManyPixels, UnknownMedia, UnreadableMedia
from plugins.input_stream import InputStream

logger = logging.getLogger(__name__)

#: Containers and raw streams that hold their pictures themselves.
FORMATS = (
    "mov", "matroska", "webm", "avi", "mpegts", "mpeg", "flv", "asf", "ogg", "mxf",
    "h264", "hevc", "mpegvideo", "m4v",
)  # fmt: skip
#: What containers begin with, as far as they begin with something: what begins so is a video, if maybe a broken one.
CONTAINERS = re.compile(
    rb"....(?:ftyp|moov|mdat|wide|free|skip)|\x1a\x45\xdf\xa3|RIFF....AVI|FLV\x01|OggS|\x30\x26\xb2\x75|"
    rb"\x06\x0e\x2b\x34|\0\0\x01[\xba\xb3]",
    re.DOTALL,
)
PREFIX_BYTES = 16
#: Each decoding thread holds frames of its own; more than these gain little and cost memory.
THREADS_AT_MOST = 4
#: What decoders may add around a frame that is just within the limit, if it is small.
BORDER_PIXELS = 1_000_000
#: Who can't have so much is really short of memory.
MODEST_BYTES = 64 * 1024 * 1024
#: After so many errors in a row without a packet between, the rest of the file is given up.
READ_FAILURES_AT_MOST = 8

NOT_MEDIA = (
    "The file can't be read as an image or a video: it is of another kind, or damaged. "
    "Choose a complete JPEG, PNG, MP4 or WebM file."
)
BROKEN = "The video is incomplete or damaged; save or upload it again."
NO_PICTURES = "The file has no video in it; choose one that has pictures."
UNKNOWN_CODING = (
    "The video is coded in a way that can't be read here, or it is incomplete. "
    "Choose a complete one in H.264, VP9 or AV1."
)


def no_frames(max_pixels: int) -> str:
    """What to say when there was nothing to decode."""
    return (
        "No frame of the video could be decoded: it is damaged, incomplete, or its pictures have more than "
        f"{max_pixels:,} pixels. Save it again, or smaller."
    )


class VideoDecoder:
    """One pass over a video. Raises `UnreadableMedia` if the content is no video that may be read."""

    def __init__(self, stream: InputStream, *, max_pixels: int) -> None:
        self._bytes = stream
        self._max_pixels = max_pixels
        stream.seek(0)
        # Opening decodes a little, so a limit has to hold already there. Decoders measure their frames with borders,
        # so theirs is wider; ours is held where the true size is known.
        decoder_limit = str(2 * max_pixels + BORDER_PIXELS)
        options = {
            "format_whitelist": ",".join(FORMATS),
            "protocol_whitelist": "",
            "max_pixels": decoder_limit,
        }
        try:
            # Titles in an older encoding are common, and say nothing about the pictures.
            self.container: InputContainer = av.open(stream, mode="r", options=options, metadata_errors="replace")
        except FFmpegError as error:
            stream.raise_failure()
            _raise_if_memory_is_short(error)
            stream.seek(0)
            if CONTAINERS.match(stream.read(PREFIX_BYTES)):
                raise UnreadableMedia(BROKEN) from error
            raise UnknownMedia(NOT_MEDIA) from error
        try:
            self.video = self._choose_stream()
        except UnreadableMedia:
            self.close()
            raise
        self.video.codec_context.options = {"max_pixels": decoder_limit}
        self.video.thread_type = "AUTO"
        self.video.codec_context.thread_count = min(THREADS_AT_MOST, os.cpu_count() or 1)

    def frames(self, damage: Damage) -> Iterator[VideoFrame]:
        """Every frame that can be decoded; `damage` is told of each, and of what could not be."""
        done = 0
        failures = 0
        while failures < READ_FAILURES_AT_MOST:
            try:
                for packet in self.container.demux(self.video):
                    failures = 0
                    try:
                        decoded = packet.decode()
                    except FFmpegError as error:
                        self._lost(done, error, damage)
                        continue
                    for frame in decoded:
                        # A stream may change its size on the way.
                        self._check_size(frame.width, frame.height)
                        damage.frame(done, corrupt=frame.is_corrupt)
                        yield frame
                        done += 1
                return
            except FFmpegError as error:
                self._bytes.raise_failure()
                failures += 1
                self._lost(done, error, damage)

    def announced_frames(self) -> int | None:
        """How many frames the file has to show, where its index lists every one; None where nobody has counted."""
        entries = self.video.index_entries
        if not self.video.frames or len(entries) != self.video.frames:
            return None
        # Empty entries only stretch the frame before them; discarded ones lie outside of what the file wants shown.
        return sum(entry.size > 0 and not entry.is_discard for entry in entries) or None

    def duration_seconds(self) -> float | None:
        """How long the video is; None where it could only be guessed from the size of the file."""
        if ContainerFlags.no_timestamps in ContainerFlags(self.container.format.flags):
            return None
        time_base = float(self.video.time_base or 0)
        if self.video.duration is not None and time_base:
            duration = self.video.duration * time_base
        elif self.container.duration is not None:
            duration = self.container.duration / av.time_base
            # Matroska says when it ends, not how long it is.
            if "matroska" in self.container.format.name:
                duration -= (self.video.start_time or 0) * time_base
        else:
            return None
        return duration if duration > 0 else None

    def frames_per_second(self) -> float | None:
        """The usual number of frames a second, where the file tells."""
        rate = self.video.average_rate or self.video.guessed_rate
        return float(rate) if rate else None

    def close(self) -> None:
        """Let the decoder and its threads go."""
        self.container.close()

    def _lost(self, index: int, error: FFmpegError, damage: Damage) -> None:
        _raise_if_memory_is_short(error)
        logger.debug("Left out a part of a video", extra={"action": "media_damage", "reason": str(error)})
        damage.lost(index)

    def _choose_stream(self) -> VideoStream:
        chosen = self.container.streams.best("video")
        if not isinstance(chosen, VideoStream) or chosen.disposition & Disposition.attached_pic:
            raise EmptyMedia(NO_PICTURES)
        if chosen.codec_context is None:
            raise UnknownMedia(UNKNOWN_CODING)
        if chosen.width * chosen.height == 0:
            # Looking into it met no picture within the limit; decoders would only fail in stranger ways.
            raise UnreadableMedia(no_frames(self._max_pixels))
        self._check_size(chosen.width, chosen.height)
        return chosen

    def _check_size(self, width: int, height: int) -> None:
        if width * height > self._max_pixels:
            raise TooManyPixels(
                f"The video has {width} × {height} pixels; make it smaller, up to {self._max_pixels:,} are read."
            )


def _raise_if_memory_is_short(error: FFmpegError) -> None:
    """FFmpeg says that memory is short of a length, too, that no memory could hold: then the file is to blame."""
    if isinstance(error, MemoryError):
        bytearray(MODEST_BYTES)
