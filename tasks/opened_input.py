"""What an open input tells of how it can be watched."""

from __future__ import annotations

from app.jobs.job import Job, Playable
from plugins.contract import MediaKind
from plugins.media import MediaSource


def playable_of(job: Job, media: MediaSource) -> Playable:
    """How the job's input can be watched in a browser: its container was told by the submit, its coding is here."""
    if media.kind is MediaKind.IMAGE and media.frames_total == 1:
        return Playable.STILL
    return Playable.INPUT if job.input_type in media.plays_as else Playable.MADE
