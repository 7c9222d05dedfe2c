"""Images as frames: what a person sees, in eight bits, or a plain refusal."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from plugins.contract import MediaKind
from plugins.errors import TooManyPixels, UnreadableMedia
from plugins.frames import Pixels
from plugins.media import open_media
from tests.media import astronaut
from tests.unit.plugins.made_media import encoded_image, quarter_colours, quarters, quarters_image

MAX_PIXELS = 1_000_000


def pixels_of(content: bytes) -> Pixels:
    """The only frame's pixels."""
    with open_media(io.BytesIO(content), max_pixels=MAX_PIXELS) as media:
        (frame,) = media
        assert (frame.height, frame.width) == (media.height, media.width) == frame.bgr().shape[:2]
        return frame.bgr()


def test_a_photograph_is_one_frame() -> None:
    """A real PNG has one frame of its size, at time 0, and its preview is a JPEG of the width asked for."""
    with open_media(astronaut(), max_pixels=MAX_PIXELS) as media:
        frames = list(media)

        assert media.kind is MediaKind.IMAGE
        assert (media.width, media.height, media.frames_total) == (512, 512, 1)
        assert [(frame.index, frame.timestamp_ms) for frame in frames] == [(0, 0.0)]
        preview = Image.open(io.BytesIO(frames[0].jpeg(max_width=128, quality=60)))
        assert (preview.format, preview.size) == ("JPEG", (128, 128))


def test_a_small_frame_is_not_enlarged() -> None:
    """A preview keeps the size of a frame that is smaller than the width asked for."""
    with open_media(io.BytesIO(encoded_image(quarters_image(), "PNG")), max_pixels=MAX_PIXELS) as media:
        (frame,) = media

        assert Image.open(io.BytesIO(frame.jpeg(max_width=500, quality=60))).size == (64, 48)


