"""Previews: a few a second, and fewer the longer a job runs."""

from __future__ import annotations

from pathlib import Path

from app.storage.blobs import BlobStore, preview_key
from tasks.previews import FAILED_SECONDS, INTERVAL_SECONDS, Previews


class Still:
    """A picture that costs nothing."""

    width = 1920
    height = 1080

    def jpeg(self, *, max_width: int, quality: int) -> bytes:
        """Two bytes of a JPEG."""
        return b"\xff\xd8"


def test_previews_are_bounded_and_there_when_named(tmp_path: Path) -> None:
    """At 25 frames a second four have a picture; the longer a job runs, the fewer it gets; each named one is there."""
    blobs = BlobStore(tmp_path.as_uri())
    now = [0.0]
    previews = Previews(blobs, "job", clock=lambda: now[0])

    shown = []
    for index in range(25 * 10):
        now[0] = index / 25
        if previews.offer(index, Still()):
            shown.append(index)
    first_hour = _count_over(previews, now, start=10, seconds=3600)
    fifth_hour = _count_over(previews, now, start=4 * 3600, seconds=3600)

    in_ten_seconds = [index for index in shown if index < 250]
    assert 35 <= len(in_ten_seconds) <= 10 / INTERVAL_SECONDS
    assert fifth_hour < first_hour / 2
    assert all(blobs.exists(preview_key("job", index)) for index in shown)


def test_storage_in_trouble_costs_pictures_only(tmp_path: Path) -> None:
    """Where a picture can't be written its frame goes without, and pictures come again once the storage is back."""
    blobs = BlobStore(tmp_path.as_uri())
    (tmp_path / "previews").write_bytes(b"no folder")
    now = [0.0]
    previews = Previews(blobs, "job", clock=lambda: now[0])

    in_trouble = previews.offer(0, Still())
    (tmp_path / "previews").unlink()
    now[0] = FAILED_SECONDS

    assert not in_trouble
    assert previews.offer(1, Still())


def _count_over(previews: Previews, now: list[float], *, start: int, seconds: int) -> int:
    count = 0
    for second in range(start, start + seconds):
        now[0] = second
        count += previews.offer(1000 + second, Still())
    return count
