"""Videos as frames: every one, at its real time, upright, and what is said where one is damaged."""

from __future__ import annotations

import io
from typing import BinaryIO

import cv2
import numpy as np
import psutil
import pytest

from plugins.contract import MediaKind
from plugins.errors import UnreadableMedia
from plugins.media import open_media
from plugins.samples import sample_path
from plugins.videos import Timeline
from tests.media import big_buck_bunny, bikes, pedestrians
from tests.unit.plugins.made_media import counting_frame, quarter_colours, quarters, turned, video

MAX_PIXELS = 10_000_000


def brightness(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> float:
    """The mean of all values."""
    return float(pixels.mean())


def test_real_videos_have_all_their_frames_at_their_times() -> None:
    """Frames, sizes, times and durations of real files are those that the files are known to have."""
    with open_media(bikes(), max_pixels=MAX_PIXELS) as media:
        times = [frame.timestamp_ms for frame in media]

        assert media.kind is MediaKind.VIDEO
        assert (media.width, media.height, media.frames_total, media.duration_seconds) == (640, 272, 250, 10.0)
        assert times == [40.0 * index for index in range(250)]
        assert media.position() == 1.0
    with open_media(big_buck_bunny(), max_pixels=MAX_PIXELS) as media:
        assert (media.width, media.height, media.frames_total) == (1280, 720, 132)
        assert [frame.index for frame in media] == list(range(132))
    with open_media(pedestrians(), max_pixels=MAX_PIXELS) as media:
        assert (media.width, media.height, media.frames_total) == (768, 576, 795)
        assert [frame.timestamp_ms for frame in media][-1] == 79_400.0


def test_the_sample_is_read_whole() -> None:
    """The sample keeps no count of its frames, so that its progress is measured by time."""
    with sample_path() as path, open_media(path, max_pixels=MAX_PIXELS) as media:
        positions = [media.position() or 0.0 for _ in media]

        assert (media.width, media.height, media.frames_total) == (640, 360, None)
        assert len(positions) == 250
        assert positions == sorted(positions)
        assert positions[125] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("container", "codec"),
    [
        ("mp4", "mpeg4"),
        ("mp4", "libx264"),
        ("matroska", "libx264"),
        ("webm", "libvpx"),
        ("webm", "libvpx-vp9"),
        ("avi", "mpeg4"),
        ("mpegts", "libx264"),
        ("flv", "libx264"),
        ("h264", "libx264"),
    ],
)
def test_containers(container: str, codec: str) -> None:
    """Each usual container gives every frame in order, brighter and brighter, at its time, and ends near 1."""
    content = video(container=container, codec=codec)

    with open_media(io.BytesIO(content), max_pixels=MAX_PIXELS) as media:
        frames = [(frame.timestamp_ms, brightness(frame.bgr())) for frame in media]

        assert [time for time, _ in frames] == [40.0 * index for index in range(30)]
        assert [shade for _, shade in frames] == pytest.approx([30 + 3 * index for index in range(30)], abs=8)
        assert media.position() == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("container", ["mp4", "matroska"])
def test_times_are_those_of_the_file(container: str) -> None:
    """Uneven times stay uneven, and count from the first frame, wherever the file begins."""
    times = [5000, 5040, 5080, 5400, 5410, 6500, 6540]
    content = video(container=container, times_ms=times)

    with open_media(io.BytesIO(content), max_pixels=MAX_PIXELS) as media:
        assert [frame.timestamp_ms for frame in media] == [time - 5000 for time in times]
        assert media.position() == pytest.approx(1.0, abs=0.05)


