"""What a watch is of: a job, or a batch with all its jobs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from app.client.message import Message

#: What is asked for of a batch, unless somebody wants more: its frames would be those of all its jobs.
BATCH_TYPES: Final = ("batch_status", "job_status", "error")


class Kind(StrEnum):
    """What can be watched; the value is how a query names it."""

    JOB = "job_id"
    BATCH = "batch_id"


@dataclass(frozen=True, slots=True)
class Subject:
    """A job or a batch, and which types of messages are wanted of it; all where none are named."""

    kind: Kind
    id: str
    types: tuple[str, ...] = ()

    def parameters(self) -> dict[str, Any]:
        """As the server names it, the same on every transport."""
        named = {self.kind.value: self.id}
        return {**named, "types": ",".join(self.types)} if self.types else named

    def owns(self, message: Message) -> bool:
        """Whether a message of the log is of this; those of a batch's jobs do not say which batch's they are."""
        return self.kind is Kind.BATCH or message.job_id == self.id

    def ended_by(self, message: Message) -> bool:
        """Whether nothing follows a message; in a batch, unless something of it is tried again."""
        return message.ends_job if self.kind is Kind.JOB else message.ends_batch


def job(job_id: str) -> Subject:
    """All of a job."""
    return Subject(Kind.JOB, job_id)


def batch(batch_id: str, types: tuple[str, ...] = BATCH_TYPES) -> Subject:
    """A batch, with what these types say of it and its jobs."""
    return Subject(Kind.BATCH, batch_id, types)
