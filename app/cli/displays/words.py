"""What messages and findings are in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.cli.findings import Findings
    from app.client import Message


def frames_text(message: Message) -> str:
    """How many frames a progress message counts, in words."""
    done, total = message.payload.get("frames_done"), message.payload.get("frames_total")
    if done is None:
        return ""
    return f"{done} of {total} frames" if total else f"{done} frames"


def notice(message: Message) -> str:
    """What a person should read of a message that is neither status nor progress; mostly nothing."""
    payload = message.payload
    if message.type == "warning":
        return f"warning ({payload.get('severity')}): {payload.get('message')}"
    if message.type == "error":
        return f"error: {payload.get('error')}"
    if message.type == "reset":
        return f"the stream begins anew: {payload.get('reason')}"
    return ""


def ending(findings: Findings) -> str:
    """How a job ended and what it found, in words."""
    reason = f": {findings.error}" if findings.error else ""
    return f"{findings.status}{reason}; {findings.sentence()}"
