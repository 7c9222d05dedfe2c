"""Videos that workers make: waited for as a client does, and read back frame by frame."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from typing import Any

import cv2
import httpx
import numpy as np

# isort: split
import av

from plugins.frames import Pixels
from plugins.rendering.palette import colour_of
from tests.plugins_for_tests.counting import BOX_TOP, HEIGHT, LABEL, WIDTH, number_in
from tests.stack import PATIENCE_SECONDS, Product

#: How far a colour may be from that which was drawn, after it was coded.
NEAR = 70


def when_ready(product: Product, address: str, **parameters: str) -> httpx.Response:
    """What is there, once it is not `NOT_READY` any more; asked for again as the answer says."""
    deadline = time.monotonic() + 2 * PATIENCE_SECONDS
    while True:
        answer = product.client.get(address, params=parameters)
        if answer.status_code != 404 or answer.json()["code"] != "NOT_READY":
            return answer
        assert 0 <= answer.json()["progress"] <= 100
        assert time.monotonic() < deadline, "the video was not made"
        time.sleep(float(answer.headers["retry-after"]) / 10)


@dataclass(frozen=True)
class Shown:
    """A frame of a video as somebody sees it."""

    milliseconds: int
    pixels: Pixels

    @property
    def number(self) -> int:
        """The number that it carries."""
        return number_in(np.asarray(cv2.cvtColor(self.pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8))

    @property
    def box_left(self) -> float | None:
        """Where its box begins, in pixels of the counting pictures; None where there is none."""
        height, width = self.pixels.shape[:2]
        row = self.pixels[round((BOX_TOP + 10) * height / HEIGHT)].astype(int)
        found = np.flatnonzero(np.abs(row - np.array(colour_of(LABEL))).sum(axis=1) < NEAR)
        return float(found[0]) * WIDTH / width if found.size else None


def frames_in(webm: bytes) -> list[Shown]:
    """Every frame of a WebM."""
    with av.open(io.BytesIO(webm), mode="r") as container:
        assert "webm" in container.format.name
        stream = container.streams.video[0]
        assert stream.codec_context.name in {"vp9", "libvpx-vp9"}
        return [
            Shown(round(float(frame.time or 0) * 1000), np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8))
            for frame in container.decode(stream)
        ]


def times_of(job: dict[str, Any]) -> list[int]:
    """When the job's frames are, to the millisecond."""
    return [round(frame["timestamp_ms"]) for frame in job["frames"]]
