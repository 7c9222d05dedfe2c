"""Codes are found where they are and read as they were written, whatever their kind, turn or content."""

from __future__ import annotations

import io
import itertools
from typing import Any, cast

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from pydantic import ValidationError

from plugins.codes import Codes
from plugins.codes.options import FAMILIES, ReadOptions
from plugins.codes.read import Read
from plugins.codes.sightings import DIFFERENT_AT_MOST
from plugins.codes.texts import readable
from plugins.contract import FrameData, ToolContext
from plugins.frames import Pixels
from plugins.media import open_media
from tests.media import four_barcodes
from tests.unit.plugins.made_media import encoded_image, video
from tests.unit.plugins.printed_codes import PRINTED, on_paper, printed

Found = tuple[list[FrameData], dict[str, Any], ToolContext]


def run(content: bytes, **options: Any) -> Found:
    """What the tool finds in every frame, its result, and what it said."""
    context = ToolContext()
    tool = Read(ReadOptions(**options), context)
    with open_media(io.BytesIO(content), max_pixels=100_000_000) as media:
        found = [tool.process(frame) for frame in media]
    return found, cast("dict[str, Any]", tool.finish()), context


def picture(pixels: Pixels) -> bytes:
    """A PNG of gray or BGR pixels."""
    shown = pixels if pixels.ndim == 2 else np.ascontiguousarray(pixels[:, :, ::-1])
    return encoded_image(Image.fromarray(shown), "PNG")


def kinds(group: zxingcpp.BarcodeFormat) -> set[str]:
    """The kinds of code in a group of them."""
    return {kind.name for kind in zxingcpp.barcode_formats_list(zxingcpp.BarcodeFormats(group))}


@pytest.mark.parametrize("kind", PRINTED)
def test_each_kind_of_code_is_read_as_it_was_written(kind: str) -> None:
    """One box with the kind's name and the text, around the code's own pixels."""
    written, label, text = PRINTED[kind]
    code = printed(written, kind, scale=6)

    # Given a code somewhere on a larger picture, nothing else on it
    height, width = code.shape
    paper = on_paper([(code, 90, 70)], width=width + 200, height=height + 150)
    (frame,), result, _ = run(picture(paper))

    # Then it is found once, inside of where it was put
    assert (frame.labels, frame.texts) == ([label], [text])
    (box,) = frame.boxes
    assert 84 <= box.x1 < box.x2 <= 96 + width
    assert 64 <= box.y1 < box.y2 <= 76 + height
    assert [(code["format"], code["text"]) for code in result["codes"]] == [(label, text)]


def test_every_kind_that_can_be_written_is_among_those_tested() -> None:
    """A new release's new kinds are noticed. Left out: an add-on to another code, and other names of the same."""
    left_out = {"EAN2", "EAN5", "EANUPC", "ITF14", "DataBar", "DataBarStkOmni", "AztecCode", "QRCodeModel2"}
    left_out |= {"Code39Ext", "Code39Std", "Telepen"}
    assert kinds(zxingcpp.AllCreatable) == left_out | set(PRINTED)


def test_every_kind_that_can_be_read_belongs_to_a_family() -> None:
    """Whatever is found can be chosen, too."""
    chosen = set().union(*(kinds(family) for family in FAMILIES.values()))
    assert kinds(zxingcpp.AllReadable) - chosen <= {"OtherBarcode"}


@pytest.mark.parametrize("degrees", [0, 17, 45, 90, 180, 233])
def test_turned_codes_are_read_with_their_corners(degrees: float) -> None:
    """However the paper lies, the polygon's corners lie on the code's, in the code's own order."""
    code = printed("turned", scale=5)
    quiet = 20
    left, top = 250, 180
    right, bottom = left + code.shape[1] - quiet, top + code.shape[0] - quiet
    corners = [(left + quiet, top + quiet), (right, top + quiet), (right, bottom), (left + quiet, bottom)]

    (frame,), _, _ = run(picture(on_paper([(code, left, top)], degrees=degrees)))

    assert frame.texts == ["turned"]
    assert frame.polygons is not None
    turn = np.radians(degrees)
    for (x, y), found in zip(corners, frame.polygons[0], strict=True):
        across, down = x - 320, y - 240
        expected = (
            320 + across * np.cos(turn) + down * np.sin(turn),
            240 - across * np.sin(turn) + down * np.cos(turn),
        )
        assert np.hypot(found[0] - expected[0], found[1] - expected[1]) < 6


