"""Files with more in them than one video, and videos whose clocks or displays are odd."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from fractions import Fraction

import cv2
import numpy as np
import pytest

# isort: split
import av
from av.stream import Disposition
from av.video.stream import VideoStream
from PIL import Image

from plugins.errors import EmptyMedia
from plugins.frames import Pixels
from plugins.media import open_media
from plugins.videos import Timeline
from tests.unit.plugins.made_media import (
    counting_frame,
    encoded_image,
    quarter_colours,
    quarters,
    quarters_image,
    video,
)

MAX_PIXELS = 1_000_000


def times_of(content: bytes) -> list[float]:
    """The times of all frames."""
    with open_media(io.BytesIO(content), max_pixels=MAX_PIXELS) as media:
        return [frame.timestamp_ms for frame in media]


#: Adds its stream, waits until all are added, and then writes it.
Writer = Callable[[av.container.OutputContainer], Iterator[None]]


def muxed(*writers: Writer, container: str = "matroska") -> bytes:
    """A file with these streams, in this order."""
    buffer = io.BytesIO()
    with av.open(buffer, mode="w", format=container) as output:
        writing = [write(output) for write in writers]
        for stream in writing:
            next(stream)
        for stream in writing:
            assert next(stream, None) is None
    return buffer.getvalue()


def film(size: tuple[int, int]) -> Writer:
    """A stream of five pictures."""

    def write(output: av.container.OutputContainer) -> Iterator[None]:
        stream = output.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        yield
        for index in range(5):
            frame = av.VideoFrame.from_ndarray(counting_frame(index, *size), format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))

    return write


def sound(output: av.container.OutputContainer) -> Iterator[None]:
    """A stream of a second of silence."""
    stream = output.add_stream("aac", rate=8000, layout="mono")
    yield
    frame = av.AudioFrame(format="fltp", layout="mono", samples=8000)
    frame.sample_rate = 8000
    frame.planes[0].update(bytes(32_000))
    output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def cover(output: av.container.OutputContainer) -> Iterator[None]:
    """A picture of the record, as music files have it."""
    stream = output.add_stream("mjpeg", rate=1)
    assert isinstance(stream, VideoStream)
    stream.width, stream.height, stream.pix_fmt = 640, 480, "yuvj420p"
    stream.disposition = Disposition.attached_pic
    yield
    frame = av.VideoFrame.from_ndarray(np.zeros((480, 640, 3), dtype=np.uint8), format="bgr24")
    frame.pts, frame.time_base = 0, Fraction(1)
    output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def test_sound_first_does_not_matter() -> None:
    """A file whose first stream is sound has the frames of its video."""
    with open_media(io.BytesIO(muxed(sound, film((64, 48)))), max_pixels=MAX_PIXELS) as media:
        assert [(frame.width, frame.height) for frame in media] == [(64, 48)] * 5


def test_one_of_several_videos_is_taken() -> None:
    """Of several videos in a file the first is taken, as players do, and no frame of another."""
    for first, second in [((64, 48), (128, 96)), ((128, 96), (64, 48))]:
        with open_media(io.BytesIO(muxed(film(first), film(second))), max_pixels=MAX_PIXELS) as media:
            assert [(frame.width, frame.height) for frame in media] == [first] * 5


def test_a_cover_is_no_video() -> None:
    """Music with a picture of its record is sound; a film with a larger cover is still the film."""
    with open_media(io.BytesIO(muxed(cover, film((64, 48)), container="mp4")), max_pixels=MAX_PIXELS) as media:
        assert [(frame.width, frame.height) for frame in media] == [(64, 48)] * 5
    with pytest.raises(EmptyMedia), open_media(io.BytesIO(muxed(sound, cover, container="mp4")), max_pixels=MAX_PIXELS):
        pass


@pytest.mark.parametrize(
    ("container", "start"),
    [
        *((container, start) for container in ("mp4", "matroska", "mpegts") for start in (0, 1, 3_600_000)),
        # An MP4 says by times below zero that nobody is to see those frames.
        *((container, -200) for container in ("matroska", "mpegts")),
    ],
)
def test_times_count_from_the_first_frame(container: str, start: int) -> None:
    """Wherever the clock begins, before zero or an hour after it, and however uneven it goes, times are true."""
    gaps = [0, 40, 80, 180, 1180, 1190]
    codec = "libx264" if container == "mpegts" else "mpeg4"
    content = video(
        container=container, codec=codec, times_ms=[start + gap for gap in gaps], options={"tune": "zerolatency"}
    )

    assert times_of(content) == pytest.approx(gaps, abs=1.5)


def test_frames_without_times_follow_each_other() -> None:
    """A raw stream has no times: its frames are as far apart as its rate says."""
    content = video(container="h264", codec="libx264", frames=10)

    assert times_of(content) == pytest.approx([40.0 * index for index in range(10)], abs=0.01)


def test_one_time_that_is_beyond_belief_does_not_lengthen_the_video() -> None:
    """A frame that claims to be shown after the longest time is damage; many such say that the clock was set."""
    once = Timeline(frame_seconds=0.04, max_seconds=60)
    often = Timeline(frame_seconds=0.04, max_seconds=60)

    times = [once.milliseconds(seconds) for seconds in (0.0, 0.04, 9000.0, 0.12, 0.16)]
    assert times == [0, 40, 40, 120, 160]
    times = [often.milliseconds(seconds) for seconds in [0.0, *(9000 + 0.04 * index for index in range(40))]]
    assert times == sorted(times)
    assert times[-1] == pytest.approx(24 * 40)


def shown_as(matrix: tuple[int, int, int, int]) -> bytes:
    """An MP4 of the four colours, to be shown by this matrix."""
    content = video(picture=lambda _: quarters(), frames=2, options={"qscale": "2"})
    a, b, c, d = (value << 16 for value in matrix)
    # In a track header of version 0 the matrix follows 40 bytes after the name.
    place = content.index(b"tkhd") + 4 + 40
    packed = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    return content[:place] + packed + content[place + len(packed) :]


@pytest.mark.parametrize(
    ("matrix", "colours"),
    [
        pytest.param((1, 0, 0, 1), ["red", "green", "blue", "white"], id="as it is"),
        pytest.param((-1, 0, 0, 1), ["green", "red", "white", "blue"], id="mirrored"),
        pytest.param((1, 0, 0, -1), ["blue", "white", "red", "green"], id="upside down, mirrored"),
        pytest.param((-1, 0, 0, -1), ["white", "blue", "green", "red"], id="half a turn"),
        pytest.param((0, 1, -1, 0), ["blue", "red", "white", "green"], id="a quarter"),
        pytest.param((0, 1, 1, 0), ["red", "blue", "green", "white"], id="a quarter, mirrored"),
        pytest.param((0, -1, 1, 0), ["green", "white", "red", "blue"], id="three quarters"),
        pytest.param((0, -1, -1, 0), ["white", "green", "blue", "red"], id="three quarters, mirrored"),
        pytest.param((0, 0, 0, 0), ["red", "green", "blue", "white"], id="a matrix without a direction"),
    ],
)
def test_a_video_is_seen_as_it_asks_to_be(matrix: tuple[int, int, int, int], colours: list[str]) -> None:
    """Turned and mirrored as it says, in pixels, gray, size and preview, so that boxes lie where one sees them."""
    with open_media(io.BytesIO(shown_as(matrix)), max_pixels=MAX_PIXELS) as media:
        frame = next(iter(media))

        assert quarter_colours(frame.bgr()) == colours
        size = (48, 64) if matrix[0] == 0 != matrix[1] else (64, 48)
        assert (media.width, media.height) == (frame.width, frame.height) == size
        assert frame.gray().shape == (size[1], size[0])
        shown = cv2.imdecode(np.frombuffer(frame.jpeg(max_width=99, quality=95), np.uint8), cv2.IMREAD_COLOR)
        assert shown is not None
        assert quarter_colours(np.asarray(shown, dtype=np.uint8)) == colours


def test_a_camera_film_of_turned_photos_is_upright() -> None:
    """Each picture of a motion JPEG may bear EXIF data: it is turned as they say."""
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = encoded_image(quarters_image(), "JPEG", exif=exif, quality=95)

    def photos(output: av.container.OutputContainer) -> Iterator[None]:
        stream = output.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        yield
        for index in range(3):
            packet = av.Packet(photo)
            packet.stream, packet.time_base = stream, Fraction(1, 25)
            packet.pts = packet.dts = index
            output.mux(packet)

    with open_media(io.BytesIO(muxed(photos)), max_pixels=MAX_PIXELS) as media:
        seen: list[Pixels] = [frame.bgr() for frame in media]

    assert [quarter_colours(pixels) for pixels in seen] == [["blue", "red", "white", "green"]] * 3
