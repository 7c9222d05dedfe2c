"""The tool `codes.read`: every code in a frame, where it is and what it says, by ZXing-C++."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
import zxingcpp
from pydantic import JsonValue

from plugins.codes.options import FAMILIES, ReadOptions
from plugins.codes.sightings import DIFFERENT_AT_MOST, Sightings
from plugins.codes.texts import readable
from plugins.contract import Box, FrameData, MediaFrame, Tool, ToolContext
from plugins.frames import Pixels

#: A picture is not enlarged beyond so many pixels, whatever was asked for.
ENLARGED_PIXELS: Final = 40_000_000
#: ZXing-C++ takes no picture with a longer side.
LONGEST_SIDE: Final = 65_535
#: A code is read or it is not: its check digits or its error correction have said so.
SURE: Final = 1.0

Corner = tuple[float, float]


class Read(Tool[ReadOptions]):
    """Finds and reads codes. `labels` are kinds of code, `texts` what they say, `polygons` their four corners.

    Where a text is not what the code holds to the byte, `data` has the bytes.
    """

    name = "read"
    title = "Read codes"
    description = "QR codes, bar codes, Data Matrix, PDF417 and others: what each one says, and where it is."
    Options = ReadOptions

    def __init__(self, options: ReadOptions, context: ToolContext) -> None:
        super().__init__(options, context)
        self._formats = zxingcpp.BarcodeFormats([FAMILIES[name] for name in options.formats])
        self._sightings = Sightings()
        self._frames = 0
        self._frames_with_codes = 0

    def process(self, frame: MediaFrame) -> FrameData:
        """The codes of the frame, from its top to its bottom."""
        codes = sorted(self._found(frame), key=lambda code: (code.box.y1, code.box.x1))
        self._frames += 1
        self._frames_with_codes += bool(codes)
        for code in codes:
            self._sightings.add(frame, content=code.content, text=code.text, format_name=code.format)
        told = [None if code.text.encode() == code.content else code.content.hex() for code in codes]
        return FrameData(
            frame_index=frame.index,
            timestamp_ms=frame.timestamp_ms,
            boxes=[code.box for code in codes],
            scores=[SURE] * len(codes),
            labels=[code.format for code in codes],
            texts=[code.text for code in codes],
            polygons=[code.corners for code in codes],
            data={"bytes_hex": list(told)} if any(told) else None,
        )

    def finish(self) -> dict[str, JsonValue]:
        """The different codes, each with the first and the last frame that shows it."""
        codes = self._sightings.summary()
        if not self._sightings.complete:
            self.context.warn(
                f"The input shows more than {DIFFERENT_AT_MOST} different codes; the result lists the first of them, "
                "the frames have all.",
                severity="medium",
                code="CODES_NOT_LISTED",
            )
        return {
            "codes": codes,
            "distinct": len(codes),
            "complete": self._sightings.complete,
            "frames": self._frames,
            "frames_with_codes": self._frames_with_codes,
        }

    def _found(self, frame: MediaFrame) -> list[_Code]:
        scale = self._scale(frame)
        harder = self.options.try_harder
        codes = zxingcpp.read_barcodes(
            _scaled(frame, scale),
            formats=self._formats,
            try_rotate=harder,
            try_downscale=harder,
            try_invert=harder,
        )
        return [_Code(code, frame, scale) for code in codes]

    def _scale(self, frame: MediaFrame) -> float:
        """How much larger than the frame the searched picture is; below 1 only where a side is too long."""
        room = math.isqrt(ENLARGED_PIXELS // (frame.width * frame.height))
        return min(max(1, min(self.options.enlarge, room)), LONGEST_SIDE / max(frame.width, frame.height))


class _Code:
    """One code of a frame, in the pixels of the input."""

    def __init__(self, code: zxingcpp.Barcode, frame: MediaFrame, scale: float) -> None:
        self.format = str(code.format)
        self.text = readable(code.text)
        self.content = code.bytes
        at = code.position
        self.corners: list[Corner] = [
            _within(frame, corner.x / scale, corner.y / scale)
            for corner in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
        ]
        self.box = _around(self.corners, frame)


def _scaled(frame: MediaFrame, scale: float) -> Pixels:
    gray = np.ascontiguousarray(frame.gray())
    if scale == 1:
        return gray
    size = max(1, int(frame.width * scale)), max(1, int(frame.height * scale))
    how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(gray, size, interpolation=how), dtype=np.uint8)


def _within(frame: MediaFrame, x: float, y: float) -> Corner:
    return min(max(x, 0.0), float(frame.width)), min(max(y, 0.0), float(frame.height))


def _around(corners: list[Corner], frame: MediaFrame) -> Box:
    """The box around the corners: a bar code may have been read along a single line, and a box has an area."""
    left, right = min(x for x, _ in corners), max(x for x, _ in corners)
    top, bottom = min(y for _, y in corners), max(y for _, y in corners)
    left, top = min(left, frame.width - 1.0), min(top, frame.height - 1.0)
    return Box(x1=left, y1=top, x2=max(right, left + 1), y2=max(bottom, top + 1))
