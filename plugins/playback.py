"""What of a video browsers play as it is: by its coding, never by a name."""

from __future__ import annotations

from typing import Final

# OpenCV and PyAV each bring their own FFmpeg; OpenCV has to be loaded first.
import cv2  # noqa: F401

# isort: split
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from plugins.display import Display

MP4: Final = "video/mp4"
WEBM: Final = "video/webm"
#: By FFmpeg's name of a codec, the containers in which browsers play it.
VIDEO_CODECS: Final = {
    "h264": frozenset({MP4}),
    "vp8": frozenset({WEBM}),
    "vp9": frozenset({MP4, WEBM}),
    "av1": frozenset({MP4, WEBM}),
}
#: Sound that stops no browser.
AUDIO_CODECS: Final = frozenset({"aac", "mp3", "opus", "vorbis", "flac"})
#: Eight bits, colours at half the size: what every browser shows of these codecs. Of others only some show some.
PIXEL_FORMATS: Final = frozenset({"yuv420p", "yuvj420p"})


def plays_as(container: InputContainer, video: VideoStream, display: Display) -> frozenset[str]:
    """The media types of files as which browsers play these streams; none where no browser can be counted on.

    Browsers turn an MP4's pictures as it asks for. They mirror none, and turn none of a WebM.
    """
    if video.pix_fmt not in PIXEL_FORMATS or display.mirrored:
        return frozenset()
    if any(isinstance(stream, AudioStream) and _codec(stream) not in AUDIO_CODECS for stream in container.streams):
        return frozenset()
    types = VIDEO_CODECS.get(_codec(video) or "", frozenset())
    return types if display.turn is None else types - {WEBM}


def _codec(stream: AudioStream | VideoStream) -> str | None:
    """The codec, whoever decodes it; None where nobody here does."""
    context = stream.codec_context
    return None if context is None else context.codec.canonical_name
