"""Preview pictures of a running job, a few a second and fewer the longer it runs; and its thumbnail.

They are made and written on a thread of their own: neither their coding nor a slow storage holds up the tool. So a
picture is named in its frame's message a moment before it is there; the web waits that moment for it
(`app/api/job_files.py`).
"""

from __future__ import annotations

import contextvars
import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any, Final, TypeVar

from app.storage.blobs import BlobStore, preview_key, thumbnail_key
from plugins.contract import Picture

logger = logging.getLogger(__name__)

R = TypeVar("R")

#: Seconds until the next preview is tried where the storage failed.
FAILED_SECONDS: Final = 10.0
#: Seconds between two previews at the start: four a second look live, and cost a tool of 50 ms a frame under 2 %.
INTERVAL_SECONDS: Final = 0.25
#: After this many previews the interval doubles, so that a job of any length keeps a bounded number of them.
PREVIEWS_AN_INTERVAL: Final = 480
WIDTH: Final = 960
#: A 480 × 360 picture is about 22 KB at this quality.
QUALITY: Final = 60
#: A thumbnail fits into so many pixels: a row of a list shows it at a third of that, on a screen of three to one.
THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT = 168, 126
#: About 4 KB.
THUMBNAIL_QUALITY: Final = 70
#: Every so many previews the thumbnail is made anew: five seconds at the start, and longer as previews get fewer.
PREVIEWS_A_THUMBNAIL: Final = 20


class Previews:
    """Decides which frames of one attempt get a picture, and has it made, one at a time."""

    def __init__(
        self, blobs: BlobStore, job_id: str, maker: Executor, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`maker` has one thread: what was handed to it last is through last."""
        self._blobs = blobs
        self._job_id = job_id
        self._maker = maker
        self._clock = clock
        self._interval = INTERVAL_SECONDS
        self._offered = 0
        self._next_at = clock()
        #: The thumbnail is made anew with the first preview after so many.
        self._next_thumbnail = 0
        #: The preview that is being made, and whatever was handed over last.
        self._preview: Future[bool] | None = None
        self._last: Future[Any] | None = None

    def offer(self, frame_index: int, picture: Picture) -> bool:
        """Have this frame's picture made if one is due; returns at once, and True where it is to come.

        It does not come where the storage fails: a frame is worth more than its picture. Nor is one due for a while
        then, or while the one before is not through yet.
        """
        now = self._clock()
        if now < self._next_at or not self._is_through(now):
            return False
        self._last = self._preview = self._submit(partial(self._make_preview, frame_index, picture))
        self._offered += 1
        if self._offered % PREVIEWS_AN_INTERVAL == 0:
            self._interval *= 2
        self._next_at = now + self._interval
        if self._offered >= self._next_thumbnail:
            self.keep_thumbnail(picture)
        return True

    def keep_thumbnail(self, picture: Picture) -> None:
        """Keep this as the picture that the job has in lists, until a later one takes its place."""
        self._next_thumbnail = self._offered + PREVIEWS_A_THUMBNAIL
        self._last = self._submit(partial(self._make_thumbnail, picture))

    def finish(self, seconds: float) -> bool:
        """Wait until the last picture is there, for at most so long; whether it is."""
        if self._last is None:
            return True
        try:
            self._last.result(timeout=seconds)
        except TimeoutError:
            return False
        return True

    def _submit(self, make: Callable[[], R]) -> Future[R]:
        """Have it made on the maker's thread, whose lines of the log are the job's as well."""
        context = contextvars.copy_context()
        return self._maker.submit(lambda: context.run(make))

    def _is_through(self, now: float) -> bool:
        if self._preview is None:
            return True
        if not self._preview.done():
            return False
        written, self._preview = self._preview.result(), None
        if not written:
            self._next_at = now + FAILED_SECONDS
        return written

    def _make_preview(self, frame_index: int, picture: Picture) -> bool:
        return self._write(preview_key(self._job_id, frame_index), picture, max_width=WIDTH, quality=QUALITY)

    def _make_thumbnail(self, picture: Picture) -> None:
        scale = min(1.0, THUMBNAIL_WIDTH / picture.width, THUMBNAIL_HEIGHT / picture.height)
        width = max(1, round(picture.width * scale))
        self._write(thumbnail_key(self._job_id), picture, max_width=width, quality=THUMBNAIL_QUALITY)

    def _write(self, key: str, picture: Picture, *, max_width: int, quality: int) -> bool:
        try:
            with self._blobs.open_write(key) as file:
                file.write(picture.jpeg(max_width=max_width, quality=quality))
        except Exception:
            # Each storage raises errors of its own, and a frame may need more memory to be shown than there is.
            logger.exception(
                "A picture could not be written", extra={"action": "preview_failed", "job_id": self._job_id}
            )
            return False
        return True
