"""Warnings and partial results on the stream, while the job goes on."""

from __future__ import annotations

from pathlib import Path

from tests.phase10.small_inputs import clip
from tests.phase10.stream_clients import Message, ends, logged, receive_until, sse_until, websocket
from tests.stack import Product


def watch(product: Product, job_id: str) -> list[Message]:
    """Listen from the start to the end."""
    with websocket(product, job_id=job_id, since="start") as client:
        return logged(receive_until(client, ends))


def test_a_warning_says_what_how_bad_and_where(product: Product, tmp_path: Path) -> None:
    """Message, severity, code and frame, beside the frame that it is about."""
    job_id = product.submit(clip(tmp_path, frames=7), plugin="warner", options={"every": 3})

    messages = watch(product, job_id)

    warnings = [message["payload"] for message in messages if message["type"] == "warning"]
    assert warnings == [
        {
            "plugin": "warner",
            "tool": "run",
            "message": f"frame {index} looks odd",
            "severity": "high",
            "code": "LOOKS_ODD",
            "frame_id": f"{job_id}:{index}",
        }
        for index in (0, 3, 6)
    ]
    assert [frame["payload"]["frame_index"] for frame in messages if frame["type"] == "frame"] == list(range(7))


def test_what_was_told_is_kept(product: Product, tmp_path: Path) -> None:
    """The job lists the same words, so who comes later has missed nothing."""
    job_id = product.submit(clip(tmp_path, frames=9), plugin="warner", options={"every": 4})

    told = [m["payload"]["message"] for m in watch(product, job_id) if m["type"] == "warning"]

    assert product.extended(job_id)["warnings"] == told


def test_a_partial_result_is_shown_before_the_end(product: Product, tmp_path: Path) -> None:
    """It says of itself that it is one."""
    job_id = product.submit(clip(tmp_path, frames=5), plugin="warner", options={"every": 2})

    messages = watch(product, job_id)

    partial = [message["payload"] for message in messages if message["type"] == "partial_result"]
    assert partial == [
        {"result": {"odd_so_far": index}, "plugin": "warner", "tool": "run", "partial": True} for index in (0, 2, 4)
    ]
    kinds = [message["type"] for message in messages]
    assert kinds.index("partial_result") < kinds.index("frame") < len(kinds) - 1


def test_a_skipped_frame_is_a_warning(product: Product, tmp_path: Path) -> None:
    """The run goes on without it, and ends well."""
    job_id = product.submit(clip(tmp_path, frames=6), plugin="softfail", options={"every": 3})

    messages = watch(product, job_id)

    skipped = [m["payload"] for m in messages if m["type"] == "warning"]
    assert [(w["code"], w["frame_id"]) for w in skipped] == [
        ("FRAME_SKIPPED", f"{job_id}:0"),
        ("FRAME_SKIPPED", f"{job_id}:3"),
    ]
    assert messages[-1]["payload"]["status"] == "done"


def test_a_crash_is_an_error_and_the_end(product: Product, tmp_path: Path) -> None:
    """The tool is said to have failed, why, and that the job has ended so; nothing of the traceback leaves."""
    job_id = product.submit(clip(tmp_path, frames=6), plugin="crasher", options={"frame": 2})

    messages = watch(product, job_id)

    status, error, end = messages[-3:]
    assert (status["type"], status["payload"]["status"]) == ("plugin_status", "failed")
    assert (error["type"], error["payload"]["details"]["error_code"]) == ("error", "PLUGIN_CRASH")
    assert (end["payload"]["status"], end["payload"]["error"]["error_code"]) == ("error", "PLUGIN_CRASH")
    assert "secret-path-in-a-traceback" not in str(messages)


def test_warnings_alone_can_be_listened_to(product: Product, tmp_path: Path) -> None:
    """`types` over Server-Sent Events."""
    job_id = product.submit(clip(tmp_path, frames=4), plugin="warner", options={"every": 1})

    events = sse_until(product, ends, transport="sse", job_id=job_id, since="start", types="warning,job_status")

    kinds = [kind for _, kind, message in events if "id" in message]
    assert kinds == ["job_status", "job_status", *["warning"] * 4, "job_status"]
