"""Inputs that are too much: refused by what they say of themselves, before memory or time is spent on them."""

from __future__ import annotations

import io
import struct
import zlib

import psutil
import pytest
from PIL import Image

from plugins.errors import TooLarge, TooLong, TooManyPixels, UnreadableMedia
from plugins.frames import Pixels
from plugins.media import open_media
from tests.unit.plugins.made_boxes import box
from tests.unit.plugins.made_media import counting_frame, encoded_image, quarters_image, video

MAX_PIXELS = 1_000_000
#: What a refusal may cost: bombs of these tests would take a hundred times as much.
MODEST_BYTES = 50_000_000


def png_chunk(name: bytes, content: bytes) -> bytes:
    """One chunk, with its checksum."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_claiming(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG that says it is so large, and has a few bytes of pixels."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = png_chunk(b"IDAT", zlib.compress(bytes(10_000)))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + pixels + png_chunk(b"IEND", b"")


def gif_claiming(*, screen: tuple[int, int], frames: list[tuple[int, int]]) -> bytes:
    """A GIF with a screen and frames of these sizes, each to be wiped out by the next, and hardly any pixels."""
    content = b"GIF89a" + struct.pack("<HHBBB", *screen, 0x80, 0, 0) + bytes((0, 0, 0, 255, 255, 255))
    for width, height in frames:
        content += b"!\xf9\x04" + struct.pack("<BHBB", 2 << 2, 10, 0, 0)
        content += b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x4c\x01\x00"
    return content + b";"


def gif_growing(width: int, height: int) -> bytes:
    """A good GIF of two frames, but that the second one says it is so large, and is to be wiped out afterwards."""
    first, second = Image.new("L", (8, 8), 0), Image.new("L", (8, 8), 255)
    content = encoded_image(first, "GIF", save_all=True, append_images=[second], duration=100, disposal=2)
    descriptor = b"," + struct.pack("<HHHH", 0, 0, 8, 8)
    place = content.rindex(descriptor)
    larger = b"," + struct.pack("<HHHH", 0, 0, width, height)
    return content[:place] + larger + content[place + len(larger) :]


def webp_claiming(width: int, height: int) -> bytes:
    """An animated WebP whose canvas is so large."""
    extended = struct.pack("<I", 0x02) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunks = b"VP8X" + struct.pack("<I", 10) + extended + b"ANIM" + struct.pack("<I", 6) + bytes(6)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


def bmp_claiming(width: int, height: int) -> bytes:
    """A BMP that says it is so large."""
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + 1000, 0, 0, 54) + header + bytes(1000)


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(png_claiming(60_000, 60_000), id="PNG"),
        pytest.param(png_claiming(60_000, 60_000, png_chunk(b"acTL", struct.pack(">II", 1000, 0))), id="PNG, animated"),
        pytest.param(gif_claiming(screen=(65_535, 65_535), frames=[(1, 1)]), id="GIF, its screen"),
        pytest.param(gif_claiming(screen=(8, 8), frames=[(65_535, 65_535)]), id="GIF, its first frame"),
        pytest.param(gif_growing(65_535, 65_535), id="GIF, its second frame"),
        pytest.param(webp_claiming(16_383, 16_383), id="WebP"),
        pytest.param(bmp_claiming(50_000, 50_000), id="BMP"),
        pytest.param(b"P6\n50000 50000\n255\n" + bytes(1000), id="PPM"),
        pytest.param(encoded_image(Image.new("1", (20_000, 20_000)), "TIFF", compression="group4"), id="TIFF"),
        pytest.param(encoded_image(Image.new("L", (8000, 8000)), "JPEG"), id="JPEG"),
    ],
)
def test_a_small_file_does_not_become_a_huge_picture(bomb: bytes) -> None:
    """A few bytes that stand for gigabytes are refused, and never take the memory, nor does Pillow warn of anything."""
    before = psutil.Process().memory_info().rss

    with (
        pytest.raises(TooManyPixels, match=r"pixels.* make it smaller") as refusal,
        open_media(io.BytesIO(bomb), max_pixels=MAX_PIXELS) as media,
    ):
        list(media)

    assert refusal.value.code == "INPUT_TOO_MANY_PIXELS"
    assert psutil.Process().memory_info().rss - before < MODEST_BYTES


def test_a_text_in_a_picture_does_not_unpack_without_end() -> None:
    """A compressed comment that stands for a hundred times the file is not unpacked; Pillow holds that."""
    bomb = png_claiming(8, 8, png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9)))
    before = psutil.Process().memory_info().rss

    with pytest.raises(Exception, match=r"damaged|pixels"), open_media(io.BytesIO(bomb), max_pixels=MAX_PIXELS):
        pass

    assert psutil.Process().memory_info().rss - before < MODEST_BYTES


def mp4_claiming(width: int, height: int) -> bytes:
    """An MPEG-4 video, said to be so large in its sample description and its track's header."""
    content = video(codec="libx264", frames=3)
    entry = content.index(b"avc1", content.index(b"stsd")) + 4 + 24
    content = content[:entry] + struct.pack(">HH", width & 0xFFFF, height & 0xFFFF) + content[entry + 4 :]
    track = content.index(b"tkhd") + 4 + 76
    return (
        content[:track] + struct.pack(">II", width << 16 & 0xFFFFFFFF, height << 16 & 0xFFFFFFFF) + content[track + 8 :]
    )


