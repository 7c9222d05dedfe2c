"""Previews: a few a second, and fewer the longer a job runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.storage.blobs import BlobStore, preview_key, thumbnail_key
from tasks.previews import FAILED_SECONDS, INTERVAL_SECONDS, THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH, Previews


class Still:
    """A picture that costs nothing."""

    def __init__(self, name: str = "", *, width: int = 1920, height: int = 1080) -> None:
        self.width = width
        self.height = height
        self._name = name

    def jpeg(self, *, max_width: int, quality: int) -> bytes:
        """Which picture it is, and how wide it was asked for."""
        return f"{self._name} {max_width}".encode()


class Slow(Still):
    """A picture that is not through before it may be."""

    def __init__(self) -> None:
        super().__init__()
        self.may_end = threading.Event()

    def jpeg(self, *, max_width: int, quality: int) -> bytes:
        """What it is, in the end."""
        self.may_end.wait()
        return super().jpeg(max_width=max_width, quality=quality)


@pytest.fixture(name="maker")
def _maker() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as maker:
        yield maker


def test_previews_are_bounded_and_each_comes(tmp_path: Path, maker: ThreadPoolExecutor) -> None:
    """At 25 frames a second four have a picture; the longer a job runs, the fewer it gets; each named one comes."""
    blobs = BlobStore(tmp_path.as_uri())
    now = [0.0]
    previews = Previews(blobs, "job", maker, clock=lambda: now[0])

    shown = []
    for index in range(25 * 10):
        now[0] = index / 25
        if previews.offer(index, Still()):
            shown.append(index)
            previews.finish(10)
    first_hour = _count_over(previews, now, start=10, seconds=3600)
    fifth_hour = _count_over(previews, now, start=4 * 3600, seconds=3600)

    in_ten_seconds = [index for index in shown if index < 250]
    assert 35 <= len(in_ten_seconds) <= 10 / INTERVAL_SECONDS
    assert fifth_hour < first_hour / 2
    assert all(blobs.exists(preview_key("job", index)) for index in shown)


def test_nothing_waits_for_a_picture(tmp_path: Path, maker: ThreadPoolExecutor) -> None:
    """While one is being made the frames go on without; at the end it is there."""
    blobs = BlobStore(tmp_path.as_uri())
    now = [0.0]
    previews = Previews(blobs, "job", maker, clock=lambda: now[0])
    slow = Slow()

    offered = []
    for index in range(3):
        now[0] = index * INTERVAL_SECONDS
        offered.append(previews.offer(index, slow))
    there_meanwhile = blobs.exists(preview_key("job", 0)) or previews.finish(0)
    slow.may_end.set()
    previews.finish(10)

    assert (offered, there_meanwhile) == ([True, False, False], False)
    assert blobs.exists(preview_key("job", 0))
    assert previews.offer(3, Still())


def test_storage_in_trouble_costs_pictures_only(tmp_path: Path, maker: ThreadPoolExecutor) -> None:
    """Where a picture can't be written further frames go without, and they come again once the storage is back."""
    blobs = BlobStore(tmp_path.as_uri())
    (tmp_path / "previews").write_bytes(b"no folder")
    now = [0.0]
    previews = Previews(blobs, "job", maker, clock=lambda: now[0])

    previews.offer(0, Still())
    previews.finish(10)
    now[0] = INTERVAL_SECONDS
    in_trouble = previews.offer(1, Still())
    (tmp_path / "previews").unlink()
    now[0] += FAILED_SECONDS

    assert not in_trouble
    assert previews.offer(2, Still())
    previews.finish(10)
    assert blobs.exists(preview_key("job", 2))


def test_the_thumbnail_is_of_the_first_frame_and_then_of_a_later_one(tmp_path: Path, maker: ThreadPoolExecutor) -> None:
    """It is there with the first preview, follows now and then, and is written a small part as often as previews."""
    blobs = BlobStore(tmp_path.as_uri())
    now = [0.0]
    previews = Previews(blobs, "job", maker, clock=lambda: now[0])

    shown = []
    for second in range(60):
        now[0] = float(second)
        previews.offer(second, Still(f"second {second}"))
        previews.finish(10)
        shown.append(_thumbnail(blobs))

    assert shown[0].startswith("second 0 ")
    assert "second 0 " not in shown[-1]
    assert 2 <= len(set(shown)) <= 6


@pytest.mark.parametrize(
    ("width", "height"), [(1920, 1080), (1080, 1920), (40, 30), (60_000, 4), (4, 60_000), (THUMBNAIL_WIDTH, 1)]
)
def test_a_thumbnail_is_small_whatever_the_shape_of_the_picture(
    tmp_path: Path, maker: ThreadPoolExecutor, width: int, height: int
) -> None:
    """It fits into the place that it is made for, keeps its shape as far as whole pixels do, and is never enlarged."""
    blobs = BlobStore(tmp_path.as_uri())

    previews = Previews(blobs, "job", maker)
    previews.keep_thumbnail(Still(width=width, height=height))
    previews.finish(10)

    asked = int(_thumbnail(blobs))
    assert 1 <= asked <= min(width, THUMBNAIL_WIDTH)
    assert asked == 1 or round(height * asked / width) <= THUMBNAIL_HEIGHT
    assert asked in {width, 1} or max(asked / THUMBNAIL_WIDTH, height * asked / width / THUMBNAIL_HEIGHT) > 0.98


def test_a_picture_that_is_there_before_any_tool_stays(tmp_path: Path, maker: ThreadPoolExecutor) -> None:
    """An image's own picture is not made again with its frame."""
    blobs = BlobStore(tmp_path.as_uri())
    previews = Previews(blobs, "job", maker)

    previews.keep_thumbnail(Still("opened"))
    assert previews.offer(0, Still("frame"))
    previews.finish(10)

    assert _thumbnail(blobs).startswith("opened ")


def _thumbnail(blobs: BlobStore) -> str:
    with blobs.open_read(thumbnail_key("job")) as file:
        return file.read().decode()


def _count_over(previews: Previews, now: list[float], *, start: int, seconds: int) -> int:
    count = 0
    for second in range(start, start + seconds):
        now[0] = second
        count += previews.offer(1000 + second, Still())
        previews.finish(10)
    return count
