"""Preview pictures of a running job: a few a second, and fewer the longer it runs.

They are made and written on a thread of their own: neither their coding nor a slow storage holds up the tool. So a
picture is named in its frame's message a moment before it is there; the web waits that moment for it
(`app/api/job_files.py`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Final

from app.storage.blobs import BlobStore, preview_key
from plugins.contract import Picture

logger = logging.getLogger(__name__)

#: Seconds until the next preview is tried where the storage failed.
FAILED_SECONDS: Final = 10.0
#: Seconds between two previews at the start: four a second look live, and cost a tool of 50 ms a frame under 2 %.
INTERVAL_SECONDS: Final = 0.25
#: After this many previews the interval doubles, so that a job of any length keeps a bounded number of them.
PREVIEWS_AN_INTERVAL: Final = 480
WIDTH: Final = 960
#: A 480 × 360 picture is about 22 KB at this quality.
QUALITY: Final = 60


class Previews:
    """Decides which frames of one attempt get a picture, and has it made, one at a time."""

    def __init__(
        self, blobs: BlobStore, job_id: str, maker: Executor, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._blobs = blobs
        self._job_id = job_id
        self._maker = maker
        self._clock = clock
        self._interval = INTERVAL_SECONDS
        self._offered = 0
        self._next_at = clock()
        self._making: Future[bool] | None = None

    def offer(self, frame_index: int, picture: Picture) -> bool:
        """Have this frame's picture made if one is due; returns at once, and True where it is to come.

        It does not come where the storage fails: a frame is worth more than its picture. Nor is one due for a while
        then, or while the one before is not through yet.
        """
        now = self._clock()
        if now < self._next_at or not self._is_through(now):
            return False
        self._making = self._maker.submit(self._make, frame_index, picture)
        self._offered += 1
        if self._offered % PREVIEWS_AN_INTERVAL == 0:
            self._interval *= 2
        self._next_at = now + self._interval
        return True

    def finish(self) -> None:
        """Wait until the last picture is there."""
        if self._making is not None:
            self._making.result()

    def _is_through(self, now: float) -> bool:
        if self._making is None:
            return True
        if not self._making.done():
            return False
        written, self._making = self._making.result(), None
        if not written:
            self._next_at = now + FAILED_SECONDS
        return written

    def _make(self, frame_index: int, picture: Picture) -> bool:
        try:
            with self._blobs.open_write(preview_key(self._job_id, frame_index)) as file:
                file.write(picture.jpeg(max_width=WIDTH, quality=QUALITY))
        except Exception:
            # Each storage raises errors of its own, and a frame may need more memory to be shown than there is.
            logger.exception(
                "A preview could not be written", extra={"action": "preview_failed", "job_id": self._job_id}
            )
            return False
        return True
