"""Preview pictures of a running job: a few a second, and fewer the longer it runs."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
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
    """Decides which frames of one attempt get a picture, and writes it."""

    def __init__(self, blobs: BlobStore, job_id: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._blobs = blobs
        self._job_id = job_id
        self._clock = clock
        self._interval = INTERVAL_SECONDS
        self._written = 0
        self._next_at = clock()

    def offer(self, frame_index: int, picture: Picture) -> bool:
        """Write this frame's picture if one is due; it is there when this returns True.

        False where the storage fails too: a frame is worth more than its picture.
        """
        now = self._clock()
        if now < self._next_at:
            return False
        try:
            with self._blobs.open_write(preview_key(self._job_id, frame_index)) as file:
                file.write(picture.jpeg(max_width=WIDTH, quality=QUALITY))
        except MemoryError:
            raise
        except Exception:
            # Each storage raises errors of its own.
            logger.exception(
                "A preview could not be written", extra={"action": "preview_failed", "job_id": self._job_id}
            )
            self._next_at = now + FAILED_SECONDS
            return False
        self._written += 1
        if self._written % PREVIEWS_AN_INTERVAL == 0:
            self._interval *= 2
        self._next_at = now + self._interval
        return True