def flv_claiming(width: int, height: int) -> bytes:
    """A Flash video, said to be so large in the header of its picture: Sorenson's coding has 16 bits for each."""
    # Start code, version, number of the picture, then: sizes of 16 bits, width, height, kind, quantizer.
    bits = f"{1:017b}{0:05b}{0:08b}{1:03b}{width:016b}{height:016b}{0:02b}{0:01b}{8:05b}{0:01b}"
    picture = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8)) + bytes(2000)
    data = b"\x12" + picture
    tag = b"\x09" + len(data).to_bytes(3) + bytes(7) + data
    return b"FLV\x01\x01" + struct.pack(">II", 9, 0) + tag + struct.pack(">I", len(tag))


def test_a_video_does_not_become_huge_by_its_coding() -> None:
    """Pictures that claim to be huge are refused for it, and take no memory for that."""
    before = psutil.Process().memory_info().rss

    with (
        pytest.raises(UnreadableMedia, match="more than 1,000,000 pixels"),
        open_media(io.BytesIO(flv_claiming(65_535, 65_535)), max_pixels=MAX_PIXELS),
    ):
        pass

    assert psutil.Process().memory_info().rss - before < MODEST_BYTES


@pytest.mark.parametrize("side", [65_535, 100_000])
def test_a_video_does_not_become_huge_by_its_header(side: int) -> None:
    """A header that claims 100,000 × 100,000 pixels takes no memory for them: the pictures that are there count."""
    before = psutil.Process().memory_info().rss

    with open_media(io.BytesIO(mp4_claiming(side, side)), max_pixels=MAX_PIXELS) as media:
        assert [(frame.width, frame.height) for frame in media] == [(64, 48)] * 3

    assert psutil.Process().memory_info().rss - before < MODEST_BYTES


def changing_size(*sizes: tuple[int, int]) -> bytes:
    """A raw MPEG-4 stream, as recorders join them, that changes its size."""
    parts = [
        video(container="m4v", frames=4, picture=lambda index, size=size: counting_frame(index, *size))  # type: ignore[misc]
        for size in sizes
    ]
    return b"".join(parts)


def test_a_video_may_change_its_size() -> None:
    """Where two recordings were joined, each frame has its own size."""
    with open_media(io.BytesIO(changing_size((64, 48), (96, 80))), max_pixels=MAX_PIXELS) as media:
        sizes = [(frame.width, frame.height) for frame in media if frame.bgr().shape == (frame.height, frame.width, 3)]

    assert sizes == [(64, 48)] * 4 + [(96, 80)] * 4


def test_a_video_may_not_grow_over_the_limit() -> None:
    """A video that becomes too large on the way gives its frames until there, and is refused by the first that is."""
    content = changing_size((64, 48), (1600, 1200))

    with open_media(io.BytesIO(content), max_pixels=MAX_PIXELS) as media:
        frames = iter(media)
        sizes = [(frame.width, frame.height) for _, frame in zip(range(3), frames, strict=False)]
        with pytest.raises(TooManyPixels, match="1600 × 1200 pixels"):
            list(frames)

    assert sizes == [(64, 48)] * 3


def dim_frame(index: int) -> Pixels:
    """One of fifty pictures."""
    return counting_frame(index % 50)


