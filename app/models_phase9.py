"""The answers of Phase 9, frozen: clients of the older system go on reading them. Not a field more or less."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from app.realtime.message_types import Box, FrameData, JobStatusName

__all__ = [
    "AnalyzeResponse",
    "Box",
    "CancelResponse",
    "FrameData",
    "HealthResponse",
    "JobResponse",
    "JobResultResponse",
]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class JobResponse(_Frozen):
    """A job. `frames` are those of its last attempt; while it is queued, `device_used` is what is expected."""

    job_id: str
    status: JobStatusName
    device_requested: str
    device_used: str
    fallback: bool
    frames: list[FrameData]


class JobResultResponse(_Frozen):
    """What a job found; `result` is null until it is done."""

    job_id: str
    device_requested: str
    device_used: str
    fallback: bool
    frames: list[FrameData]
    result: JsonValue


class AnalyzeResponse(JobResultResponse):
    """The answer of the call that waits: a job's result."""


class CancelResponse(_Frozen):
    """A job that was cancelled."""

    status: Literal["cancelled"]
    job_id: str


class HealthResponse(_Frozen):
    """That the server answers, and how many plugins its fleet has."""

    status: Literal["healthy"]
    plugins_loaded: int
    version: str
