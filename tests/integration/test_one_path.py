"""The whole way of a job: a file in, a worker runs, every message seen as it happens, the same on every transport."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.stack import PATIENCE_SECONDS, Product, wait_until
from tests.watching import assert_unbroken, from_log, is_end, watch_sse, watch_websocket

pytestmark = pytest.mark.every_back_end


@pytest.fixture(scope="module")
def finished(product: Product, sample: Path) -> str:
    """A job over the bundled sample that was watched to its end."""
    job_id = product.submit(sample, plugin="motion")
    product.wait(job_id, status="done")
    return job_id


def test_motion_finds_what_moves_in_the_sample(product: Product, finished: str) -> None:
    """The main job runs on the bundled video and finds moving things, frame by frame."""
    job = product.extended(finished)

    assert job["status"] == "done"
    assert job["progress"] == 100
    assert len(job["frames"]) == 250
    assert sum(bool(frame["boxes"]) for frame in job["frames"]) > 150
    assert {track for frame in job["frames"] for track in frame.get("track_ids") or []}


def test_websocket_sse_and_log_say_the_same(product: Product, sample: Path) -> None:
    """A WebSocket, an SSE stream and the log give the same messages, with the same ids, in the same order."""
    # Given a job that runs while it is watched
    job_id = product.submit(sample, plugin="motion")

    # When it is watched live over a WebSocket, and read again over SSE and from the log
    live = from_log(watch_websocket(product, job_id))
    streamed = [message for _, _, message in watch_sse(product, job_id) if "id" in message]
    logged = product.events(job_id)

    # Then all three agree
    assert logged == live
    assert logged == streamed
    assert_unbroken(live)


def test_sse_names_cursor_and_type(product: Product, finished: str) -> None:
    """Each SSE event carries its message's cursor as `id` and its type as `event`; `hello` is first."""
    events = watch_sse(product, finished)

    assert events[0][1] == "hello"
    assert all(event == message["type"] for _, event, message in events)
    assert all(cursor == message["id"] for cursor, _, message in events if "id" in message)


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_curl_sees_the_stream(product: Product, finished: str) -> None:
    """`curl -N -H 'Accept: text/event-stream'` prints the stream's events as they come."""
    command = ["curl", "-sN", "--noproxy", "*", "-H", "Accept: text/event-stream"]
    address = f"{product.url}/v1/realtime?job_id={finished}&since=start"
    messages = []
    with subprocess.Popen([*command, address], stdout=subprocess.PIPE, text=True) as curl:
        assert curl.stdout is not None
        for line in curl.stdout:
            if line.startswith("data:"):
                messages.append(json.loads(line.removeprefix("data:")))
                if is_end(messages[-1]):
                    break
        curl.terminate()
        curl.wait(PATIENCE_SECONDS)

    assert from_log(messages) == product.events(finished)


def test_frames_are_those_of_the_messages(product: Product, finished: str) -> None:
    """The frames of the finished job are its `frame` messages' data, stored once."""
    told = [event["payload"]["data"] for event in product.events(finished) if event["type"] == "frame"]

    assert told == product.extended(finished)["frames"]
    assert told == product.client.get(f"/v1/jobs/{finished}").json()["frames"]


def test_snapshot_and_stream_fit_together(product: Product, sample: Path) -> None:
    """Subscribing from a snapshot's cursor gives exactly what the snapshot does not know yet."""
    job_id = product.submit(sample, plugin="sleepy", options={"ms": 40})
    product.wait(job_id, status="running")
    snapshot = product.extended(job_id)
    later = from_log(watch_websocket(product, job_id, since=snapshot["cursor"]))

    known = len(snapshot["frames"])
    frames = [message["payload"]["frame_index"] for message in later if message["type"] == "frame"]
    assert len(frames) > 0
    assert list(range(known, 250)) == frames


def test_several_tools_share_one_decoding(product: Product, sample: Path) -> None:
    """Two tools over one input: frames are merged by index and each detection names its tool."""
    job_id = product.submit(sample, plugin="twins", tool=["run", "again"])
    job = product.wait(job_id)

    assert job["status"] == "done"
    assert [frame["frame_index"] for frame in job["frames"]] == list(range(250))
    assert job["frames"][7]["tools"] == ["run", "again"]
    assert job["frames"][7]["labels"] == ["7", "7"]
    assert set(job["tool_timings"]) == {"twins.run", "twins.again"}


def test_preview_pictures_can_be_fetched(product: Product, finished: str) -> None:
    """Every `image_url` that a frame message names gives a JPEG."""
    urls = [event["payload"]["image_url"] for event in product.events(finished) if event["payload"].get("image_url")]

    assert urls
    for url in urls:
        picture = product.client.get(url)
        assert picture.status_code == 200
        assert picture.content.startswith(b"\xff\xd8")
        assert picture.headers["content-type"] == "image/jpeg"


def test_crashed_tool_ends_its_job_and_tells_no_traceback(product: Product, sample: Path) -> None:
    """A tool that raises ends its job as `error` with a stable code; the traceback is in the log file only."""
    job_id = product.submit(sample, plugin="crasher")
    job = product.wait(job_id)
    everything = json.dumps([job, product.events(job_id)])

    assert job["status"] == "error"
    assert job["error"]["error_code"] == "PLUGIN_CRASH"
    assert "secret-path-in-a-traceback" not in everything
    log = product.data / "transom.log"
    # The line comes from another process, through a pipe.
    wait_until(lambda: "secret-path-in-a-traceback" in log.read_text(), what="the traceback in the log file")


def test_soft_failing_tool_goes_on(product: Product, sample: Path) -> None:
    """Frames that a tool can't process are warned of, and the job is done all the same."""
    job = product.wait(product.submit(sample, plugin="softfail", options={"every": 50}))

    assert job["status"] == "done"
    assert len(job["frames"]) == 245
    assert len(job["warnings"]) == 5


def test_cancelled_job_stops_at_once(product: Product, sample: Path) -> None:
    """When DELETE answers the job is cancelled; nothing of it follows, even from a tool that hangs."""
    job_id = product.submit(sample, plugin="hang", options={"seconds": 600})
    product.wait(job_id, status="running")
    answer = product.client.delete(f"/v1/jobs/{job_id}")
    messages = from_log(watch_websocket(product, job_id))

    assert answer.json() == {"status": "cancelled", "job_id": job_id}
    assert messages[-1]["payload"]["status"] == "cancelled"
    assert product.client.delete(f"/v1/jobs/{job_id}").status_code == 409
    # The child that hung is replaced: the next job runs.
    assert product.wait(product.submit(sample, plugin="numbered"))["status"] == "done"
    assert product.events(job_id) == messages