def test_several_codes_come_from_top_to_bottom() -> None:
    """Three codes of different kinds in one picture, each with its own place; the same answer every time."""
    paper = on_paper(
        [
            (printed("below", scale=3), 60, 330),
            (printed("4006381333931", "EAN13", scale=2), 340, 180),
            (printed("first", "DataMatrix"), 30, 20),
        ]
    )
    (frame,), result, _ = run(picture(paper))

    assert frame.texts == ["first", "4006381333931", "below"]
    assert frame.labels == ["Data Matrix", "EAN-13", "QR Code"]
    assert frame.scores == [1.0, 1.0, 1.0]
    assert (result["distinct"], result["frames"], result["frames_with_codes"]) == (3, 1, 1)
    assert run(picture(paper))[0] == [frame]


def test_a_video_tells_from_when_to_when_each_code_was_there() -> None:
    """The result names the first and last frame of each, and in how many it was seen."""
    ticket, label = printed("ticket 7"), printed("A1234B", "Codabar", scale=2)

    def at(index: int) -> Pixels:
        shown = [(ticket, 40 + 4 * index, 60)] if 5 <= index < 15 and index != 9 else []
        return on_paper([*shown, *([(label, 300, 300)] if index >= 12 else [])])

    frames, result, context = run(video(frames=20, picture=at, codec="libvpx", container="webm"))

    assert [index for index, frame in enumerate(frames) if "ticket 7" in (frame.texts or [])] == [
        *(index for index in range(5, 15) if index != 9)
    ]
    assert result["codes"] == [
        {
            "text": "ticket 7",
            "format": "QR Code",
            "first_frame": 5,
            "last_frame": 14,
            "first_ms": 200.0,
            "last_ms": 560.0,
            "frames": 9,
        },
        {
            "text": "A1234B",
            "format": "Codabar",
            "first_frame": 12,
            "last_frame": 19,
            "first_ms": 480.0,
            "last_ms": 760.0,
            "frames": 8,
        },
    ]
    assert (result["complete"], result["frames"], result["frames_with_codes"]) == (True, 20, 14)
    assert context.warnings == []


def test_a_code_that_moves_has_its_box_where_it_is() -> None:
    """Frame by frame the box goes with it."""
    code = printed("on its way", scale=3)
    frames, _, _ = run(video(frames=6, picture=lambda index: on_paper([(code, 20 + 50 * index, 200)])))

    lefts = [frame.boxes[0].x1 for frame in frames]
    assert [round((after - before) / 10) for before, after in itertools.pairwise(lefts)] == [5] * 5


def test_chosen_kinds_alone_are_read() -> None:
    """What was not chosen is not reported; a family's name covers its variants."""
    paper = picture(
        on_paper(
            [(printed("square"), 30, 30), (printed("SMALL", "MicroQRCode"), 400, 30), (printed("42", "Aztec"), 30, 300)]
        )
    )

    assert run(paper, formats=["Aztec"])[0][0].texts == ["42"]
    assert sorted(run(paper, formats=["QR Code"])[0][0].texts or []) == ["SMALL", "square"]
    assert len(run(paper)[0][0].boxes) == 3


def test_light_on_dark_and_lying_codes_are_what_try_harder_is_for() -> None:
    """With it they are read, without it they are not, and ordinary ones are."""
    inverted = picture(255 - on_paper([(printed("light"), 100, 100)]))
    lying = picture(np.rot90(on_paper([(printed("12345678", "Code128"), 100, 100)])).copy())
    plain = picture(on_paper([(printed("plain"), 100, 100)]))

    assert [run(content)[0][0].texts for content in (inverted, lying, plain)] == [["light"], ["12345678"], ["plain"]]
    quick = [run(content, try_harder=False)[0][0].texts for content in (inverted, lying, plain)]
    assert quick == [[], [], ["plain"]]


