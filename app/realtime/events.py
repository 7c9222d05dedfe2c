"""An event: a row of the log, the text that it is on the wire, and the filter that selects it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import pydantic_core

from app.realtime.message_types import MessageType


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that has no number yet. `payload` is JSON text that fits its type's model."""

    type: MessageType
    payload: str
    timestamp: str
    job_id: str | None
    attempt: int | None
    batch_id: str | None = None


@dataclass(frozen=True, slots=True)
class LogEvent:
    """An event with its place in a tenant's log."""

    tenant: str
    seq: int
    type: MessageType
    payload: str
    timestamp: str
    job_id: str | None
    attempt: int | None
    batch_id: str | None = None
    _wire: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def wire(self, epoch: str) -> str:
        """The message as on the wire, encoded once however many connections it goes to."""
        text = self._wire.get(epoch)
        if text is None:
            text = self._wire[epoch] = self._encode(epoch)
        return text

    def _encode(self, epoch: str) -> str:
        # The payload is JSON already: it was checked by its model when the event was drafted.
        parts = [
            f'{{"type":"{self.type}","payload":{self.payload},"timestamp":"{self.timestamp}"',
            f',"id":"{epoch}-{self.seq}"',
        ]
        if self.job_id is not None:
            parts.append(f',"job_id":{pydantic_core.to_json(self.job_id).decode()}')
        if self.attempt is not None:
            parts.append(f',"attempt":{self.attempt}')
        return "".join(parts) + "}"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events of a tenant are wanted; None means all.

    Naming jobs and batches means both, not what they share.
    """

    job_ids: frozenset[str] | None = None
    batch_ids: frozenset[str] | None = None
    types: frozenset[MessageType] | None = None
    attempt: int | None = None

    def matches(self, event: LogEvent) -> bool:
        """Whether this event is wanted."""
        if self.types is not None and event.type not in self.types:
            return False
        if self.attempt is not None and event.attempt != self.attempt:
            return False
        if self.job_ids is None and self.batch_ids is None:
            return True
        return event.job_id in (self.job_ids or ()) or event.batch_id in (self.batch_ids or ())


EVERYTHING: Final = Filter()
