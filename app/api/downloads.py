"""Answers as files to keep: `download=1`, and the name that the file gets."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePosixPath
from urllib.parse import quote

from app.api.parameters import choice, flag
from app.jobs.job import Job
from app.state import ApiRequest


class Lines(StrEnum):
    """How frames and events are written."""

    JSON = "json"  # one object
    NDJSON = "ndjson"  # one a line


class ExportFormat(StrEnum):
    """What a job's frames are written as; also what the file's name ends with."""

    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    COCO = "coco"
    VIDEO = "video"  # not of frames, but of the input with its frames drawn

    @property
    def ending(self) -> str:
        """What a file of this format is called."""
        return {ExportFormat.COCO: "coco.json", ExportFormat.VIDEO: "annotated.webm"}.get(self, self.value)

    @property
    def media_type(self) -> str:
        """Its media type."""
        return {
            ExportFormat.NDJSON: "application/x-ndjson",
            ExportFormat.CSV: "text/csv; charset=utf-8",
            ExportFormat.VIDEO: "video/webm",
        }.get(self, "application/json")


def lines_of(request: ApiRequest, accepted: str) -> Lines:
    """What `format` says, else what `Accept` does; raises `InvalidQuery`."""
    asked = choice(request, "format", Lines)
    if asked is not None:
        return asked
    return Lines.NDJSON if accepted in request.headers.get("accept", "") else Lines.JSON


def wants_file(request: ApiRequest) -> bool:
    """Whether the answer is to be kept as a file; raises `InvalidQuery`."""
    return flag(request, "download", default=False)


def file_headers(request: ApiRequest, job: Job, what: str) -> dict[str, str]:
    """The headers that make an answer about a job a file of that name, where it is to be one."""
    if not wants_file(request):
        return {}
    stem = PurePosixPath(job.input_name or job.id).stem
    return {"Content-Disposition": disposition("attachment", f"{stem}.{what}")}


def disposition(kind: str, name: str) -> str:
    """The header's value, whatever characters the name has."""
    return f"{kind}; filename*=UTF-8''{quote(name)}"
