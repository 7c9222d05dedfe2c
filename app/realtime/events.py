"""An event: a row of the log, and the text that it is on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field

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