def test_times_never_go_back() -> None:
    """A frame that is late for its place gets the time of the last; where the clock was set back, time goes on."""
    late = Timeline(frame_seconds=0.04)
    joined = Timeline(frame_seconds=0.04)
    unknown = Timeline(frame_seconds=0.04)

    assert [late.milliseconds(time) for time in (1.0, 1.2, 1.08, 1.24)] == [0, 200, 200, 240]
    times = [joined.milliseconds(index % 50 * 0.04) for index in range(100)]
    assert times == sorted(times)
    assert times[-1] - times[-2] == pytest.approx(40)
    assert times[-1] == pytest.approx(99 * 40, abs=17 * 40)
    assert [unknown.milliseconds(time) for time in (None, None, 7.0, 7.5, None)] == [0, 40, 80, 580, 620]


@pytest.mark.parametrize(
    ("degrees", "colours", "size"),
    [
        (90, ["blue", "red", "white", "green"], (48, 64)),
        (180, ["white", "blue", "green", "red"], (64, 48)),
        (270, ["green", "white", "red", "blue"], (48, 64)),
    ],
)
def test_a_turned_recording_is_upright(degrees: int, colours: list[str], size: tuple[int, int]) -> None:
    """A phone's recording is turned as it asks, in pixels, size, gray and preview."""
    content = turned(video(picture=lambda _: quarters(), frames=3, options={"qscale": "2"}), degrees)

    with open_media(io.BytesIO(content), max_pixels=MAX_PIXELS) as media:
        frame = next(iter(media))

        assert (media.width, media.height) == (frame.width, frame.height) == size
        assert quarter_colours(frame.bgr()) == colours
        assert frame.gray().shape == frame.bgr().shape[:2] == (size[1], size[0])
        preview = cv2.imdecode(np.frombuffer(frame.jpeg(max_width=500, quality=90), np.uint8), cv2.IMREAD_COLOR)
        assert preview is not None
        assert quarter_colours(np.asarray(preview, dtype=np.uint8)) == colours


def test_gray_is_that_of_the_colours() -> None:
    """The brightness that the decoder gives is, but for rounding, that of its colours."""
    with open_media(bikes(), max_pixels=MAX_PIXELS) as media:
        frame = next(iter(media))
        by_colours = cv2.cvtColor(frame.bgr(), cv2.COLOR_BGR2GRAY)

        assert np.abs(frame.gray().astype(int) - by_colours).mean() < 3


def test_pixels_are_converted_once() -> None:
    """Asking twice gives the same array."""
    with open_media(bikes(), max_pixels=MAX_PIXELS) as media:
        frame = next(iter(media))

        assert frame.bgr() is frame.bgr()
        assert frame.gray() is frame.gray()


def test_each_iteration_starts_at_the_first_frame() -> None:
    """Several tools may go over one input; one that stopped early does not matter to the next."""
    with open_media(io.BytesIO(video()), max_pixels=MAX_PIXELS) as media:
        early = next(iter(media))
        whole = [frame.index for frame in media]
        again = [brightness(frame.bgr()) for frame in media]

    assert early.index == 0
    assert whole == list(range(30))
    assert len(again) == 30


def test_the_given_file_stays_open() -> None:
    """Whoever opened a file closes it."""
    file = io.BytesIO(video())
    with open_media(file, max_pixels=MAX_PIXELS) as media:
        assert len(list(media)) == 30

    assert not file.closed


def test_damage_in_the_middle_is_said_and_passed() -> None:
    """Frames before and after a damaged place are read, and the place is told with the index of a frame near it."""
    content = bytearray(video(codec="libx264", options={"g": "5"}))
    start = len(content) // 3
    content[start : start + 120] = bytes(value ^ 0x5A for value in content[start : start + 120])
    damage: list[tuple[int, str]] = []

    with open_media(
        io.BytesIO(content), max_pixels=MAX_PIXELS, on_damage=lambda index, message: damage.append((index, message))
    ) as media:
        frames = [(frame.timestamp_ms, brightness(frame.bgr())) for frame in media]

    assert 15 < len(frames) <= 30
    assert frames[0][0] == 0.0
    assert frames[-1][0] == 29 * 40.0
    assert [frames[0][1], frames[-1][1]] == pytest.approx([30, 30 + 3 * 29], abs=8)
    assert damage
    assert all((0 < index <= len(frames) and "damaged" in message) or "should" in message for index, message in damage)