def test_a_tiny_code_is_read_once_it_is_enlarged() -> None:
    """Its box is still in the pixels of the input."""
    large = printed("4006381333931", "EAN13", scale=4)
    small = np.asarray(Image.fromarray(large).resize((large.shape[1] // 3, 40), Image.Resampling.BILINEAR))
    content = picture(on_paper([(small, 50, 40)], width=300, height=120))

    assert run(content)[0][0].texts == []
    (frame,), _, _ = run(content, enlarge=4)
    assert frame.texts == ["4006381333931"]
    assert 48 <= frame.boxes[0].x1 < frame.boxes[0].x2 <= 52 + small.shape[1]


def test_a_very_long_picture_is_searched() -> None:
    """A side beyond what the library takes is no crash."""
    strip = np.full((120, 70_000), 255, dtype=np.uint8)
    code = printed("far away", scale=4)
    strip[: code.shape[0], 66_000 : 66_000 + code.shape[1]] = code

    (frame,), _, _ = run(picture(strip))

    assert frame.texts == ["far away"]
    assert abs(frame.boxes[0].x1 - 66_016) < 8


def test_a_code_may_hold_any_bytes() -> None:
    """Controls and broken text are shown, not passed on; the bytes themselves are in `data`."""
    hostile = b"\x00\x1b]0;owned\x07\xff\xfe\x1b[31m"
    paper = on_paper([(printed(hostile), 20, 20), (printed("harmless"), 20, 300)])
    (frame,), result, _ = run(picture(paper))

    texts = frame.texts or []
    assert all(character.isprintable() for character in texts[0])
    assert texts[1] == "harmless"
    assert frame.data == {"bytes_hex": [hostile.hex(), None]}
    assert FrameData.model_validate_json(frame.model_dump_json()) == frame
    assert [code["text"] for code in result["codes"]] == texts


def test_texts_keep_their_lines_and_scripts_and_lose_what_turns_them() -> None:
    """A business card is as it was written; a mark that reverses what follows is named instead of obeyed."""
    card = "BEGIN:VCARD\nN:Ömer 山田 👩‍🔧\nEND:VCARD\n"
    turned = "invoice\u202egpj.exe"
    frames = [run(picture(printed(text)))[0][0] for text in (card, turned)]

    assert [frame.texts for frame in frames] == [[card], ["invoice<U+202E>gpj.exe"]]
    assert frames[0].data is None
    assert frames[1].data == {"bytes_hex": [turned.encode().hex()]}
    assert readable("half \ud83d") == "half <U+D83D>"


def test_a_video_of_ever_new_codes_has_a_bounded_result() -> None:
    """What does not fit is counted as missing, and said once."""
    context = ToolContext()
    tool = Read(ReadOptions(formats=["Data Matrix"], try_harder=False), context)
    for number in range(DIFFERENT_AT_MOST + 3):
        with open_media(io.BytesIO(picture(printed(str(number), "DataMatrix", scale=3))), max_pixels=10_000) as media:
            for frame in media:
                tool.process(frame)
    result = tool.finish()

    assert (result["distinct"], result["complete"]) == (DIFFERENT_AT_MOST, False)
    assert result["frames_with_codes"] == DIFFERENT_AT_MOST + 3
    assert [warning.code for warning in context.warnings] == ["CODES_NOT_LISTED"]


def test_a_picture_without_codes_has_none() -> None:
    """Noise, a single pixel, plain white: frames with empty lists."""
    noise = np.random.default_rng(7).integers(0, 256, (200, 300), dtype=np.uint8)
    for pixels in (noise, np.zeros((1, 1), dtype=np.uint8), np.full((100, 100), 255, dtype=np.uint8)):
        (frame,), result, _ = run(picture(pixels))
        assert (frame.boxes, frame.scores, frame.labels, frame.texts, frame.polygons) == ([], [], [], [], [])
        assert result["codes"] == []


def test_options_that_are_none_are_refused() -> None:
    """Unknown kinds and impossible enlargements are no options."""
    for bad in ({"formats": ["Morse"]}, {"enlarge": 9}, {"speed": "fast"}):
        with pytest.raises(ValidationError):
            ReadOptions.model_validate(bad)


def test_the_form_made_from_the_options_explains_each() -> None:
    """Every option has a title and a description, and the kinds can be ticked."""
    properties = cast("dict[str, Any]", Codes.manifest().tools[0].options_schema["properties"])

    assert all(option["title"] and option["description"] for option in properties.values())
    assert properties["formats"]["uniqueItems"] is True
    assert set(properties["formats"]["items"]["enum"]) == set(FAMILIES)


def test_codes_on_real_goods_are_read() -> None:
    """A photograph of four bar codes gives four readings, each inside the picture."""
    (frame,), _, _ = run(four_barcodes().read_bytes())

    assert len(frame.boxes) == 4
    assert all(text.isdigit() for text in frame.texts or [])
