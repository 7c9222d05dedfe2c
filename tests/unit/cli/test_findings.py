"""What the command line says a job has found."""

from __future__ import annotations

from app.cli.findings import Findings
from app.client.message import read_message
from tests.unit.client.scripted_server import said, wire


def _frame(seq: int, *, attempt: int = 1, boxes: int = 1, tracks: tuple[int | None, ...] = ()) -> str:
    data = {"boxes": [{}] * boxes, "labels": ["motion"] * boxes, "track_ids": list(tracks)}
    return wire(seq, "frame", attempt=attempt, tool="run", data=data)


def _found(*texts: str) -> Findings:
    findings = Findings()
    for text in texts:
        findings.take(read_message(text))
    return findings


def test_frames_tracks_and_warnings_are_counted() -> None:
    """A track that is seen in many frames is one, and a frame with nothing in it is a frame."""
    findings = _found(
        wire(1, "job_status", status="running"),
        _frame(2, tracks=(7,)),
        _frame(3, tracks=(7, None)),
        _frame(4, boxes=0),
        wire(5, "warning", message="dark"),
        wire(6, "job_status", status="done"),
    )

    assert findings.sentence() == "3 frames, motion in 2 of them (67 %), 1 track, 1 warning"
    assert findings.status == "done"


def test_only_the_last_attempt_counts() -> None:
    """What a lower attempt found is forgotten when a higher one begins."""
    findings = _found(
        _frame(1, tracks=(1,)),
        wire(2, "job_status", attempt=2, status="queued"),
        _frame(3, attempt=2, tracks=(5,)),
    )

    assert (findings.attempt, findings.frames, findings.tracks) == (2, 1, 1)


def test_a_reset_forgets_everything() -> None:
    """After a reset the messages come again, and nothing is counted twice."""
    findings = _found(_frame(1), said("reset", reason="epoch", cursor="b-1"), _frame(1))

    assert findings.frames == 1


def test_an_error_is_told_with_its_code() -> None:
    """How a job failed is said in the words of its last message."""
    error = {"error_code": "PLUGIN_CRASH", "message": "The tool crashed"}

    findings = _found(wire(1, "job_status", status="error", error=error))

    assert findings.error == "The tool crashed [PLUGIN_CRASH]"
    assert findings.sentence() == "no frames"
