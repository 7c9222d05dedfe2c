"""Damaged inputs: what is whole is read, each damaged place is said, and what is mostly damaged is given up."""

from __future__ import annotations

import io
import itertools

import av
import numpy as np
import pytest
from av.video.stream import VideoStream
from PIL import Image

from plugins.damage import DAMAGED_FRAMES_AT_LEAST, REPORTS_AT_MOST, Damage
from plugins.errors import EmptyMedia, TooDamaged, UnreadableMedia
from plugins.frames import Pixels
from plugins.media import open_media
from tests.unit.plugins.made_media import encoded_image, video

MAX_PIXELS = 1_000_000


def noise(index: int) -> Pixels:
    """A picture that takes many bytes."""
    return np.random.default_rng(index).integers(0, 255, (48, 64, 3), dtype=np.uint8)


def with_broken_frames(broken: set[int], *, frames: int = 40) -> bytes:
    """A Matroska file of pictures that stand each for itself, some of them overwritten."""
    whole = video(container="matroska", codec="ffv1", frames=frames, picture=noise, options={"g": "1", "slicecrc": "1"})
    content = bytearray(whole)
    with av.open(io.BytesIO(whole), mode="r") as container:
        packets = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    for index in broken:
        start = whole.index(packets[index])
        size = len(packets[index])
        content[start : start + size] = bytes(value ^ 0xFF for value in packets[index])
    return bytes(content)


def read(content: bytes, **limits: float) -> tuple[list[int], list[tuple[int, str]]]:
    """The indexes of the frames, and what was said of damage."""
    damage: list[tuple[int, str]] = []
    with open_media(
        io.BytesIO(content), max_pixels=MAX_PIXELS, on_damage=lambda *place: damage.append(place), **limits
    ) as media:
        return [frame.index for frame in media], damage


def test_broken_frames_in_the_middle_are_each_said_and_passed() -> None:
    """Each broken frame is said with its place, the ones around it are read, and those that end the input, too."""
    frames, damage = read(with_broken_frames({5, 20, 21, 39}))

    assert len(frames) >= 36
    assert {index for index, message in damage if "damaged" in message} & {5, 20, 21} != set()
    assert len(damage) >= 3
    assert all(0 <= index <= 40 for index, _ in damage)


def test_an_input_that_is_mostly_broken_is_given_up() -> None:
    """Where more frames are damaged than allowed, the input is refused; where just as many are, it is read."""
    half = with_broken_frames(set(range(2, 40, 2)) | {1})

    frames, damage = read(half, max_damaged_percent=50)
    # What is lost from one frame to the next is one place.
    assert (len(frames), len(damage)) == (20, 19)
    with pytest.raises(TooDamaged, match=r"20 of 40 frames are damaged or lost\. Save or upload") as refusal:
        read(half, max_damaged_percent=49)
    assert refusal.value.code == "INPUT_TOO_DAMAGED"


def test_a_short_input_is_not_given_up_for_a_few_frames() -> None:
    """Of nine frames seven may be damaged: so few say nothing of what is usual."""
    frames, _ = read(with_broken_frames(set(range(1, 8)), frames=9), max_damaged_percent=10)

    assert frames == [0, 1]


def test_an_input_with_a_count_is_given_up_as_soon_as_it_is_certain() -> None:
    """With forty announced, the twenty-first damaged one decides, wherever it comes; without a count, the end does."""
    counted = Damage(None, max_percent=50, announced=40)
    for index in range(20):
        counted.lost(index)
    with pytest.raises(TooDamaged, match="21 of 40"):
        counted.lost(20)

    uncounted = Damage(None, max_percent=50)
    for index in range(21):
        uncounted.lost(index)
    for index in range(21):
        uncounted.frame(index, corrupt=False)
    uncounted.end()


def test_few_damaged_frames_never_decide() -> None:
    """Fewer than ten damaged frames end nothing, even where there is nothing else."""
    damage = Damage(None, max_percent=0, announced=DAMAGED_FRAMES_AT_LEAST)
    for index in range(DAMAGED_FRAMES_AT_LEAST - 1):
        damage.lost(index)

    damage.end()


def test_damage_is_not_said_without_end() -> None:
    """After a hundred places it is said once that there are more; a run of lost parts at one place is one."""
    said: list[tuple[int, str]] = []
    damage = Damage(lambda *place: said.append(place), max_percent=100)
    for index in range(300):
        damage.lost(index)
        damage.lost(index)

    assert [index for index, _ in said] == list(range(REPORTS_AT_MOST + 1))
    assert "not named" in said[-1][1]
    assert len({message for _, message in said[:-1]}) == 1


@pytest.mark.parametrize(("container", "codec"), [("mp4", "libx264"), ("webm", "libvpx"), ("mpegts", "libx264")])
def test_any_cut_ends_with_frames_or_a_reason(container: str, codec: str) -> None:
    """Wherever a file was cut off, it gives the frames before, or a reason; with a whole one, all of them."""
    content = video(container=container, codec=codec, frames=12, picture=noise)
    counts = []
    for size in itertools.chain(range(100, len(content), len(content) // 12), [len(content)]):
        try:
            counts.append(len(read(content[:size])[0]))
        except UnreadableMedia:
            counts.append(0)

    assert counts[-1] == 12
    assert counts[0] == 0
    assert container == "mp4" or len(set(counts)) > 3


@pytest.mark.parametrize(("container", "codec"), [("avi", "mpeg4"), ("mp4", "mpeg4"), ("asf", "wmv2")])
def test_a_video_without_a_frame_is_named_so(container: str, codec: str) -> None:
    """A good container in which no picture was ever put is empty, not damaged."""
    buffer = io.BytesIO()
    with av.open(buffer, mode="w", format=container) as output:
        stream = output.add_stream(codec, rate=25)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        output.start_encoding()

    with pytest.raises(EmptyMedia) as refusal, open_media(buffer, max_pixels=MAX_PIXELS):
        pass
    assert refusal.value.code == "INPUT_EMPTY"


@pytest.mark.parametrize("container", ["mp4", "matroska", "avi", "flv", "asf"])
def test_a_video_of_which_only_the_beginning_is_there_is_named_so(container: str) -> None:
    """An upload that broke off is damage, not another kind of file: it is to be sent again."""
    codec = {"flv": "flv", "asf": "wmv2"}.get(container, "mpeg4")
    content = video(container=container, codec=codec)

    with (
        pytest.raises(UnreadableMedia, match=r"again") as refusal,
        open_media(io.BytesIO(content[:100]), max_pixels=10**6),
    ):
        pass
    assert refusal.value.code in {"INPUT_UNREADABLE", "INPUT_EMPTY"}


def test_a_damaged_page_is_said_and_passed() -> None:
    """Of a document, a page that can't be read is left out and said; the pages after it keep their numbers."""
    pages = [Image.fromarray(noise(index)) for index in range(4)]
    content = bytearray(
        encoded_image(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="tiff_adobe_deflate")
    )
    second = content.index(b"\x78", len(content) // 4 + 400)
    content[second : second + 600] = bytes(600)

    frames, damage = read(bytes(content))

    assert len(frames) == 3
    (lost,) = set(range(4)) - set(frames)
    assert [index for index, message in damage if "page is damaged" in message] == [lost]
