"""Makes one video of a job's input: a process of its own, which the scribe starts (`studio.py`) and listens to.

It reads the database and never writes to it: what it has to tell are lines of JSON on its standard output, one at
least every second while it works. It ends with the scribe: their pipe ends when that does, however it went. Run it
with `python -m tasks.render TENANT JOB_ID KIND KEY`.
"""

from __future__ import annotations

import json
import logging
import math
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

from app.database.engine import Database
from app.errors import BlobNotFound, JobNotFound
from app.jobs import store
from app.jobs.frames import FrameRecord, frames_of
from app.jobs.job import Job, Playable
from app.jobs.renderings import Kind
from app.logs import configure_logging
from app.settings import Settings, load_settings
from app.storage.blobs import BlobStore
from app.storage.room import is_full
from plugins.contract import MediaFrame
from plugins.errors import FrameSkipped, UnreadableMedia
from plugins.media import MediaSource, open_media
from plugins.rendering.drawing import Drawing, Scale
from plugins.rendering.webm import NotWritten, TooLargeVideo, WebM
from tasks.opened_input import playable_of

logger = logging.getLogger(__name__)

#: How much it steps back before whatever else runs on the machine: nobody waits for a video as for a job.
NICENESS: Final = 10
#: A video beyond this is not made: an hour of the largest picture takes about a third of it.
MAX_BYTES: Final = 4 * 1024**3
#: Frames with what was found in them that are read at once.
FRAMES_A_PAGE: Final = 100
TELL_SECONDS: Final = 1.0
COPY_BYTES: Final = 1024 * 1024
#: How many bytes of the machine's memory, in thousandths, the kernel adds when it looks for a process to end.
OOM_SCORE_ADJ: Final = 800

Tell = Callable[..., None]


class Unrenderable(Exception):
    """No video can be made of it, whoever tries; the text says why."""


class Rendering:
    """One video in the making; tells `playable`, `progress`, and how it ended."""

    def __init__(self, settings: Settings, kind: Kind, tell: Tell) -> None:
        self._settings = settings
        self._kind = kind
        self._tell = tell
        self._blobs = BlobStore(settings.resolved_storage_url)

    def make(self, tenant: str, job_id: str, key: str) -> None:
        """Make the video and put it into the storage under that key."""
        database = Database(self._settings.resolved_database_url, read_threads=1)
        try:
            with database.read() as connection:
                job = store.get(connection, tenant, job_id)
            with tempfile.TemporaryFile() as made:
                if not self._write(database, job, made):
                    return
                made.seek(0)
                with self._blobs.open_write(key) as file:
                    shutil.copyfileobj(made, file, COPY_BYTES)
            self._tell(ready=True)
        except (Unrenderable, UnreadableMedia, NotWritten) as error:
            self._tell(failed=str(error))
        except (BlobNotFound, JobNotFound):
            self._tell(failed="The input is not there any more.")
        except TooLargeVideo:
            self._tell(failed=f"The video would take more than {MAX_BYTES / 1024**3:g} GiB.")
        except MemoryError:
            self._tell(failed="The video needed more memory than there was.")
        except OSError as error:
            if not is_full(error):
                raise
            logger.warning("There is no room for a video: %s", error, extra={"action": "no_room", "job_id": job_id})
            self._tell(no_room=True)
        finally:
            database.close()

    def _write(self, database: Database, job: Job, made: BinaryIO) -> bool:
        """Write the video; False where nothing is to be made of this input.

        However much of it is damaged: what is there is shown.
        """
        with (
            self._blobs.open_read(job.input_key) as file,
            open_media(
                file,
                max_pixels=self._settings.max_image_pixels,
                max_seconds=self._settings.max_video_seconds,
                max_frames=self._settings.max_frames,
                max_image_bytes=self._settings.max_image_bytes,
            ) as media,
        ):
            playable = playable_of(job, media)
            if job.playable is None:
                self._tell(playable=playable)
            if playable is Playable.STILL or (playable is Playable.INPUT and self._kind is Kind.PLAYBACK):
                return False
            annotated = self._kind is Kind.ANNOTATED
            self._write_frames(media, frames_of(database, job, a_page=FRAMES_A_PAGE) if annotated else iter(()), made)
        return True

    def _write_frames(self, media: MediaSource, found: Iterator[FrameRecord], made: BinaryIO) -> None:
        records, written, told_at = _Records(found), 0, time.monotonic()
        self._tell(progress=0)
        with WebM(made, width=media.width, height=media.height, max_bytes=MAX_BYTES) as video:
            drawing = Drawing(video.width, video.height)
            for frame in media:
                written += _write_frame(video, drawing, frame, records.at(frame.index))
                if time.monotonic() - told_at >= TELL_SECONDS:
                    told_at = time.monotonic()
                    self._tell(progress=math.floor(100 * (media.position() or 0)))
            if not written:
                raise Unrenderable("No frame of the input could be shown.")


def _write_frame(video: WebM, drawing: Drawing, frame: MediaFrame, record: FrameRecord | None) -> bool:
    try:
        pixels = video.sized(frame.bgr())
    except FrameSkipped as error:
        logger.info("A frame is left out: %s", error, extra={"action": "frame_left_out", "frame": frame.index})
        return False
    if record is not None:
        # Boxes count in pixels of the frame as the tool was given it.
        drawing.draw(pixels, record.frame, Scale(video.width / frame.width, video.height / frame.height))
    video.write(pixels, frame.timestamp_ms)
    return True


class _Records:
    """What was found, beside the frames as they come: both go up."""

    def __init__(self, found: Iterator[FrameRecord]) -> None:
        self._found = found
        self._next = next(found, None)

    def at(self, index: int) -> FrameRecord | None:
        """What was found in this frame; None where nothing was said of it."""
        while self._next is not None and self._next.frame["frame_index"] < index:
            self._next = next(self._found, None)
        return self._next if self._next is not None and self._next.frame["frame_index"] == index else None


def _tell(**told: Any) -> None:
    sys.stdout.write(f"{json.dumps(told)}\n")
    sys.stdout.flush()


def _end_with_the_scribe() -> None:
    """Nothing is written to this pipe: it ends when the scribe does, and then this process is nobody's."""
    sys.stdin.buffer.read()
    os._exit(1)


def _step_back() -> None:
    os.nice(NICENESS)
    try:
        Path("/proc/self/oom_score_adj").write_text(f"{OOM_SCORE_ADJ}\n")
    except OSError as error:
        logger.debug("Only Linux has it: %s", error, extra={"action": "no_oom_score"})


def main() -> None:
    """Make the video that the arguments name."""
    threading.Thread(target=_end_with_the_scribe, name="scribe", daemon=True).start()
    _step_back()
    settings = load_settings()
    configure_logging(settings)
    tenant, job_id, kind, key = sys.argv[1:]
    Rendering(settings, Kind(kind), _tell).make(tenant, job_id, key)


if __name__ == "__main__":
    main()