@pytest.mark.parametrize(("container", "codec"), [("webm", "libvpx"), ("flv", "libx264"), ("matroska", "libx264")])
def test_a_video_that_was_cut_off_says_so(container: str, codec: str) -> None:
    """Half a recording gives its frames, and says that there should be more."""
    content = video(container=container, codec=codec, frames=60, picture=noise)
    damage: list[str] = []

    with open_media(io.BytesIO(content[: len(content) // 2]), max_pixels=MAX_PIXELS) as media:
        media.on_damage = lambda _index, message: damage.append(message)
        frames = len(list(media))

    assert 5 < frames < 50
    assert any("should last 2." in message for message in damage)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"Dear all,\n\nplease find the video attached.\n" * 50, id="text"),
        pytest.param(bytes(100_000), id="zeros"),
        pytest.param(np.random.default_rng(3).bytes(100_000), id="noise"),
        pytest.param(video()[:2000], id="an MP4 without its end"),
        pytest.param(b"%PDF-1.7\n" + bytes(5000), id="PDF"),
    ],
)
def test_what_is_no_media_is_refused(content: bytes) -> None:
    """The refusal is a sentence that says what to do."""
    with (
        pytest.raises(UnreadableMedia, match=r"(Choose|Save) .*\.$"),
        open_media(io.BytesIO(content), max_pixels=MAX_PIXELS),
    ):
        pass


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
def test_a_video_over_the_limit_is_refused(codec: str) -> None:
    """A video with more pixels a frame than allowed is not decoded; with just as many, it is."""
    content = video(codec=codec)

    with (
        pytest.raises(UnreadableMedia, match="64 × 48 pixels; make it smaller"),
        open_media(io.BytesIO(content), max_pixels=64 * 48 - 1),
    ):
        pass
    with open_media(io.BytesIO(content), max_pixels=64 * 48) as media:
        assert len(list(media)) == 30


@pytest.mark.parametrize("codec", ["libx264", "mpeg4", "libvpx-vp9"])
def test_a_video_far_over_the_limit_is_not_decoded(codec: str) -> None:
    """A video that a decoder would need too much memory for is refused before a frame of it is made."""
    content = video(
        codec=codec,
        container="matroska",
        frames=2,
        picture=lambda index: counting_frame(index, width=2048, height=1024),
    )

    with pytest.raises(UnreadableMedia, match="pixels"), open_media(io.BytesIO(content), max_pixels=10_000):
        pass


def test_a_failing_storage_is_not_a_bad_file() -> None:
    """What the storage raises while a file is read comes through: the input is not to blame."""

    class Failing(io.BytesIO):
        """A file whose storage goes away after some reads."""

        reads = 0

        def read(self, size: int | None = -1, /) -> bytes:
            self.reads += 1
            if self.reads > 3:
                raise ConnectionResetError("the storage went away")
            return super().read(size)

    file: BinaryIO = Failing(video(frames=200, picture=noise))
    with pytest.raises(ConnectionResetError), open_media(file, max_pixels=MAX_PIXELS) as media:
        list(media)


def noise(index: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A picture that does not compress well."""
    return np.random.default_rng(index).integers(0, 255, (48, 64, 3), dtype=np.uint8)


def test_memory_does_not_grow_with_the_video() -> None:
    """Going over a 1080p video takes no more memory at its end than after its first frames."""
    content = video(frames=130, picture=lambda index: counting_frame(index % 60, width=1920, height=1080))
    process = psutil.Process()
    used = []
    with open_media(io.BytesIO(content), max_pixels=MAX_PIXELS) as media:
        for frame in media:
            frame.bgr()
            if frame.index in {25, 125}:
                used.append(process.memory_info().rss)

    # A hundred frames kept would be 600 MB.
    assert used[1] - used[0] < 50_000_000