@pytest.mark.parametrize(("container", "codec"), [("mp4", "libx264"), ("matroska", "libx264"), ("avi", "mpeg4")])
def test_a_video_may_last_so_long(container: str, codec: str) -> None:
    """A video that says it lasts longer than allowed is refused when it is opened; one just as long is not."""
    content = video(container=container, codec=codec, frames=100, picture=dim_frame)

    with open_media(io.BytesIO(content), max_pixels=MAX_PIXELS, max_seconds=4.0) as media:
        assert len(list(media)) == 100
    with (
        pytest.raises(TooLong, match=r"lasts 4 seconds; cut it, up to 3 are") as refusal,
        open_media(io.BytesIO(content), max_pixels=MAX_PIXELS, max_seconds=3.0),
    ):
        pass

    assert refusal.value.code == "INPUT_TOO_LONG"


def test_a_video_without_a_length_is_measured_on_the_way() -> None:
    """A stream that says no length gives its frames up to the longest time, then is refused."""
    content = video(container="h264", codec="libx264", frames=100, picture=dim_frame)

    with open_media(io.BytesIO(content), max_pixels=MAX_PIXELS, max_seconds=2.0) as media:
        frames = iter(media)
        times = [frame.timestamp_ms for _, frame in zip(range(50), frames, strict=False)]
        with pytest.raises(TooLong, match="longer than 2 seconds"):
            list(frames)

    assert times[-1] == 1960.0


def test_an_input_may_have_so_many_frames() -> None:
    """Videos, animations and documents of more frames than allowed are refused, by their own count or on the way."""
    pictures = [Image.new("L", (8, 8), 20 * index) for index in range(6)]
    several = {"save_all": True, "append_images": pictures[1:]}
    contents = {
        "MP4": video(frames=6),
        "MPEG stream": video(container="m4v", frames=6),
        "GIF": encoded_image(pictures[0], "GIF", **several),
        "PNG": encoded_image(pictures[0], "PNG", **several),
        "WebP": encoded_image(pictures[0], "WEBP", lossless=True, **several),
        "TIFF": encoded_image(pictures[0], "TIFF", **several),
        "AVIF": encoded_image(pictures[0], "AVIF", **several),
    }
    for name, content in contents.items():
        with open_media(io.BytesIO(content), max_pixels=MAX_PIXELS, max_frames=6) as media:
            assert len(list(media)) == 6, name
        with (
            pytest.raises(TooLong, match=r"up to 5 are read"),
            open_media(io.BytesIO(content), max_pixels=MAX_PIXELS, max_frames=5) as media,
        ):
            list(media)


def test_an_animation_may_claim_what_it_likes() -> None:
    """A PNG that claims two billion frames is refused by its claim."""
    content = png_claiming(8, 8, png_chunk(b"acTL", struct.pack(">II", 0x7FFFFFFF, 0)))

    with pytest.raises(TooLong), open_media(io.BytesIO(content), max_pixels=MAX_PIXELS, max_frames=5_000_000):
        pass


def test_an_animation_may_last_so_long() -> None:
    """An animation is shown for the sum of its durations, and no longer than allowed."""
    pictures = [Image.new("L", (8, 8), 20 * index) for index in range(6)]
    content = encoded_image(pictures[0], "GIF", save_all=True, append_images=pictures[1:], duration=60_000)

    with (
        pytest.raises(TooLong, match="longer than 120 seconds"),
        open_media(io.BytesIO(content), max_pixels=MAX_PIXELS, max_seconds=120) as media,
    ):
        list(media)


def test_an_image_may_be_so_large_a_file() -> None:
    """Decoders hold an image's file whole, so its size is limited; that of a video is not."""
    content = encoded_image(quarters_image(), "PNG")
    padded = content + bytes(100_000)

    with open_media(io.BytesIO(content), max_pixels=MAX_PIXELS, max_image_bytes=50_000) as media:
        assert len(list(media)) == 1
    with (
        pytest.raises(TooLarge, match=r"100,\d+ bytes; make it smaller, up to 50,000 are read") as refusal,
        open_media(io.BytesIO(padded), max_pixels=MAX_PIXELS, max_image_bytes=50_000),
    ):
        pass
    assert refusal.value.code == "INPUT_TOO_LARGE"
    film = video() + box(b"free", bytes(100_000))
    with open_media(io.BytesIO(film), max_pixels=MAX_PIXELS, max_image_bytes=50_000) as media:
        assert len(list(media)) == 30