@pytest.mark.parametrize("widths", [(168, 960, 1100), (1100, 960, 168), (960, 168, 1100)])
def test_a_large_frame_has_pictures_of_any_width(widths: tuple[int, ...]) -> None:
    """Whichever was made first, each is as wide as it was asked to be, of the frame's shape, and shows all of it."""
    image = quarters_image().resize((1200, 800), Image.Resampling.NEAREST)
    with open_media(io.BytesIO(encoded_image(image, "PNG")), max_pixels=MAX_PIXELS) as media:
        (frame,) = media

        for width in widths:
            small = Image.open(io.BytesIO(frame.jpeg(max_width=width, quality=90)))
            assert small.size == (width, round(800 * width / 1200))
            assert quarter_colours(np.asarray(small)[..., ::-1]) == ["red", "green", "blue", "white"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF", "WEBP", "GIF", "PPM", "JPEG2000", "AVIF"])
def test_formats(kind: str) -> None:
    """Each usual format is read, with its colours where they belong."""
    content = encoded_image(quarters_image(), kind)

    assert quarter_colours(pixels_of(content)) == ["red", "green", "blue", "white"]


@pytest.mark.parametrize(
    ("orientation", "colours"),
    [
        (1, ["red", "green", "blue", "white"]),
        (2, ["green", "red", "white", "blue"]),
        (3, ["white", "blue", "green", "red"]),
        (4, ["blue", "white", "red", "green"]),
        (5, ["red", "blue", "green", "white"]),
        (6, ["blue", "red", "white", "green"]),
        (7, ["white", "green", "blue", "red"]),
        (8, ["green", "white", "red", "blue"]),
    ],
)
def test_exif_orientation(orientation: int, colours: list[str]) -> None:
    """A photo is seen as its EXIF data say, turned and mirrored, and its size is that of what is seen."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded_image(quarters_image(), "JPEG", exif=exif, quality=95)

    pixels = pixels_of(content)

    assert colours == quarter_colours(pixels)
    assert ((48, 64) if orientation < 5 else (64, 48)) == pixels.shape[:2]


def test_sixteen_bits_keep_their_order() -> None:
    """A 16-bit gray becomes 8 bits by its upper half, not by cutting at 255."""
    ramp = np.linspace(0, 65535, 64).astype(np.uint16)
    content = encoded_image(Image.fromarray(np.tile(ramp, (8, 1))), "PNG")

    pixels = pixels_of(content)

    assert (ramp >> 8).tolist() == pixels[0, :, 1].tolist()


def test_float_gray_is_stretched_over_its_range() -> None:
    """Float values have no known white, so that the darkest becomes 0 and the brightest 255."""
    values = np.tile(np.linspace(-1.5, 3.0, 16, dtype=np.float32), (4, 1))

    pixels = pixels_of(encoded_image(Image.fromarray(values), "TIFF"))

    assert (pixels[0, 0, 0], pixels[0, -1, 0]) == (0, 255)
    assert (np.diff(pixels[0, :, 0].astype(int)) > 0).all()


def test_one_flat_float_is_black() -> None:
    """A float image of one value has no range to stretch, and is still read."""
    pixels = pixels_of(encoded_image(Image.fromarray(np.full((4, 4), 7.0, dtype=np.float32)), "TIFF"))

    assert (pixels == 0).all()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_transparent_parts_lie_over_white(mode: str) -> None:
    """What is transparent is white, as on a page, whatever colour hides beneath."""
    image = Image.new("RGBA", (8, 4), (10, 10, 10, 0))
    image.paste((10, 10, 10, 255), (0, 0, 4, 4))
    content = encoded_image(image.convert(mode) if mode != "PA" else image.quantize(), "PNG")

    pixels = pixels_of(content)

    assert pixels[0, 0].tolist() == [10, 10, 10]
    assert pixels[0, 7].tolist() == [255, 255, 255]


def test_palette_and_cmyk() -> None:
    """Palettes and printing colours come out as the colours they stand for."""
    palette = encoded_image(quarters_image().quantize(8), "PNG")
    printing = encoded_image(quarters_image().convert("CMYK"), "JPEG", quality=95)

    assert quarter_colours(pixels_of(palette)) == ["red", "green", "blue", "white"]
    assert quarter_colours(pixels_of(printing)) == ["red", "green", "blue", "white"]


def test_gray_is_the_brightness() -> None:
    """`gray` is a plane of the same size, and white is brighter than green than red than blue."""
    with open_media(io.BytesIO(encoded_image(quarters_image(), "PNG")), max_pixels=MAX_PIXELS) as media:
        (frame,) = media
        gray = frame.gray()

        assert gray.shape == (48, 64)
        assert gray[40, 60] > gray[2, 60] > gray[2, 2] > gray[40, 2]


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_animations_are_frames_with_times(kind: str) -> None:
    """An animation's frames come in order, each at the sum of the durations before it, and again from the start."""
    colours = ["red", "green", "blue"]
    first, *others = [Image.new("RGB", (20, 10), colour) for colour in colours]
    content = encoded_image(first, kind, save_all=True, append_images=others, duration=[100, 50, 200], lossless=True)

    with open_media(io.BytesIO(content), max_pixels=MAX_PIXELS) as media:
        assert media.frames_total == 3
        for _ in range(2):
            frames = list(media)

            assert [frame.timestamp_ms for frame in frames] == [0.0, 100.0, 150.0]
            assert [frame.bgr()[5, 5].tolist() for frame in frames] == [[0, 0, 255], [0, 128, 0], [255, 0, 0]]
        assert media.position() == 1.0


def test_an_animation_without_durations_has_the_times_of_a_browser() -> None:
    """A frame that says no duration is shown for 100 ms."""
    frames = [Image.new("L", (4, 4), shade) for shade in (0, 90, 180)]
    content = encoded_image(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=0)

    with open_media(io.BytesIO(content), max_pixels=MAX_PIXELS) as media:
        assert [frame.timestamp_ms for frame in media] == [0.0, 100.0, 200.0]


def test_a_document_of_pages_is_a_frame_a_page() -> None:
    """Each page of a TIFF is a frame of its own size; a smaller copy of a page, as scanners add it, is none."""
    red, small, blue = (
        Image.new("RGB", (8, 8), "red"),
        Image.new("RGB", (2, 2), "lime"),
        Image.new("RGB", (6, 4), "blue"),
    )
    small.encoderinfo = {"tiffinfo": {254: 1}}
    content = encoded_image(red, "TIFF", save_all=True, append_images=[small, blue])

    with open_media(io.BytesIO(content), max_pixels=MAX_PIXELS) as media:
        frames = list(media)

        assert media.frames_total == 2
        assert [(frame.index, frame.timestamp_ms) for frame in frames] == [(0, 0.0), (1, 100.0)]
        assert [(frame.width, frame.height) for frame in frames] == [(8, 8), (6, 4)]
        assert [frame.bgr()[0, 0].tolist() for frame in frames] == [[0, 0, 255], [255, 0, 0]]


def test_an_animation_that_breaks_off_gives_its_whole_frames() -> None:
    """Frames before the damage are read, and the damage is said with the index of the frame it took."""
    rng = np.random.default_rng(1)
    frames = [Image.fromarray(rng.integers(0, 255, (60, 60, 3), dtype=np.uint8)) for _ in range(4)]
    whole = encoded_image(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=40)
    damage: list[int] = []

    with open_media(
        io.BytesIO(whole[: int(len(whole) * 0.6)]),
        max_pixels=MAX_PIXELS,
        on_damage=lambda index, _message: damage.append(index),
    ) as media:
        read = [frame.index for frame in media]

    assert read == [0, 1]
    assert damage == [2]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "BMP"])
def test_a_truncated_image_is_refused(kind: str) -> None:
    """Half an image is no image: the refusal says what to do and names no path."""
    noise = np.random.default_rng(2).integers(0, 255, (80, 80, 3), dtype=np.uint8)
    content = encoded_image(Image.fromarray(noise), kind)

    with (
        pytest.raises(UnreadableMedia, match=r"complete|again") as refusal,
        open_media(io.BytesIO(content[: len(content) // 2]), max_pixels=MAX_PIXELS),
    ):
        pass

    assert "/" not in str(refusal.value)


def test_a_picture_over_the_limit_is_refused_before_it_is_decoded() -> None:
    """A few bytes that claim a huge picture are refused by their header, and Pillow warns of nothing."""
    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(header)) + chunk + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    )  # fmt: skip

    with (
        pytest.raises(TooManyPixels, match="1,000,000 pixels"),
        open_media(io.BytesIO(bomb), max_pixels=MAX_PIXELS),
    ):
        pass


def test_the_limit_itself_is_allowed() -> None:
    """A picture of just as many pixels as allowed is read; one pixel less allowed, and it is not."""
    content = encoded_image(quarters_image(), "PNG")

    with open_media(io.BytesIO(content), max_pixels=64 * 48) as media:
        assert len(list(media)) == 1
    with pytest.raises(TooManyPixels), open_media(io.BytesIO(content), max_pixels=64 * 48 - 1):
        pass


def test_quarters_are_what_they_say() -> None:
    """The picture that the other tests compare with has its four colours."""
    assert quarter_colours(quarters()) == ["red", "green", "blue", "white"]
